// Features: what a model is told about one slot of a target day, using nothing that was not known at the issue.
//
// Day i is the day of issue, t = i + lead the target day. Used are: intensity and mix of days < i; weather forecasts of day t and of the
// days before; the calendar of t. `week(x)` is the mean over days i-7 .. i-1.
//
//   intensity   the slot on i-1, i-2, i-3, the day of the same weekday (t-7), week; the four last hours before the issue, day
//               means, how far the last hours lie above their week; slots two and four hours around
//   calendar    weekday (7), three harmonics of the year
//   weather     the slot and the day mean on t and i-1, three hours around, distance from the week; of wind also square and cube,
//               of temperature degrees above and below 18 C (heating and cooling)
//   mix         each source's share and the total: the slot on i-1, i-2, week, the last hour, the day mean
//
// METHODS: reference/grid-and-scheduling.md 5 gives the base; shares and last hours are ours (docs/methods/forecast.md).
//
// Units: log(g/kWh), shares, weather as in its file. Errors: none; what is not known is NaN. Threads: pure. Lifetime: the
// builder points at the grid.
#pragma once

#include <string>
#include <vector>

#include "grid/forecast/day_grid.h"

namespace olivine {

inline constexpr std::size_t kFirstDay = 8;  // with a week of past before it

// Rows of numbers, one after the other.
struct Matrix {
  std::size_t rows = 0, columns = 0;
  std::vector<double> values;
  const double* row(std::size_t r) const { return values.data() + r * columns; }
};

std::vector<double> features_of(const DayGrid& grid, std::size_t issue_day, std::size_t lead, std::size_t slot);
std::vector<std::string> feature_names(const DayGrid& grid);
// For each slot a matrix of days x features, rows of days before kFirstDay NaN.
std::vector<Matrix> feature_table(const DayGrid& grid, std::size_t lead, std::size_t end_day);

}  // namespace olivine
