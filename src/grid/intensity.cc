#include "grid/intensity.h"

#include <fmt/core.h>

#include <cmath>

namespace olivine {

std::string_view name_of(Signal signal) { return signal == Signal::kAverage ? "average" : "marginal"; }
std::string_view name_of(Boundary boundary) { return boundary == Boundary::kDirect ? "direct" : "lifecycle"; }

Result<Signal> signal_from(std::string_view name) {
  if (name == "average") return Signal::kAverage;
  if (name == "marginal") return Signal::kMarginal;
  return fail(ErrorKind::kInvalid, "signal '" + std::string(name) + "' is not one of average, marginal");
}

Result<Boundary> boundary_from(std::string_view name) {
  if (name == "direct") return Boundary::kDirect;
  if (name == "lifecycle") return Boundary::kLifecycle;
  return fail(ErrorKind::kInvalid, "boundary '" + std::string(name) + "' is not one of direct, lifecycle");
}

Status check(const IntensitySeries& series) {
  const auto bad = [&](std::size_t index, std::string_view why) {
    return fail(ErrorKind::kInvalid, fmt::format("intensity of {}, point {} at {}: {}", series.zone, index,
                                                 format_utc(series.points[index].begin), why));
  };
  for (std::size_t i = 0; i < series.points.size(); ++i) {
    const IntensityPoint& p = series.points[i];
    if (p.end <= p.begin) return bad(i, "ends before it begins");
    if (i > 0 && p.begin < series.points[i - 1].end) return bad(i, "overlaps the point before it");
    if (!std::isfinite(p.g_per_kwh) || !std::isfinite(p.lower) || !std::isfinite(p.upper))
      return bad(i, "is not a number");
    if (p.lower > p.g_per_kwh || p.upper < p.g_per_kwh) return bad(i, "lies outside its own range");
    if (p.g_per_kwh < 0.0 && series.signal == Signal::kAverage)
      return bad(i, "an average intensity cannot be negative");
  }
  return {};
}

}  // namespace olivine
