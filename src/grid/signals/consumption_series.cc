// consumption_intensity: flow tracing over time.
#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <set>

#include "base/text.h"
#include "grid/signals/flow_tracing.h"

namespace olivine {
namespace {

// One mix, ready to be asked by time.
struct Member {
  const GenerationMix* mix = nullptr;
  std::vector<double> g_per_kwh;  // one a row; NaN: not known

  std::optional<std::size_t> row_at(std::int64_t ns) const {
    const auto found = std::lower_bound(mix->begin.begin(), mix->begin.end(), WallTime{ns});
    if (found == mix->begin.end() || found->ns != ns) return std::nullopt;
    return static_cast<std::size_t>(found - mix->begin.begin());
  }
};
using Members = std::map<std::string, Member>;

Result<Members> members_of(std::span<const GenerationMix> mixes, std::span<const FuelFactor> factors) {
  Members members;
  for (const GenerationMix& mix : mixes) {
    if (mix.step != mixes.front().step)
      return fail(ErrorKind::kInvalid, fmt::format("flow tracing: {} has steps of {}, {} of {}; bring them to one step",
                                                   printable(mix.zone), format_duration(mix.step),
                                                   printable(mixes.front().zone), format_duration(mixes.front().step)));
    Member member{&mix, std::vector<double>(mix.rows(), std::numeric_limits<double>::quiet_NaN())};
    OLIVINE_TRY(const IntensitySeries production, average_intensity(mix, factors));
    for (const IntensityPoint& p : production.points) member.g_per_kwh[*member.row_at(p.begin.ns)] = p.g_per_kwh;
    if (!members.emplace(mix.zone, std::move(member)).second)
      return fail(ErrorKind::kInvalid, fmt::format("flow tracing: zone {} is given twice", printable(mix.zone)));
  }
  return members;
}

// Generation and its content: the intensity, then the share of every fuel.
TracedZone zone_at(const std::string& name, const Member& member, std::int64_t ns) {
  TracedZone zone{name, std::nullopt, {}};
  const auto row = member.row_at(ns);
  if (!row) return zone;
  double generated_mw = 0.0;
  std::vector<double> content(1 + kFuels, 0.0);
  for (const MixColumn& column : member.mix->fuels) {
    const double mw = column.mw[*row];
    if (std::isnan(mw)) return zone;
    generated_mw += std::max(0.0, mw);
    content[1 + static_cast<std::size_t>(column.fuel)] += std::max(0.0, mw);
  }
  zone.generation_mw = generated_mw;
  if (std::isnan(member.g_per_kwh[*row])) return zone;  // nothing generated
  for (double& part : content) part /= generated_mw;
  content[0] = member.g_per_kwh[*row];
  zone.content = std::move(content);
  return zone;
}

// What each pair exchanges at one time, from all who report it.
struct Reports {
  double sum_mw = 0.0;  // from the first to the second of the pair
  std::size_t count = 0;
};
std::map<std::pair<std::string, std::string>, Reports> exchanges_at(const Members& members, std::int64_t ns) {
  std::map<std::pair<std::string, std::string>, Reports> pairs;
  for (const auto& [name, member] : members) {
    const auto row = member.row_at(ns);
    for (const MixExchange& exchange : member.mix->exchanges) {
      const bool first = name < exchange.neighbour;
      Reports& reports = pairs[first ? std::pair(name, exchange.neighbour) : std::pair(exchange.neighbour, name)];
      if (!row || std::isnan(exchange.mw[*row])) continue;
      reports.sum_mw += first ? -exchange.mw[*row] : exchange.mw[*row];  // an import flows from the neighbour
      ++reports.count;
    }
  }
  return pairs;
}

Result<std::vector<TracedConsumption>> trace_at(const Members& members, std::int64_t ns) {
  std::map<std::string, TracedZone> zones;
  for (const auto& [name, member] : members) zones.emplace(name, zone_at(name, member, ns));
  std::vector<TracedFlow> flows;
  for (const auto& [pair, reports] : exchanges_at(members, ns)) {
    for (const std::string& name : {pair.first, pair.second}) zones.emplace(name, TracedZone{name, std::nullopt, {}});
    if (reports.count == 0) {  // may have gone either way: neither side is known
      zones[pair.first].generation_mw.reset();
      zones[pair.second].generation_mw.reset();
      continue;
    }
    const double mw = reports.sum_mw / static_cast<double>(reports.count);
    flows.push_back(mw >= 0.0 ? TracedFlow{pair.first, pair.second, mw} : TracedFlow{pair.second, pair.first, -mw});
  }
  std::vector<TracedZone> list;
  list.reserve(zones.size());
  for (const auto& [name, zone] : zones) list.push_back(zone);
  return trace_consumption(list, flows);
}

struct Collected {
  ConsumptionSeries series;
  std::map<std::string, std::size_t> gaps;  // by reason
};

ConsumptionSeries finish(Collected collected) {
  for (const auto& [reason, count] : collected.gaps)
    collected.series.intensity.notes.push_back(fmt::format("{} steps are not known: {}", count, reason));
  return std::move(collected.series);
}

// Reasons with numbers in them would be one of a kind each.
std::string short_reason(const std::string& reason) {
  return reason.starts_with("it exports") ? "it exports more than enters it" : reason;
}

}  // namespace

Result<std::vector<ConsumptionSeries>> consumption_intensity(std::span<const GenerationMix> mixes,
                                                             std::span<const FuelFactor> factors, bool with_mix) {
  OLIVINE_TRY(const Boundary boundary, uniform_boundary(factors));
  OLIVINE_TRY(const Members members, members_of(mixes, factors));
  std::set<std::int64_t> times;
  std::map<std::string, Collected> by_zone;
  for (const GenerationMix& mix : mixes) {
    for (const WallTime begin : mix.begin) times.insert(begin.ns);
    IntensitySeries& series = by_zone[mix.zone].series.intensity;
    series.zone = mix.zone;
    series.boundary = boundary;
    series.accounting = "consumption";
    series.losses = "excluded";
    series.basis = Basis::kModelled;
    series.source = mix.source + ", flow tracing by proportional sharing";
    series.notes = mix.notes;
  }
  for (const std::int64_t ns : times) {
    OLIVINE_TRY(const auto traced, trace_at(members, ns));
    for (const TracedConsumption& zone : traced) {
      const auto collected = by_zone.find(zone.zone);
      if (collected == by_zone.end()) continue;  // a neighbour
      if (zone.content.empty()) {
        ++collected->second.gaps[short_reason(zone.reason)];
        continue;
      }
      const WallTime end{ns + mixes.front().step.ns};
      collected->second.series.intensity.points.push_back(exact_point({ns}, end, zone.content[0]));
      if (!with_mix) continue;
      ConsumptionPoint& point = collected->second.series.mix.emplace_back();
      std::copy(zone.content.begin() + 1, zone.content.end(), point.share.begin());
    }
  }
  std::vector<ConsumptionSeries> out;
  for (const GenerationMix& mix : mixes) out.push_back(finish(std::move(by_zone[mix.zone])));
  return out;
}

}  // namespace olivine
