// Integrate: energy from samples of power, and means of values that hold from their time to the next row.
//
// Power samples are joined by straight lines. A step between two samples that is longer than the rule allows says nothing
// about the time between: it is a gap, never a number. Intervals are half-open and cut the lines where they begin and end,
// so that adjacent intervals add up to the whole.
//
//   0 W, 100 W, 100 W at 0 s, 1 s, 2 s: 150 J over [0, 2); 50 J over [0, 1) + 100 J over [1, 2)
//
// A sensor that shows the mean of the last `trailing` seconds (NVML: one second) is late by half of it. What it has not yet
// shown at the end is at most last value x trailing; what it still shows from before the begin at most first value x
// trailing. Both go into the range. => 400 W for 10 s from idle (0 W), sampled as a one-second trailing mean: 3,800 J, range
// 3,800 .. 4,200; the truth is 4,000.
//
//   Steps: 100 g/kWh from 10:00, 300 g/kWh from 11:00: mean over 10:30-11:30 is 200; 1 kW for that hour emits 200 g
//
// Units: by type. Errors: mean_of_steps: kInvalid before the first row, after the last row's end and for an empty
// interval, and says how far the data reach. Threads: pure. Lifetime: values. Source: METHODS 3.
#pragma once

#include <span>
#include <vector>

#include "base/result.h"
#include "series/series.h"

namespace olivine {

struct GaugeRules {
  Duration longest_step;           // between two samples; longer is a gap
  Duration trailing = seconds(0);  // window of a trailing mean
};

struct Integral {
  Energy energy;                   // of the covered time
  Energy lower, upper;             // with the trailing mean's edges
  std::vector<TimeInterval> gaps;  // in order, inside the interval
  Duration covered;                // length of the interval without its gaps
};
Integral integrate(const Series<Power, Gauge>& power, TimeInterval over, const GaugeRules& rules);

// Values that hold from their time to the next row's; the last one until `end`.
template <class Q>
struct Steps {
  struct Row {
    WallTime from;
    Q value;
  };
  std::vector<Row> rows;  // in rising order of time
  WallTime end;
};

struct StepRow {
  WallTime from;
  double value = 0.0;
};
Result<double> mean_of_rows(std::span<const StepRow> rows, WallTime rows_end, WallTime begin, WallTime end);

// Mean over [begin, end), weighted by time.
template <class Q>
Result<Q> mean_of_steps(const Steps<Q>& steps, WallTime begin, WallTime end) {
  std::vector<StepRow> rows;
  for (const auto& row : steps.rows) rows.push_back({row.from, row.value.canonical()});
  OLIVINE_TRY(const double mean, mean_of_rows(rows, steps.end, begin, end));
  return Q::from_canonical(mean);
}

}  // namespace olivine
