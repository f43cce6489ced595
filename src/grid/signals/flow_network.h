// One moment of flow tracing, by numbers: the system of flow_tracing.h for nodes and lines that are checked already.
//
// Solved by state reduction: node after node is taken out and what it passes on goes to those that it feeds, fewest neighbours first, so
// that the cost follows the lines and not the square of the zones. Nothing is subtracted, so nothing cancels:
//
//   out goes p, of content (b_p + sum_j a_pj c_j) / d_p with d_p = g_p + sum_j a_pj; a zone i that gets a_ip of it gets a_ip / d_p of b_p, g_p
//   and each a_pj instead
//
// Units: MW; content in the caller's unit. Errors: kInvalid where more than kMostTraceWork products were needed by all calls that share
// `work`. Threads: pure. Lifetime: values. Source: Grassmann, Taksar, Heyman, Oper. Res. 33 (1985) 1107.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"

namespace olivine {

inline constexpr std::uint64_t kMostTraceWork = 12'000'000;  // about a second

struct NetworkNode {
  double generation_mw = 0.0;       // NaN: not known
  const double* content = nullptr;  // null: not known
};
struct NetworkLine {
  std::size_t from = 0, to = 0;
  double mw = 0.0;  // above 0
};
enum class TraceTrouble : std::uint8_t { kNone, kGeneration, kNothing, kContent, kExports, kNoGenerator, kFeeder };

struct NetworkTrace {
  std::vector<double> in_mw, out_mw;
  std::vector<TraceTrouble> trouble;
  std::vector<double> content;  // node x component; where there is no trouble
};
Result<NetworkTrace> trace_network(std::span<const NetworkNode> nodes, std::span<const NetworkLine> lines,
                                   std::size_t components, std::uint64_t& work);

}  // namespace olivine
