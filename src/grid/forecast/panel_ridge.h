// PanelForecaster: the next hours of many zones, issued at any hour, learnt from all zones' past together.
//
// For each horizon h one ridge regression over the rows of all zones; a zone's own rows then move the common weights as far as
// they are worth (a ridge towards the common weights instead of towards zero), so that a zone with a week of past has a forecast
// and a zone with a year has its own:
//
//   y(t + h) / m(t) - profile  =  w . z(t, h),     m(t) the mean of the last 168 hours, profile that of the same hour of seven days
//   common   minimise  sum over all rows v (y - w.z)^2 + alpha |w|^2,      v = 0.02 / (0.01 + variance of the zone's last week)
//   a zone   minimise  sum over its rows v (y - w.z)^2 + own |w - common|^2
//
//   z: the last hours, the same hour of the last days and of the week before, hours around it, means of 6 and 24 hours, all as
//   distances from m
//
// Refitted every week on targets before the week: changing any value after `now` changes nothing said at `now`. A gap in the
// past counts as the last value known; a row whose target is not known is not learnt.
//
// Units: those of the table, g/kWh. Errors: none; empty where fewer than 7 days and an hour are known; the profile alone while fewer than
// 500 rows of all zones are learnt. Threads: const methods are free of state. Lifetime: value; it keeps a copy of the columns.
#pragma once

#include <cstddef>
#include <vector>

#include "grid/forecast/hourly_table.h"

namespace olivine {

struct PanelSettings {
  double alpha = 1.0;           // of the common ridge
  double own = 1000.0;          // of a zone's own, towards the common one
  std::size_t most_hours = 47;  // horizons 1 .. most_hours
  std::size_t step_hours = 5;   // between the rows of a zone; without a common divisor with 24
  std::size_t refit_hours = 168;
};

class PanelForecaster {
 public:
  // Learns from all columns; forecasts those in `zones` (places of columns).
  PanelForecaster(const HourlyTable& table, std::vector<std::size_t> zones, PanelSettings settings = {});
  // Hours now + 1 .. now + count of a column, `now` counted from the table's first hour and known itself.
  std::vector<double> forecast(std::size_t column, std::size_t now, std::size_t count) const;

 private:
  struct Zone {
    std::vector<double> g, sum, square_sum;  // gaps bridged; sums before each hour
    std::vector<char> known;
    std::size_t first = 0;  // hour with a value
  };
  void fit_horizon(std::size_t horizon);
  double one(std::size_t column, std::size_t now, std::size_t h) const;
  bool usable(const Zone& zone, std::size_t now) const;

  PanelSettings settings_;
  std::vector<Zone> columns_;
  std::vector<std::size_t> zones_, place_;  // place_[column] in zones_, or none
  std::size_t hours_ = 0, refits_ = 0;
  std::vector<std::vector<std::vector<float>>>
      weights_;  // [horizon - 1][place][refit x features]; empty row: not fitted
};

}  // namespace olivine
