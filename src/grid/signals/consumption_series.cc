// consumption_intensity: flow tracing over time.
#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "base/text.h"
#include "grid/signals/flow_tracing.h"

namespace olivine {
namespace {

constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();

// One mix, asked at rising times.
struct Member {
  const GenerationMix* mix = nullptr;
  std::vector<double> g_per_kwh;  // one a row; NaN: not known
  std::size_t next = 0;           // row

  std::optional<std::size_t> row_at(WallTime time) {
    while (next < mix->rows() && mix->begin[next] < time) ++next;
    return next < mix->rows() && mix->begin[next] == time ? std::optional(next) : std::nullopt;
  }
};

// What one member says of one pair: positive from the pair's first to its second.
struct Report {
  std::size_t member, exchange, pair;
  double sign;
};
struct Pair {
  std::size_t first, second;
};

// The zones (those with a mix first) and who says what of which pair.
struct Grid {
  std::vector<Member> members;
  std::vector<Pair> pairs;
  std::vector<Report> reports;
  std::size_t zones = 0;
};

Result<Grid> grid_of(std::span<const GenerationMix> mixes, std::span<const FuelFactor> factors) {
  Grid grid;
  std::map<std::string, std::size_t> places;
  for (const GenerationMix& mix : mixes) {
    if (mix.step != mixes.front().step)
      return fail(ErrorKind::kInvalid, fmt::format("flow tracing: {} has steps of {}, {} of {}; bring them to one step",
                                                   printable(mix.zone), format_duration(mix.step),
                                                   printable(mixes.front().zone), format_duration(mixes.front().step)));
    Member member{&mix, std::vector<double>(mix.rows(), kNothing)};
    OLIVINE_TRY(const IntensitySeries production, average_intensity(mix, factors));
    for (const IntensityPoint& p : production.points) member.g_per_kwh[*member.row_at(p.begin)] = p.g_per_kwh;
    member.next = 0;
    if (!places.emplace(mix.zone, grid.members.size()).second)
      return fail(ErrorKind::kInvalid, fmt::format("flow tracing: zone {} is given twice", printable(mix.zone)));
    grid.members.push_back(std::move(member));
  }
  std::map<std::pair<std::size_t, std::size_t>, std::size_t> pairs;
  for (std::size_t m = 0; m < grid.members.size(); ++m)
    for (std::size_t e = 0; e < grid.members[m].mix->exchanges.size(); ++e) {
      const std::size_t other =
          places.emplace(grid.members[m].mix->exchanges[e].neighbour, places.size()).first->second;
      const bool first = m < other;
      const auto [pair, fresh] = pairs.emplace(first ? std::pair(m, other) : std::pair(other, m), grid.pairs.size());
      if (fresh) grid.pairs.push_back({pair->first.first, pair->first.second});
      grid.reports.push_back({m, e, pair->second, first ? -1.0 : 1.0});  // an import flows from the neighbour
    }
  grid.zones = places.size();
  return grid;
}

// The network of one time: generation and its content (the intensity, then with `components` the share of every fuel), lines.
struct Moment {
  std::vector<NetworkNode> nodes;
  std::vector<NetworkLine> lines;
  std::vector<double> contents, sums_mw;
  std::vector<std::size_t> counts;
  std::vector<std::optional<std::size_t>> rows;
};

void add_generation(const Member& member, std::size_t row, std::size_t components, double* content, NetworkNode& node) {
  double generated_mw = 0.0;
  std::fill(content, content + components, 0.0);
  for (const MixColumn& column : member.mix->fuels) {
    const double mw = column.mw[row];
    if (std::isnan(mw)) return;
    generated_mw += std::max(0.0, mw);
    if (components > 1) content[1 + static_cast<std::size_t>(column.fuel)] += std::max(0.0, mw);
  }
  node.generation_mw = generated_mw;
  if (std::isnan(member.g_per_kwh[row])) return;  // nothing generated
  for (std::size_t c = 1; c < components; ++c) content[c] /= generated_mw;
  content[0] = member.g_per_kwh[row];
  node.content = content;
}

void set_moment(Grid& grid, WallTime time, std::size_t components, Moment& now) {
  now.nodes.assign(grid.zones, NetworkNode{kNothing, nullptr});
  now.contents.resize(grid.members.size() * components);
  now.rows.assign(grid.members.size(), std::nullopt);
  for (std::size_t m = 0; m < grid.members.size(); ++m) {
    now.rows[m] = grid.members[m].row_at(time);
    if (now.rows[m])
      add_generation(grid.members[m], *now.rows[m], components, now.contents.data() + m * components, now.nodes[m]);
  }
  now.sums_mw.assign(grid.pairs.size(), 0.0);
  now.counts.assign(grid.pairs.size(), 0);
  for (const Report& report : grid.reports) {
    const auto& row = now.rows[report.member];
    const double mw = row ? grid.members[report.member].mix->exchanges[report.exchange].mw[*row] : kNothing;
    if (std::isnan(mw)) continue;
    now.sums_mw[report.pair] += report.sign * mw;
    ++now.counts[report.pair];
  }
  now.lines.clear();
  for (std::size_t p = 0; p < grid.pairs.size(); ++p) {
    const auto [first, second] = grid.pairs[p];
    if (now.counts[p] == 0) {  // may have gone either way: neither side is known
      now.nodes[first].generation_mw = now.nodes[second].generation_mw = kNothing;
      continue;
    }
    const double mw = now.sums_mw[p] / static_cast<double>(now.counts[p]);
    if (mw > 0.0) now.lines.push_back({first, second, mw});
    if (mw < 0.0) now.lines.push_back({second, first, -mw});
  }
}

// What was found for one zone, small: a file may have half a million of them.
struct Collected {
  std::vector<std::pair<WallTime, double>> points;
  std::vector<ConsumptionPoint> mix;
  std::map<TraceTrouble, std::size_t> gaps;
};

ConsumptionSeries series_of(const GenerationMix& mix, Boundary boundary, Collected collected) {
  ConsumptionSeries out;
  IntensitySeries& series = out.intensity;
  series.zone = mix.zone;
  series.boundary = boundary;
  series.accounting = "consumption";
  series.losses = "excluded";
  series.basis = Basis::kModelled;
  series.source = mix.source + ", flow tracing by proportional sharing";
  series.notes = mix.notes;
  for (const auto& [trouble, count] : collected.gaps)
    series.notes.push_back(fmt::format("{} steps are not known: {}", count, trouble_text(trouble)));
  series.points.reserve(collected.points.size());
  for (const auto& [begin, value] : collected.points)
    series.points.push_back(exact_point(begin, {begin.ns + mix.step.ns}, value));
  out.mix = std::move(collected.mix);
  return out;
}

}  // namespace

Status trace_consumption_series(std::span<const GenerationMix> mixes, std::span<const FuelFactor> factors,
                                bool with_mix, const std::function<Status(ConsumptionSeries)>& take) {
  OLIVINE_TRY(const Boundary boundary, uniform_boundary(factors));
  OLIVINE_TRY(Grid grid, grid_of(mixes, factors));
  const std::size_t components = with_mix ? 1 + kFuels : 1;
  std::set<WallTime> times;
  for (const GenerationMix& mix : mixes) times.insert(mix.begin.begin(), mix.begin.end());
  std::vector<Collected> collected(mixes.size());
  Moment now;
  std::uint64_t work = 0;
  for (const WallTime time : times) {
    set_moment(grid, time, components, now);
    OLIVINE_TRY(const NetworkTrace traced, trace_network(now.nodes, now.lines, components, work));
    for (std::size_t m = 0; m < mixes.size(); ++m) {
      if (traced.trouble[m] != TraceTrouble::kNone) {
        ++collected[m].gaps[traced.trouble[m]];
        continue;
      }
      const double* const content = traced.content.data() + m * components;
      collected[m].points.emplace_back(time, content[0]);
      if (!with_mix) continue;
      std::copy(content + 1, content + 1 + kFuels, collected[m].mix.emplace_back().share.begin());
    }
  }
  for (std::size_t m = 0; m < mixes.size(); ++m)
    OLIVINE_CHECK_STATUS(take(series_of(mixes[m], boundary, std::exchange(collected[m], {}))));
  return {};
}

Result<std::vector<ConsumptionSeries>> consumption_intensity(std::span<const GenerationMix> mixes,
                                                             std::span<const FuelFactor> factors, bool with_mix) {
  std::vector<ConsumptionSeries> out;
  OLIVINE_CHECK_STATUS(trace_consumption_series(mixes, factors, with_mix, [&out](ConsumptionSeries one) -> Status {
    out.push_back(std::move(one));
    return {};
  }));
  return out;
}

}  // namespace olivine
