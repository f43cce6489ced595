#include "grid/signals/flow_tracing.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "base/text.h"

namespace olivine {
namespace {

constexpr std::size_t kMostZones = 2000;
constexpr double kBalanceTolerance = 1e-9;  // of what enters the zone: rounding of sums

struct Line {
  std::size_t from, to;
  double mw;
};
struct Network {
  std::vector<Line> lines;
  std::vector<double> in_mw, out_mw;  // by zone, over lines
  std::size_t components = 0;
};

tl::unexpected<Error> bad(std::string_view why) {
  return fail(ErrorKind::kInvalid, fmt::format("flow tracing: {}", why));
}

Status check_zone(const TracedZone& zone, std::size_t& components) {
  if (zone.generation_mw && !(*zone.generation_mw >= 0.0 && std::isfinite(*zone.generation_mw)))
    return bad(
        fmt::format("zone {} generates {} MW; count what it draws as load", printable(zone.zone), *zone.generation_mw));
  if (zone.content.empty()) return {};
  if (components != 0 && components != zone.content.size())
    return bad(fmt::format("zone {} has {} components where others have {}", printable(zone.zone), zone.content.size(),
                           components));
  components = zone.content.size();
  for (const double value : zone.content)
    if (!(value >= 0.0 && std::isfinite(value)))
      return bad(fmt::format("what zone {} generates carries {}; it cannot be below 0", printable(zone.zone), value));
  return {};
}

Result<Network> network_of(std::span<const TracedZone> zones, std::span<const TracedFlow> flows) {
  if (zones.size() > kMostZones) return bad(fmt::format("{} zones; at most {}", zones.size(), kMostZones));
  Network net{{}, std::vector<double>(zones.size(), 0.0), std::vector<double>(zones.size(), 0.0), 0};
  std::map<std::string_view, std::size_t> index;
  for (std::size_t i = 0; i < zones.size(); ++i) {
    if (!index.emplace(zones[i].zone, i).second)
      return bad(fmt::format("zone {} is given twice", printable(zones[i].zone)));
    OLIVINE_CHECK_STATUS(check_zone(zones[i], net.components));
  }
  for (const TracedFlow& flow : flows) {
    const std::string name =
        fmt::format("the flow {} -> {} of {} MW", printable(flow.from), printable(flow.to), flow.mw);
    const auto from = index.find(flow.from), to = index.find(flow.to);
    if (from == index.end() || to == index.end()) return bad(name + " touches a zone that is not given");
    if (from == to) return bad(name + " leads back to its own zone");
    if (!(flow.mw >= 0.0 && std::isfinite(flow.mw))) return bad(name + " is not 0 or more; turn it round");
    if (flow.mw == 0.0) continue;
    net.lines.push_back({from->second, to->second, flow.mw});
    net.out_mw[from->second] += flow.mw;
    net.in_mw[to->second] += flow.mw;
  }
  return net;
}

// Marks everything that flows reach from the marked zones, downstream.
void spread(const Network& net, std::vector<bool>& marked) {
  for (bool grew = true; grew;) {
    grew = false;
    for (const Line& line : net.lines)
      if (marked[line.from] && !marked[line.to]) marked[line.to] = grew = true;
  }
}

// Why a zone has no answer of its own; "" when it has, or may have.
std::string own_trouble(const TracedZone& zone, double in_mw, double out_mw) {
  if (!zone.generation_mw) return "its generation is not known";
  const double entering_mw = *zone.generation_mw + in_mw;
  if (entering_mw == 0.0 && out_mw == 0.0) return "nothing is generated or imported";
  if (*zone.generation_mw > 0.0 && zone.content.empty()) return "what its generation carries is not known";
  if (out_mw > entering_mw * (1.0 + kBalanceTolerance))
    return fmt::format("it exports {} MW, more than the {} MW that enter it", shortest(out_mw), shortest(entering_mw));
  return "";
}

// Gaussian elimination with partial pivoting; a is n x n by rows, b is n x k by rows and becomes the solution. The systems of
// traced zones are weakly chained diagonally dominant, so a pivot never vanishes.
void solve(std::vector<double>& a, std::vector<double>& b, std::size_t n, std::size_t k) {
  for (std::size_t col = 0; col < n; ++col) {
    std::size_t pivot = col;
    for (std::size_t row = col + 1; row < n; ++row)
      if (std::abs(a[row * n + col]) > std::abs(a[pivot * n + col])) pivot = row;
    if (pivot != col) {
      for (std::size_t j = 0; j < n; ++j) std::swap(a[pivot * n + j], a[col * n + j]);
      for (std::size_t j = 0; j < k; ++j) std::swap(b[pivot * k + j], b[col * k + j]);
    }
    for (std::size_t row = col + 1; row < n; ++row) {
      const double factor = a[row * n + col] / a[col * n + col];
      if (factor == 0.0) continue;
      for (std::size_t j = col; j < n; ++j) a[row * n + j] -= factor * a[col * n + j];
      for (std::size_t j = 0; j < k; ++j) b[row * k + j] -= factor * b[col * k + j];
    }
  }
  for (std::size_t col = n; col-- > 0;)
    for (std::size_t j = 0; j < k; ++j) {
      for (std::size_t above = col + 1; above < n; ++above) b[col * k + j] -= a[col * n + above] * b[above * k + j];
      b[col * k + j] /= a[col * n + col];
    }
}

// Contents of the solvable zones, which receive from each other only.
void solve_for(std::span<const TracedZone> zones, const Network& net, const std::vector<bool>& solvable,
               std::vector<TracedConsumption>& out) {
  std::vector<std::size_t> order, place(zones.size());
  for (std::size_t i = 0; i < zones.size(); ++i)
    if (solvable[i]) {
      place[i] = order.size();
      order.push_back(i);
    }
  const std::size_t n = order.size(), k = net.components;
  std::vector<double> a(n * n, 0.0), b(n * k, 0.0);
  for (std::size_t row = 0; row < n; ++row) {
    const TracedZone& zone = zones[order[row]];
    a[row * n + row] = *zone.generation_mw;
    if (*zone.generation_mw > 0.0)
      for (std::size_t j = 0; j < k; ++j) b[row * k + j] = *zone.generation_mw * zone.content[j];
  }
  for (const Line& line : net.lines)
    if (solvable[line.to]) {
      a[place[line.to] * n + place[line.to]] += line.mw;
      a[place[line.to] * n + place[line.from]] -= line.mw;
    }
  solve(a, b, n, k);
  const auto value = [&](std::size_t row, std::size_t j) { return std::max(0.0, b[row * k + j]); };  // rounding below 0
  for (std::size_t row = 0; row < n; ++row)
    for (std::size_t j = 0; j < k; ++j) out[order[row]].content.push_back(value(row, j));
}

}  // namespace

Result<std::vector<TracedConsumption>> trace_consumption(std::span<const TracedZone> zones,
                                                         std::span<const TracedFlow> flows) {
  OLIVINE_TRY(const Network net, network_of(zones, flows));
  std::vector<TracedConsumption> out(zones.size());
  std::vector<bool> troubled(zones.size()), sourced(zones.size()), solvable(zones.size());
  for (std::size_t i = 0; i < zones.size(); ++i) {
    out[i].zone = zones[i].zone;
    if (zones[i].generation_mw) out[i].consumption_mw = *zones[i].generation_mw + net.in_mw[i] - net.out_mw[i];
    out[i].reason = own_trouble(zones[i], net.in_mw[i], net.out_mw[i]);
    troubled[i] = !out[i].reason.empty();
    sourced[i] = zones[i].generation_mw.value_or(0.0) > 0.0;
  }
  spread(net, sourced);
  // Power that comes round from nowhere: such zones feed only each other (else they would export more than enters), but
  // rounding within the tolerance may leave a trickle.
  for (std::size_t i = 0; i < zones.size(); ++i)
    if (!troubled[i] && !sourced[i]) {
      out[i].reason = "its power comes from no generator that is given";
      troubled[i] = true;
    }
  spread(net, troubled);
  for (std::size_t i = 0; i < zones.size(); ++i) {
    if (troubled[i] && out[i].reason.empty()) out[i].reason = "it imports from a zone that is not known";
    solvable[i] = !troubled[i];
  }
  solve_for(zones, net, solvable, out);
  return out;
}

}  // namespace olivine
