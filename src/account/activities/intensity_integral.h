// IntensityIntegral: a series of intensities summed up from its beginning, so that the mean over any span costs two look-ups.
//
// In whole milligrams x seconds / kWh and whole seconds, so that it is exactly additive: the integral over [a, c) is that over
// [a, b) plus that over [b, c), to the last digit, however a span is cut.
//
//   100 g/kWh from 10:00, 300 from 11:00:  10:30-11:30 is 1,800 s x 100,000 mg + 1,800 s x 300,000 mg, a mean of 200 g/kWh
//
// Units: UTC seconds; mg x s/kWh (an intensity is rounded to 0.001 g/kWh). Errors: kInvalid for what check(series) refuses and
// for sums beyond 64 bits. Threads: reading is safe. Lifetime: values.
#pragma once

#include <cstdint>
#include <vector>

#include "grid/intensity.h"

namespace olivine {

struct IntensitySum {
  std::int64_t mg_s = 0, lower_mg_s = 0, upper_mg_s = 0;  // of what is known
  std::int64_t known_s = 0;                               // seconds that have a point
  bool operator==(const IntensitySum&) const = default;
};
IntensitySum operator-(const IntensitySum& a, const IntensitySum& b);
IntensitySum operator+(const IntensitySum& a, const IntensitySum& b);

class IntensityIntegral {
 public:
  static Result<IntensityIntegral> of(const IntensitySeries& series);
  // Over [begin, end); begin <= end.
  IntensitySum over(std::int64_t begin_s, std::int64_t end_s) const { return until(end_s) - until(begin_s); }
  bool empty() const { return points_.empty(); }

 private:
  struct Point {
    std::int64_t begin_s = 0, end_s = 0, mg = 0, lower_mg = 0, upper_mg = 0;
    IntensitySum before{};
  };
  IntensitySum until(std::int64_t time_s) const;
  std::vector<Point> points_;
  std::int64_t step_s_ = 3600;
};

}  // namespace olivine
