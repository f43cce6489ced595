// Scores of forecasts. All skip the pairs in which either number is not known (NaN) and give NaN when none is left.
//
//   mape     100/n sum |f - a| / a                 wmape   100 sum |f - a| / sum a          mae   1/n sum |f - a|
//   pinball  1/n sum max(q (a - f), (q - 1)(a - f))  for the quantile q
//   coverage share of a in [low, high]              width   1/n sum (high - low)
//
// Captured saving: a job of k hours that may be interrupted runs in the k cheapest hours of a window by the forecast and pays the actual
// intensities; it could have run in the first k hours at once, and the oracle picks by the actual intensities.
//
//   saving = 1 - paid / at once      captured = sum of (at once - paid) / sum of (at once - oracle), over windows
//
// Example: actual 300 200 100 400, forecast 3 1 2 4, k = 1: at once 300, paid 200, oracle 100: saving 1/3, oracle 2/3, captured 1/2.
//
// Units: g/kWh, percent where the name says so, else shares 0..1. Errors: none. Threads: pure. Lifetime: values.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace olivine {

double mape_percent(std::span<const double> forecast, std::span<const double> actual);
double wmape_percent(std::span<const double> forecast, std::span<const double> actual);
double mean_absolute_error(std::span<const double> forecast, std::span<const double> actual);
double pinball_loss(std::span<const double> forecast, std::span<const double> actual, double quantile);
double coverage(std::span<const double> low, std::span<const double> high, std::span<const double> actual);
double mean_width(std::span<const double> low, std::span<const double> high, std::span<const double> actual);

struct WindowCost {  // sums of g/kWh over the job's hours
  double at_once = 0.0, paid = 0.0, oracle = 0.0;
};
// Empty when an hour of the window is not known. Of equal forecasts the earlier hour is taken.
std::optional<WindowCost> window_cost(std::span<const double> forecast, std::span<const double> actual,
                                      std::size_t job_hours);

}  // namespace olivine
