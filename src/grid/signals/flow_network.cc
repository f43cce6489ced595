#include "grid/signals/flow_network.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace olivine {
namespace {

constexpr double kBalanceTolerance = 1e-9;  // of what enters the zone: rounding of sums

TraceTrouble own_trouble(const NetworkNode& node, double in_mw, double out_mw) {
  if (std::isnan(node.generation_mw)) return TraceTrouble::kGeneration;
  const double entering_mw = node.generation_mw + in_mw;
  if (entering_mw == 0.0 && out_mw == 0.0) return TraceTrouble::kNothing;
  if (node.generation_mw > 0.0 && node.content == nullptr) return TraceTrouble::kContent;
  if (out_mw > entering_mw * (1.0 + kBalanceTolerance)) return TraceTrouble::kExports;
  return TraceTrouble::kNone;
}

// Lines by where they begin.
struct Downstream {
  Downstream(std::span<const NetworkLine> lines, std::size_t nodes) : begin(nodes + 1, 0), to(lines.size()) {
    for (const NetworkLine& line : lines) ++begin[line.from + 1];
    for (std::size_t i = 0; i < nodes; ++i) begin[i + 1] += begin[i];
    std::vector<std::size_t> next(begin.begin(), begin.end() - 1);
    for (const NetworkLine& line : lines) to[next[line.from]++] = line.to;
  }
  // Marks everything that lines reach from the marked nodes.
  void spread(std::vector<bool>& marked) const {
    std::vector<std::size_t> open;
    for (std::size_t i = 0; i < marked.size(); ++i)
      if (marked[i]) open.push_back(i);
    while (!open.empty()) {
      const std::size_t from = open.back();
      open.pop_back();
      for (std::size_t i = begin[from]; i < begin[from + 1]; ++i) {
        if (marked[to[i]]) continue;
        marked[to[i]] = true;
        open.push_back(to[i]);
      }
    }
  }
  std::vector<std::size_t> begin, to;
};

void find_troubles(std::span<const NetworkNode> nodes, const Downstream& downstream, NetworkTrace& trace) {
  const std::size_t n = nodes.size();
  std::vector<bool> troubled(n), sourced(n);
  trace.trouble.resize(n);
  for (std::size_t i = 0; i < n; ++i) {
    trace.trouble[i] = own_trouble(nodes[i], trace.in_mw[i], trace.out_mw[i]);
    troubled[i] = trace.trouble[i] != TraceTrouble::kNone;
    sourced[i] = nodes[i].generation_mw > 0.0;
  }
  downstream.spread(sourced);
  // Power that comes round from nowhere: such zones feed only each other (else they would export more than enters), but
  // rounding within the tolerance may leave a trickle.
  for (std::size_t i = 0; i < n; ++i)
    if (!troubled[i] && !sourced[i]) {
      trace.trouble[i] = TraceTrouble::kNoGenerator;
      troubled[i] = true;
    }
  downstream.spread(troubled);
  for (std::size_t i = 0; i < n; ++i)
    if (troubled[i] && trace.trouble[i] == TraceTrouble::kNone) trace.trouble[i] = TraceTrouble::kFeeder;
}

// The zones without trouble, which receive from each other only.
class Reduction {
 public:
  Reduction(std::span<const NetworkNode> nodes, std::span<const NetworkLine> lines, std::size_t components,
            NetworkTrace& trace)
      : k_(components),
        trace_(trace),
        gets_(nodes.size()),
        feeds_(nodes.size()),
        own_mw_(nodes.size(), 0.0),
        total_mw_(nodes.size(), 0.0) {
    trace.content.assign(nodes.size() * k_, 0.0);
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      if (trace.trouble[i] != TraceTrouble::kNone) continue;
      own_mw_[i] = nodes[i].generation_mw;
      if (own_mw_[i] > 0.0)
        for (std::size_t c = 0; c < k_; ++c) at(i, c) = own_mw_[i] * nodes[i].content[c];
    }
    for (const NetworkLine& line : lines) {
      if (trace.trouble[line.to] != TraceTrouble::kNone) continue;  // then that of `from` is none either
      gets_[line.to][line.from] += line.mw;
      feeds_[line.from].insert(line.to);
    }
  }

  Status solve(std::uint64_t& work) {
    std::set<std::pair<std::size_t, std::size_t>> open;  // by neighbours
    for (std::size_t i = 0; i < gets_.size(); ++i)
      if (trace_.trouble[i] == TraceTrouble::kNone) open.emplace(degree(i), i);
    std::vector<std::size_t> order;
    while (!open.empty()) {
      const auto [cost, p] = *open.begin();
      open.erase(open.begin());
      work += (gets_[p].size() + 1) * (feeds_[p].size() + 1);
      if (work > kMostTraceWork)
        return fail(ErrorKind::kInvalid,
                    "flow tracing: so many zones trade with each other that it would take too long; leave some out, or "
                    "split the files by time");
      std::set<std::size_t> touched;
      for (const auto& [j, mw] : gets_[p]) touched.insert(j);
      touched.insert(feeds_[p].begin(), feeds_[p].end());
      for (const std::size_t i : touched) open.erase({degree(i), i});
      take_out(p);
      for (const std::size_t i : touched) open.emplace(degree(i), i);
      order.push_back(p);
    }
    for (auto p = order.rbegin(); p != order.rend(); ++p) fill(*p);
    return {};
  }

 private:
  double& at(std::size_t node, std::size_t component) { return trace_.content[node * k_ + component]; }
  std::size_t degree(std::size_t i) const {
    return gets_[i].size() * feeds_[i].size() + gets_[i].size() + feeds_[i].size();
  }

  void take_out(std::size_t p) {
    total_mw_[p] = own_mw_[p];
    for (const auto& [j, mw] : gets_[p]) {
      total_mw_[p] += mw;
      feeds_[j].erase(p);
    }
    for (const std::size_t i : feeds_[p]) {
      const auto passed = gets_[i].find(p);
      const double share = passed->second / total_mw_[p];
      gets_[i].erase(passed);
      own_mw_[i] += share * own_mw_[p];
      for (std::size_t c = 0; c < k_; ++c) at(i, c) += share * at(p, c);
      for (const auto& [j, mw] : gets_[p]) {
        if (j == i) continue;  // what comes back to the one that sent it
        gets_[i][j] += share * mw;
        feeds_[j].insert(i);
      }
    }
    feeds_[p].clear();
  }

  void fill(std::size_t p) {
    for (std::size_t c = 0; c < k_; ++c) {
      double sum = at(p, c);
      for (const auto& [j, mw] : gets_[p]) sum += mw * at(j, c);
      at(p, c) = sum / total_mw_[p];
    }
  }

  std::size_t k_;
  NetworkTrace& trace_;
  std::vector<std::map<std::size_t, double>> gets_;  // from whom, how much
  std::vector<std::set<std::size_t>> feeds_;
  std::vector<double> own_mw_, total_mw_;
};

}  // namespace

Result<NetworkTrace> trace_network(std::span<const NetworkNode> nodes, std::span<const NetworkLine> lines,
                                   std::size_t components, std::uint64_t& work) {
  NetworkTrace trace;
  trace.in_mw.assign(nodes.size(), 0.0);
  trace.out_mw.assign(nodes.size(), 0.0);
  for (const NetworkLine& line : lines) {
    trace.out_mw[line.from] += line.mw;
    trace.in_mw[line.to] += line.mw;
  }
  find_troubles(nodes, Downstream(lines, nodes.size()), trace);
  OLIVINE_CHECK_STATUS(Reduction(nodes, lines, components, trace).solve(work));
  return trace;
}

}  // namespace olivine
