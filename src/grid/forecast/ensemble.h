// Ensemble: the weighted mean of several models' forecasts, with weights from how well each did lately.
//
//   weight of model m at issue i  ~  (mean |log error| of m over the last 60 target days known at i) ^ -4
//
// Equal weights while fewer than 14 such days are known. A model that has no forecast for an hour is left out there.
//
// Bates and Granger 1969, with inverse powers in place of covariances. Example: errors of 0.1 and 0.2: weights 16/17 and 1/17.
//
// Units: log(g/kWh). Errors: none; NaN where no member has a forecast. Threads: pure. Lifetime: values.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "grid/forecast/rolling.h"

namespace olivine {

struct EnsembleSettings {
  std::size_t window_days = 60;
  std::size_t least_days = 14;
  double power = 4.0;
};

// [member] from mean errors; a member whose error is not known (NaN) gets 0.
std::vector<double> weights_from_errors(std::span<const double> mean_errors, double power);

struct Blend {
  ModelTrack track;                               // "ensemble"
  std::vector<std::vector<double>> last_weights;  // [lead][member], at the last issue
};
Blend blend(const DayGrid& grid, std::span<const ModelTrack* const> members, std::size_t first_issue,
            const EnsembleSettings& settings);

}  // namespace olivine
