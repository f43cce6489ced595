// DayGrid: a zone's past arranged for forecasting: days of 24 slots that begin at the hour of the day at which forecasts are
// issued, so that day d's forecast may use all of day d - 1 and nothing of day d but the weather forecast.
//
//   issue hour 00 UTC: day d = [00:00, 24:00) of a date.  issue hour 06 UTC: day d = [06:00, 06:00 of the next date).
//
// The target is the logarithm of the intensity: errors are then relative, as MAPE counts them, and no forecast is negative.
// `past` channels (shares of the sources, their total) are known up to the issue; `weather` channels are forecasts and are
// read for the target day. Each channel keeps the means that features ask for.
//
// Weather rows in which every column is exactly 0 are a known defect of archived files (0 K is no temperature): not known.
//
// Units: log(g/kWh), shares 0..1, weather as in its file. Errors: kNotFound without an intensity column; kInvalid for an
// intensity <= 0 (log) or weather that ends before the data. Threads: values. Lifetime: values.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "grid/forecast/hourly_table.h"

namespace olivine {

inline constexpr std::size_t kSlots = 24;

struct ForecastInput {
  std::string zone;
  HourlyTable intensity;  // the intensity and, where known, generation by source
  std::string
      intensity_column;  // empty: carbon_intensity, else the only one whose name holds "intensity" or "g_per_kwh"
  std::optional<HourlyTable> weather;  // forecasts; see docs/methods/forecast.md for their alignment
};

enum class WeatherKind { kOther, kWind, kTemperature };

struct Channel {
  std::string name;
  WeatherKind kind = WeatherKind::kOther;
  std::vector<double> value;     // [day * 24 + slot]; NaN: not known
  std::vector<double> week;      // mean of the same slot on the 7 days before the day; NaN with fewer than 4 known
  std::vector<double> day_mean;  // [day]; NaN with fewer than 18 known
  double at(std::size_t day, std::size_t slot) const { return value[day * kSlots + slot]; }
  double week_at(std::size_t day, std::size_t slot) const { return week[day * kSlots + slot]; }
};

struct DayGrid {
  WallTime begin;        // of day 0, slot 0
  std::size_t days = 0;  // days 0 .. known_days - 1 are the past, later ones are there for their weather
  std::size_t known_days = 0;
  Channel target;                 // log(g/kWh)
  std::vector<double> g_per_kwh;  // [day * 24 + slot]
  std::vector<Channel> past, weather;
  std::vector<std::string> notes;
  WallTime time_of(std::size_t day, std::size_t slot) const {
    return {begin.ns + static_cast<std::int64_t>(day * kSlots + slot) * kHourNs};
  }
};

// Days begin at `issue`'s hour of the day. What lies at or after `issue` is not read, but for the weather; `days_ahead` empty
// days follow. Give the end of the data for a forecast, and a later issue never: its days would be empty.
Result<DayGrid> make_day_grid(const ForecastInput& input, WallTime issue, std::size_t days_ahead);
// The intensity column's place, by the rule above.
Result<std::size_t> intensity_column_of(const ForecastInput& input);
// Fills `week` and `day_mean`.
void add_means(Channel& channel);

}  // namespace olivine
