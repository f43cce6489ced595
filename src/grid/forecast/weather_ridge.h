// WeatherRidge: the next hours of one zone, issued at any hour, from its past, its mix and a weather forecast.
//
// For each hour of the day and each horizon one ridge regression (ridge.h) of x(t + h) / m(t) - profile, m(t) the mean of the last 168
// hours, the profile that of the same hour on seven days; refitted every four weeks on targets before. Used are: intensity and
// mix up to t; the weather forecast of t + h and around it, beside that weather's mean of the last week; weekday and season of
// t + h. Changing any intensity after `now` changes nothing said at `now`.
//
// A weather table holds one value for an hour, whatever the lead. Files made of short-lead forecasts therefore know
// tomorrow's weather better than operation would: say so beside the result.
//
//   translate   what a series says of another of the same place (production by EIA-930, consumption by a portal):
//               e = a + b x fitted on the last 28 days, plus what that misses now, falling by half every 12 hours
//
// Units: of the tables; g/kWh. Errors: those of make_day_grid. forecast() is empty before `first_hour`, where the past is too
// short and beyond the data. Threads: const methods are free of state. Lifetime: value.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "grid/forecast/day_grid.h"
#include "grid/forecast/ridge.h"

namespace olivine {

struct WeatherRidgeSettings {
  std::size_t most_hours = 47;
  std::size_t first_hour = 365 * 24;  // of the grid: nothing is forecast before
  std::size_t refit_hours = 28 * 24;
  RidgeSettings ridge{.alpha = 60.0, .clip = 4.0, .least_rows = 120};
};

class WeatherRidge {
 public:
  // `end`: the end of the data, at 00:00 UTC.
  static Result<WeatherRidge> fit(const ForecastInput& input, WallTime end, WeatherRidgeSettings settings = {});
  // Hours now + 1 .. now + count; hours count from begin().
  std::vector<double> forecast(std::size_t now, std::size_t count) const;
  WallTime begin() const { return begin_; }
  std::span<const double> g_per_kwh() const { return past_.front().value; }  // gaps bridged

 private:
  struct Hours {
    std::vector<double> value, sum;  // sum before each hour, of what is known
    WeatherKind kind = WeatherKind::kOther;
  };
  static Hours hours_of(std::vector<double> values, WeatherKind kind, bool bridged);
  double relative_to_week(std::size_t now) const;
  std::vector<double> features(std::size_t now, std::size_t horizon) const;
  void add_weather(std::vector<double>& row, std::size_t now, std::size_t target) const;
  double profile(std::size_t now, std::size_t horizon) const;
  void fit_horizon(std::size_t horizon);

  WeatherRidgeSettings settings_;
  WallTime begin_;
  std::size_t hours_ = 0;
  std::vector<char> known_;
  std::vector<Hours> past_, weather_;                           // past_: intensity, then shares
  std::vector<std::vector<std::optional<RidgeModel>>> models_;  // [(horizon - 1) * 24 + hour of the target][refit]
};

// `series` and `other` on the same hours, both known up to `now`; `forecast` of `series` for now + 1 on.
std::vector<double> translate(std::span<const double> series, std::span<const double> other, std::size_t now,
                              std::span<const double> forecast);

}  // namespace olivine
