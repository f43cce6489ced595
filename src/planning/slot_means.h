// Points in time laid over slots, and whether they reach over a plan. Points have `begin` and `end`, are in order, and do not overlap.
//
//   points 0:00-1:00 10, 1:00-2:00 30; slots of 30 min from 0:30 on: 10, 30, 30, not known
//   slots of 1 h from 0:00 on, of each its first 30 min: 10, 30
//
// Units: those of `value`. Errors: kNotFound says how far the points reach. Threads: pure. Lifetime: values.
#pragma once

#include <fmt/core.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "grid/intensity.h"

namespace olivine {

// Mean of the first `part` of each slot from `begin` on; NaN where it is not known for all of that. A value that is NaN is not known: a
// point that may not count in a mean.
template <class Point, class Value>
std::vector<double> means_of(const std::vector<Point>& points, WallTime begin, Duration slot, std::size_t count,
                             Value value, Duration part) {
  std::vector<double> means(count, std::numeric_limits<double>::quiet_NaN());
  auto point =
      std::lower_bound(points.begin(), points.end(), begin, [](const Point& p, WallTime t) { return p.end <= t; });
  for (std::size_t i = 0; i < count; ++i) {
    const WallTime from{begin.ns + static_cast<std::int64_t>(i) * slot.ns}, to{from.ns + part.ns};
    while (point != points.end() && point->end <= from) ++point;
    double sum = 0.0;
    std::int64_t covered_ns = 0;
    for (auto p = point; p != points.end() && p->begin < to; ++p) {
      const std::int64_t part_ns = std::min(p->end, to).ns - std::max(p->begin, from).ns;
      sum += value(*p) * static_cast<double>(part_ns);
      covered_ns += part_ns;
    }
    if (covered_ns == part.ns) means[i] = sum / static_cast<double>(part.ns);
  }
  return means;
}
// Of whole slots.
template <class Point, class Value>
std::vector<double> means_of(const std::vector<Point>& points, WallTime begin, Duration slot, std::size_t count,
                             Value value) {
  return means_of(points, begin, slot, count, value, slot);
}

// An intensity that a plan may choose by: one below zero is noise or a market's moment, and no reason to run. NaN, so that it is not
// hidden by the mean of a longer slot either.
inline double usable_g(const IntensityPoint& p) {
  return p.g_per_kwh < 0.0 ? std::numeric_limits<double>::quiet_NaN() : p.g_per_kwh;
}

template <class Points>
Status reaches_over(const Points& points, const std::string& what, WallInterval span) {
  if (points.empty()) return fail(ErrorKind::kNotFound, fmt::format("no {} is known", what));
  const WallTime begin = points.front().begin, end = points.back().end;
  if (begin <= span.begin && end >= span.end) return {};
  return fail(ErrorKind::kNotFound,
              fmt::format("the {} reaches from {} to {}; the plan needs {} to {}", what, format_utc(begin),
                          format_utc(end), format_utc(span.begin), format_utc(span.end)));
}

// Gaps are allowed, at the beginning too: what is missing at the end is not known to go on.
template <class Points>
Status reaches_to_the_end(const Points& points, const std::string& what, WallInterval span) {
  const bool reaches = !points.empty() && points.front().begin < span.end && points.back().end >= span.end;
  return reaches ? Status{} : reaches_over(points, what, span);
}

}  // namespace olivine
