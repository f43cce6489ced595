// What the charts share: checks, ranges, ticks, colours.
//
// Units: the caller's. Errors: as chart.h. Threads: pure. Lifetime: values.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "report/chart.h"

namespace olivine {

struct ValueRange {
  double lower = 0.0, upper = 0.0;
  bool known = false;  // at least one value
};
void widen(ValueRange& range, const ChartValue& value);
ValueRange range_of(std::span<const ChartValue> values);
// Bands included.
ValueRange range_of(const LineChart& chart);

Status check(const LineChart& chart);
Status check(const HeatMap& map);

struct Tick {
  double at = 0.0;  // value, or ns since 1970
  std::string label;
};
// Round values (1, 2, 5 x 10^k) that enclose the range, about `wanted` of them; from 0 when the range comes near it.
std::vector<Tick> value_ticks(const ValueRange& range, int wanted);
// Whole hours, days or months UTC within [begin, end], at most `most` of them.
std::vector<Tick> time_ticks(WallTime begin, WallTime end, int most);

struct Rgb {
  int red = 0, green = 0, blue = 0;
};
// 0 (dark blue) .. 1 (yellow): rising lightness, told apart also by those who do not see red and green.
Rgb heat_color(double share);
std::string hex(Rgb color);
int xterm_256(Rgb color);

// "2022-01-01 00:00".
std::string minute_text(WallTime time);

}  // namespace olivine
