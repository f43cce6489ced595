#include "account/location_based.h"

#include <algorithm>
#include <cmath>

#include "base/wall_time_text.h"

namespace olivine {
namespace {

Status check_slice(const EnergySlice& slice) {
  if (slice.interval.end < slice.interval.begin)
    return fail(ErrorKind::kInvalid, "a slice of energy ends before it begins, at " + format_utc(slice.interval.begin));
  if (!std::isfinite(in_joules(slice.energy)) || slice.energy < Energy{})
    return fail(ErrorKind::kInvalid,
                "a slice of energy at " + format_utc(slice.interval.begin) + " is negative or not finite");
  return {};
}

struct Sums {
  double covered = 0.0, all = 0.0, estimated = 0.0;  // weights: J, or ns
  double value = 0.0, lower = 0.0, upper = 0.0;      // weight x g/kWh
};

// The weight of a slice that each point takes, in order; `weight` of a slice that is over at once goes to the point it is in.
void add_slice(const WallInterval& span, double weight, std::span<const IntensityPoint> points, Sums& sums,
               std::vector<std::uint8_t>& used) {
  sums.all += weight;
  const double length = static_cast<double>(span.end.ns - span.begin.ns);
  auto point = std::upper_bound(points.begin(), points.end(), span.begin,
                                [](WallTime t, const IntensityPoint& p) { return t < p.end; });
  for (; point != points.end() && (point->begin < span.end || point->begin == span.begin); ++point) {
    if (point->begin > span.begin && length == 0.0) break;
    const std::int64_t from = std::max(span.begin.ns, point->begin.ns), to = std::min(span.end.ns, point->end.ns);
    const double part = length == 0.0 ? weight : weight * (static_cast<double>(to - from) / length);
    sums.covered += part;
    sums.value += part * point->g_per_kwh;
    sums.lower += part * point->lower;
    sums.upper += part * point->upper;
    if (point->estimated) sums.estimated += part;
    used[static_cast<std::size_t>(point - points.begin())] = 1;
    if (length == 0.0) break;
  }
}

}  // namespace

Result<PricedBySeries> price_by_series(std::span<const EnergySlice> slices, const IntensitySeries& series) {
  OLIVINE_CHECK_STATUS(check(series));
  double energy_j = 0.0;
  for (const EnergySlice& slice : slices) {
    OLIVINE_CHECK_STATUS(check_slice(slice));
    energy_j += in_joules(slice.energy);
  }
  const bool by_time = !(energy_j > 0.0);
  Sums sums;
  std::vector<std::uint8_t> used(series.points.size(), 0);
  for (const EnergySlice& slice : slices) {
    const double ns = static_cast<double>(slice.interval.end.ns - slice.interval.begin.ns);
    const double weight = by_time ? std::max(ns, 1.0) : in_joules(slice.energy);
    if (weight > 0.0) add_slice(slice.interval, weight, series.points, sums, used);
  }
  PricedBySeries priced;
  priced.points = static_cast<std::size_t>(std::count(used.begin(), used.end(), std::uint8_t{1}));
  if (!(sums.covered > 0.0)) {
    priced.uncovered = joules(energy_j);
    return priced;
  }
  priced.mean = grams_per_kilowatt_hour(sums.value / sums.covered);
  priced.mean_lower = grams_per_kilowatt_hour(sums.lower / sums.covered);
  priced.mean_upper = grams_per_kilowatt_hour(sums.upper / sums.covered);
  // Of a span that is covered to the end the sum of parts may differ from the whole by a rounding.
  priced.covered_share = sums.covered / sums.all;
  if (priced.covered_share > 1.0 - 1e-12) priced.covered_share = 1.0;
  priced.estimated_share = sums.estimated / sums.covered;
  priced.covered = joules(energy_j * priced.covered_share);
  priced.uncovered = joules(energy_j) - priced.covered;
  priced.carbon = priced.covered * priced.mean;
  priced.lower = priced.covered * priced.mean_lower;
  priced.upper = priced.covered * priced.mean_upper;
  return priced;
}

std::vector<EnergySlice> uncovered_slices(std::span<const EnergySlice> slices, const IntensitySeries& series) {
  std::vector<EnergySlice> left;
  for (const EnergySlice& slice : slices) {
    WallTime from = slice.interval.begin;
    const double length = std::max(1.0, static_cast<double>(slice.interval.end.ns - slice.interval.begin.ns));
    const auto add = [&](WallTime to) {
      if (to > from) left.push_back({{from, to}, slice.energy * (static_cast<double>(to.ns - from.ns) / length)});
    };
    auto point = std::partition_point(series.points.begin(), series.points.end(),
                                      [&](const IntensityPoint& p) { return p.end <= from; });
    for (; point != series.points.end() && point->begin < slice.interval.end; ++point) {
      add(std::min(point->begin, slice.interval.end));
      from = std::max(from, point->end);
    }
    add(slice.interval.end);
    if (slice.interval.end == slice.interval.begin && from == slice.interval.begin) left.push_back(slice);
  }
  return left;
}

Estimate<CarbonIntensity> blended_intensity(const PricedBySeries& priced, std::string_view series_input,
                                            const Estimate<CarbonIntensity>& fallback) {
  const auto covered = Estimate<CarbonIntensity>::of(priced.mean, std::min(priced.mean_lower, priced.mean),
                                                     std::max(priced.mean_upper, priced.mean), series_input);
  if (priced.covered_share >= 1.0) return covered;
  return sum(covered.scaled(priced.covered_share), fallback.scaled(1.0 - priced.covered_share));
}

}  // namespace olivine
