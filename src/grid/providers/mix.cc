#include "grid/providers/mix.h"

#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "grid/providers/utc_text.h"

namespace olivine {
namespace {

std::set<WallTime> times_of(const ServiceMix& mix) {
  std::set<WallTime> times;
  for (const MixKind& kind : mix.kinds)
    for (const auto& [time, mw] : kind.mw) times.insert(time);
  return times;
}

struct Sums {
  double grams = 0, mw = 0;
  bool complete = true, negative = false;
};

Sums sums_at(const ServiceMix& mix, WallTime time, Boundary boundary) {
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

std::optional<double> factor_g_per_kwh(Fuel fuel, Boundary boundary) {
  static const std::vector<FuelFactor> direct = default_fuel_factors(Boundary::kDirect);
  static const std::vector<FuelFactor> lifecycle = default_fuel_factors(Boundary::kLifecycle);
  if (fuel == Fuel::kStorage) return std::nullopt;
  if (fuel == Fuel::kBiomass && boundary == Boundary::kDirect) return 0.0;
  return factor_of(boundary == Boundary::kDirect ? direct : lifecycle, name_of(fuel), fuel);
}

MixKind& ServiceMix::kind(std::string_view code, Fuel fuel) {
  for (MixKind& known : kinds)
    if (known.code == code) return known;
  kinds.push_back({std::string(code), fuel, {}});
  return kinds.back();
}

Status add_intensity(const ServiceMix& mix, const WallInterval& interval, IntensitySeries& series) {
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
