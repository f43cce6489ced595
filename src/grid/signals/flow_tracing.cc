#include "grid/signals/flow_tracing.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "base/text.h"

namespace olivine {
namespace {

constexpr std::size_t kMostZones = 2000;

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

// The lines between zones by their places; a flow of 0 is none.
Result<std::vector<NetworkLine>> lines_of(std::span<const TracedZone> zones, std::span<const TracedFlow> flows) {
  std::map<std::string_view, std::size_t> index;
  for (std::size_t i = 0; i < zones.size(); ++i)
    if (!index.emplace(zones[i].zone, i).second)
      return bad(fmt::format("zone {} is given twice", printable(zones[i].zone)));
  std::vector<NetworkLine> lines;
  for (const TracedFlow& flow : flows) {
    const auto wrong = [&flow](std::string_view why) {
      return bad(fmt::format("the flow {} -> {} of {} MW {}", printable(flow.from), printable(flow.to), flow.mw, why));
    };
    const auto from = index.find(flow.from), to = index.find(flow.to);
    if (from == index.end() || to == index.end()) return wrong("touches a zone that is not given");
    if (from == to) return wrong("leads back to its own zone");
    if (!(flow.mw >= 0.0 && std::isfinite(flow.mw))) return wrong("is not 0 or more; turn it round");
    if (flow.mw > 0.0) lines.push_back({from->second, to->second, flow.mw});
  }
  return lines;
}

std::string reason_of(TraceTrouble trouble, double entering_mw, double out_mw) {
  switch (trouble) {
    case TraceTrouble::kNone: return "";
    case TraceTrouble::kExports:
      return fmt::format("it exports {} MW, more than the {} MW that enter it", shortest(out_mw),
                         shortest(entering_mw));
    default: return std::string(trouble_text(trouble));
  }
}

}  // namespace

std::string_view trouble_text(TraceTrouble trouble) {
  switch (trouble) {
    case TraceTrouble::kNone: break;
    case TraceTrouble::kGeneration: return "its generation is not known";
    case TraceTrouble::kNothing: return "nothing is generated or imported";
    case TraceTrouble::kContent: return "what its generation carries is not known";
    case TraceTrouble::kExports: return "it exports more than enters it";
    case TraceTrouble::kNoGenerator: return "its power comes from no generator that is given";
    case TraceTrouble::kFeeder: return "it imports from a zone that is not known";
  }
  return "";
}

Result<std::vector<TracedConsumption>> trace_consumption(std::span<const TracedZone> zones,
                                                         std::span<const TracedFlow> flows) {
  if (zones.size() > kMostZones) return bad(fmt::format("{} zones; at most {}", zones.size(), kMostZones));
  std::size_t components = 0;
  std::vector<NetworkNode> nodes;
  for (const TracedZone& zone : zones) {
    OLIVINE_CHECK_STATUS(check_zone(zone, components));
    nodes.push_back({zone.generation_mw.value_or(std::numeric_limits<double>::quiet_NaN()),
                     zone.content.empty() ? nullptr : zone.content.data()});
  }
  OLIVINE_TRY(const auto lines, lines_of(zones, flows));
  std::uint64_t work = 0;
  OLIVINE_TRY(const NetworkTrace trace, trace_network(nodes, lines, components, work));
  std::vector<TracedConsumption> out(zones.size());
  for (std::size_t i = 0; i < zones.size(); ++i) {
    out[i].zone = zones[i].zone;
    if (zones[i].generation_mw) out[i].consumption_mw = *zones[i].generation_mw + trace.in_mw[i] - trace.out_mw[i];
    out[i].reason = reason_of(trace.trouble[i], zones[i].generation_mw.value_or(0.0) + trace.in_mw[i], trace.out_mw[i]);
    if (!out[i].reason.empty()) continue;
    const auto first = trace.content.begin() + static_cast<std::ptrdiff_t>(i * components);
    out[i].content.assign(first, first + static_cast<std::ptrdiff_t>(components));
  }
  return out;
}

}  // namespace olivine
