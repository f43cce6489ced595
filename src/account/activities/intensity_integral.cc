#include "account/activities/intensity_integral.h"

#include <algorithm>
#include <cmath>

namespace olivine {
namespace {

constexpr std::int64_t kNsPerS = 1'000'000'000;

IntensitySum part(std::int64_t seconds, std::int64_t mg, std::int64_t lower, std::int64_t upper) {
  return {seconds * mg, seconds * lower, seconds * upper, seconds};
}

}  // namespace

IntensitySum operator-(const IntensitySum& a, const IntensitySum& b) {
  return {a.mg_s - b.mg_s, a.lower_mg_s - b.lower_mg_s, a.upper_mg_s - b.upper_mg_s, a.known_s - b.known_s};
}
IntensitySum operator+(const IntensitySum& a, const IntensitySum& b) {
  return {a.mg_s + b.mg_s, a.lower_mg_s + b.lower_mg_s, a.upper_mg_s + b.upper_mg_s, a.known_s + b.known_s};
}

Result<IntensityIntegral> IntensityIntegral::of(const IntensitySeries& series) {
  OLIVINE_CHECK_STATUS(check(series));
  IntensityIntegral out;
  out.points_.reserve(series.points.size());
  IntensitySum sum;
  for (const IntensityPoint& p : series.points) {
    if (std::max(std::abs(p.lower), std::abs(p.upper)) > 1e5)
      return fail(ErrorKind::kInvalid, "an intensity above 100,000 g/kWh");  // with 300 years of seconds below 2^63
    Point point{p.begin.ns / kNsPerS,        p.end.ns / kNsPerS,          std::llround(p.g_per_kwh * 1e3),
                std::llround(p.lower * 1e3), std::llround(p.upper * 1e3), sum};
    if (point.end_s <= point.begin_s) continue;
    sum = sum + part(point.end_s - point.begin_s, point.mg, point.lower_mg, point.upper_mg);
    out.points_.push_back(point);
  }
  if (!out.points_.empty()) out.step_s_ = out.points_.front().end_s - out.points_.front().begin_s;
  return out;
}

IntensitySum IntensityIntegral::until(std::int64_t time_s) const {
  if (points_.empty() || time_s <= points_.front().begin_s) return {};
  // Where the steps are alike, the place is computed; a gap or a change of step is looked up.
  auto at = static_cast<std::size_t>((time_s - points_.front().begin_s) / step_s_);
  if (at >= points_.size() || points_[at].begin_s > time_s ||
      (at + 1 < points_.size() && points_[at + 1].begin_s <= time_s)) {
    const auto after = std::upper_bound(points_.begin(), points_.end(), time_s,
                                        [](std::int64_t t, const Point& p) { return t < p.begin_s; });
    at = static_cast<std::size_t>(after - points_.begin()) - 1;
  }
  const Point& p = points_[at];
  return p.before + part(std::min(time_s, p.end_s) - p.begin_s, p.mg, p.lower_mg, p.upper_mg);
}

}  // namespace olivine
