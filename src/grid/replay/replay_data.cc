#include "grid/replay/replay_data.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "grid/providers/utc_text.h"
#include "grid/zones.h"

namespace olivine {
namespace {

// A sub-grid that the tables do not know plays its country's factor: "US-CAL-CISO" as "US".
Result<double> yearly_g_per_kwh(const std::string& zone) {
  auto factor = find_zone(zone);
  if (!factor && zone.find('-') != std::string::npos) factor = find_zone(zone.substr(0, zone.find('-')));
  if (!factor) return tl::unexpected<Error>(factor.error());
  return factor->g_per_kwh;
}

IntensityPoint demonstration(double yearly, Signal signal, WallTime t) {
  const WallTime begin = floor_to(t, hours(1));
  const double hour = static_cast<double>((begin - floor_to(begin, hours(24))).ns / hours(1).ns);
  const double wave = 1.0 + 0.25 * std::cos(2.0 * std::numbers::pi * (hour - 19.0) / 24.0);
  const double g = yearly * wave * (signal == Signal::kMarginal ? 1.5 : 1.0);
  return exact_point(begin, begin + hours(1), std::round(g * 100.0) / 100.0);
}

}  // namespace

const IntensitySeries* ReplayData::find(const std::string& zone, Signal signal, Boundary boundary) const {
  const IntensitySeries* other = nullptr;
  for (const IntensitySeries& s : series_) {
    if (s.zone != zone || s.signal != signal) continue;
    if (s.boundary == boundary) return &s;
    other = &s;
  }
  return other;
}

bool ReplayData::knows(const std::string& zone) const {
  const auto same = [&](const IntensitySeries& s) { return s.zone == zone; };
  return std::any_of(series_.begin(), series_.end(), same) || yearly_g_per_kwh(zone).has_value();
}

std::vector<std::string> ReplayData::zones() const {
  std::vector<std::string> keys;
  for (const IntensitySeries& s : series_)
    if (std::find(keys.begin(), keys.end(), s.zone) == keys.end()) keys.push_back(s.zone);
  return keys;
}

Result<std::optional<IntensityPoint>> ReplayData::value_at(const std::string& zone, Signal signal, Boundary boundary,
                                                           WallTime t) const {
  if (const IntensitySeries* series = find(zone, signal, boundary)) {
    const auto after = std::upper_bound(series->points.begin(), series->points.end(), t,
                                        [](WallTime time, const IntensityPoint& p) { return time < p.begin; });
    if (after == series->points.begin()) return std::optional<IntensityPoint>{};
    const IntensityPoint& point = *std::prev(after);
    return t < point.end ? std::optional<IntensityPoint>{point} : std::nullopt;
  }
  OLIVINE_TRY(const double yearly, yearly_g_per_kwh(zone));
  return std::optional<IntensityPoint>{demonstration(yearly, signal, t)};
}

}  // namespace olivine
