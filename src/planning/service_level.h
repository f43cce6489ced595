// A service level and the operating points of a program that keep it: power cap, batch size, number of workers may be traded as long as
// latency, throughput and accuracy stay within what was agreed (Anderson et al., "Treehouse" (2022), section 4: quality of service as
// something the system may spend).
//
//   name       power  throughput  latency  accuracy      level: latency below 50 ms
//   full       400 W  100 /s      20 ms    0.90          within
//   cap-250    250 W   80 /s      30 ms    0.90          within
//   cap-200    260 W   70 /s      40 ms    0.90          left out: cap-250 does more for less
//   batch-64   250 W  120 /s      90 ms    0.90          left out: 90 ms is above 50 ms
//   unmeasured 100 W   50 /s                             left out: its latency is not known
//
// What a point does not say it does not keep: absence is not zero. Of two points that do the same work the one that draws less stays.
//
// A program declares the same level for a scope (service_level_from), and its bill says whether it was kept (service_kept.h).
//
// Units: W, units of work a second, s, accuracy as the user counts it. Errors: kInvalid for a table that makes no sense (file, line,
// column, value); kNotFound when no point keeps the level (each with its reason). Threads: pure. Lifetime: values.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace olivine {

struct OperatingPoint {
  std::string name;
  double power_w = 0.0, throughput = 0.0;
  std::optional<double> latency_s, accuracy;
};

struct ServiceLevel {
  std::optional<double> most_latency_s, least_throughput, least_accuracy;
  std::optional<double> deadline_s{};  // from the begin of the work to its end
  double latency_quantile =
      0.95;  // the part of the requests that most_latency_s holds for; of a point: what its latency column is
};

// One text for plans and for scopes: objectives with commas between them, each at most once, in any order.
//
//   latency p95 < 50ms, throughput > 100/s, accuracy > 0.9, deadline 2h
//
// p95 may be any quantile above p0 and below p100, and left out (p95); the signs may be left out. At most kLongestLevel bytes.
inline constexpr std::size_t kLongestLevel = 100;
Result<ServiceLevel> service_level_from(std::string_view text);

struct ServiceChoice {
  std::vector<OperatingPoint> within;                         // of rising throughput and power
  std::vector<std::pair<std::string, std::string>> left_out;  // name, why
};

Result<ServiceChoice> points_within(const std::vector<OperatingPoint>& points, const ServiceLevel& level);

// CSV: name,power,throughput and, if known, latency and accuracy; power as 250W, latency as 30ms. At most 1,000 points.
Result<std::vector<OperatingPoint>> points_from_csv(std::string_view file, std::string_view text);

}  // namespace olivine
