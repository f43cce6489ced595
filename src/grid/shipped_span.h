// What the shipped tables say of a whole span: hour by hour where a profile answers, else one point of the yearly factor.
//
//   shipped_span({"FR", [2024-12-31 22:00, 2025-01-01 02:00)})   4 hours of the profile, each at its own year's level
//   shipped_span({"KE", ...})                                     1 point: the yearly factor, with the range of single hours
//
// `first` is shipped_intensity at the begin of the span: whose figure it is, by which method, with which notes; unknown with
// its reason when no table has it, and then there are no points.
//
// Units: g/kWh. Errors: as shipped_intensity; kInvalid for a span that is empty or longer than ten years. Threads: any.
// Lifetime: values.
#pragma once

#include "grid/shipped.h"

namespace olivine {

struct ShippedSpan {
  GridFigure first;
  IntensitySeries series;
};
struct ShippedSpanAsk {
  std::string zone;
  WallInterval interval;
  Signal signal = Signal::kAverage;
  std::optional<Boundary> boundary = std::nullopt;
};
Result<ShippedSpan> shipped_span(const ShippedSpanAsk& ask);

// The series with the pieces of `rest` at the times that it lacks, in order; its own points stay as they are.
//
//   10:00 100, 12:00 90 with hours of a profile 60, 61, 62: 10:00 100, 11:00 61, 12:00 90
IntensitySeries with_gaps_filled(IntensitySeries series, const IntensitySeries& rest);

}  // namespace olivine
