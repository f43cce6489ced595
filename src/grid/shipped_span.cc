#include "grid/shipped_span.h"

#include <algorithm>

#include "base/wall_time_text.h"
#include "grid/profiles/level.h"

namespace olivine {
namespace {

// The hours of a profile, year by year at that year's level.
Result<std::vector<IntensityPoint>> levelled_hours(const MonthHourProfile& raw, WallInterval interval) {
  std::vector<IntensityPoint> points;
  for (WallTime from = interval.begin; from < interval.end;) {
    const int year = year_of(from);
    OLIVINE_TRY(const WallTime next_year, parse_wall_time(std::to_string(year + 1) + "-01-01"));
    const WallTime to = std::min(interval.end, next_year);
    OLIVINE_TRY(const MonthHourProfile profile, at_level_of(raw, year));
    OLIVINE_TRY(const auto hours, profile_hours(profile, {from, to}));
    points.insert(points.end(), hours.begin(), hours.end());
    from = to;
  }
  return points;
}

}  // namespace

Result<ShippedSpan> shipped_span(const ShippedSpanAsk& ask) {
  ShippedSpan span;
  OLIVINE_TRY(span.first, shipped_intensity({ask.zone, ask.interval.begin, ask.signal, ask.boundary}));
  const GridFigure& f = span.first;
  IntensitySeries& s = span.series;
  s.zone = f.zone;
  s.signal = f.signal;
  s.boundary = f.boundary == "direct" ? Boundary::kDirect : Boundary::kLifecycle;
  s.accounting = f.accounting;
  s.losses = f.losses;
  s.gases = f.gases;
  s.source = f.source;
  s.basis = f.basis;
  s.notes = f.notes;
  if (ask.interval.end <= ask.interval.begin) return fail(ErrorKind::kInvalid, "the span asked for is empty");
  if (!f.g_per_kwh) return span;
  if (!f.profile) {
    s.points = {{ask.interval.begin, ask.interval.end, *f.g_per_kwh, f.lower, f.upper, true}};
    return span;
  }
  OLIVINE_TRY(const MonthHourProfile raw, find_profile(f.profile->zone, f.signal, s.boundary));
  OLIVINE_TRY(s.points, levelled_hours(raw, ask.interval));
  return span;
}

IntensitySeries with_gaps_filled(IntensitySeries series, const IntensitySeries& rest) {
  std::vector<IntensityPoint> all;
  all.reserve(series.points.size() + rest.points.size());
  auto own = series.points.begin();
  for (const IntensityPoint& fill : rest.points) {
    // A point of its own may reach into this one.
    WallTime from = all.empty() ? fill.begin : std::max(fill.begin, all.back().end);
    for (; own != series.points.end() && own->begin < fill.end; ++own) {
      if (from < own->begin) all.push_back({from, own->begin, fill.g_per_kwh, fill.lower, fill.upper, true});
      from = std::max(from, own->end);
      all.push_back(*own);
    }
    if (from < fill.end) all.push_back({from, fill.end, fill.g_per_kwh, fill.lower, fill.upper, true});
  }
  all.insert(all.end(), own, series.points.end());
  series.points = std::move(all);
  return series;
}

}  // namespace olivine
