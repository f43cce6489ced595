#include "grid/providers/mix.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <set>

#include "grid/providers/utc_text.h"

namespace olivine {
namespace {

struct Factor {
  Fuel fuel;
  std::string_view name;
  double lifecycle, direct;
};
constexpr std::array<Factor, 10> kFactors{{{Fuel::kCoal, "coal", 820, 760},
                                           {Fuel::kGas, "gas", 490, 370},
                                           {Fuel::kOil, "oil", 650, 406},
                                           {Fuel::kNuclear, "nuclear", 12, 0},
                                           {Fuel::kHydro, "hydro", 24, 0},
                                           {Fuel::kSolar, "solar", 45, 0},
                                           {Fuel::kWind, "wind", 11, 0},
                                           {Fuel::kBiomass, "biomass", 230, 0},
                                           {Fuel::kGeothermal, "geothermal", 38, 0},
                                           {Fuel::kUnknown, "unknown", 700, 575}}};

std::set<WallTime> times_of(const GenerationMix& mix) {
  std::set<WallTime> times;
  for (const MixKind& kind : mix.kinds)
    for (const auto& [time, mw] : kind.mw) times.insert(time);
  return times;
}

struct Sums {
  double grams = 0, mw = 0;
  bool complete = true, negative = false;
};

Sums sums_at(const GenerationMix& mix, WallTime time, Boundary boundary) {
  Sums sums;
  for (const MixKind& kind : mix.kinds) {
    const auto factor = factor_g_per_kwh(kind.fuel, boundary);
    if (!factor) continue;
    const auto found = kind.mw.find(time);
    if (found == kind.mw.end() || !found->second) {
      sums.complete = false;
      continue;
    }
    sums.negative = sums.negative || *found->second < 0;
    const double mw = std::max(0.0, *found->second);
    sums.mw += mw;
    sums.grams += mw * *factor;
  }
  return sums;
}

}  // namespace

std::string_view name_of(Fuel fuel) {
  for (const Factor& f : kFactors)
    if (f.fuel == fuel) return f.name;
  return "storage";
}

std::optional<double> factor_g_per_kwh(Fuel fuel, Boundary boundary) {
  for (const Factor& f : kFactors)
    if (f.fuel == fuel) return boundary == Boundary::kLifecycle ? f.lifecycle : f.direct;
  return std::nullopt;
}

MixKind& GenerationMix::kind(std::string_view code, Fuel fuel) {
  for (MixKind& known : kinds)
    if (known.code == code) return known;
  kinds.push_back({std::string(code), fuel, {}});
  return kinds.back();
}

Status add_intensity(const GenerationMix& mix, const WallInterval& interval, IntensitySeries& series) {
  std::size_t incomplete = 0, negative = 0, nothing = 0, inside = 0;
  for (const WallTime time : times_of(mix)) {
    if (time + mix.step <= interval.begin || time >= interval.end) continue;
    ++inside;
    const Sums sums = sums_at(mix, time, series.boundary);
    if (!sums.complete) {
      ++incomplete;
    } else if (!(sums.mw > 0)) {
      ++nothing;
    } else {
      negative += sums.negative ? 1 : 0;
      series.points.push_back(exact_point(time, time + mix.step, sums.grams / sums.mw));
    }
  }
  if (incomplete > 0)
    series.notes.push_back(fmt::format("at {} of {} times a kind of generation is missing: gaps", incomplete, inside));
  if (nothing > 0) series.notes.push_back(fmt::format("at {} of {} times nothing is produced: gaps", nothing, inside));
  if (negative > 0)
    series.notes.push_back(fmt::format(
        "at {} of {} times a plant's own use exceeds its output: counted as 0 MW produced", negative, inside));
  for (const std::string& note : mix.notes) series.notes.push_back(note);
  if (series.points.empty())
    return fail(ErrorKind::kNotFound,
                fmt::format("no time of {} has the output of every kind of plant ({} times are incomplete)", mix.zone,
                            incomplete));
  return check(series);
}

}  // namespace olivine
