// WeatherTable: columns of weather over time, as a forecast service lists them. Context for forecasts, no intensity.
//
// Units: in each column's name (watts per square metre, metres per second, degrees Celsius). Errors: none. Threads:
// values. Lifetime: values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/time.h"

namespace olivine {

struct WeatherColumn {
  std::string name;                           // "wind_speed_120m_m_per_s"
  std::vector<std::optional<double>> values;  // one a time; absent: the service knows none
  bool operator==(const WeatherColumn&) const = default;
};
struct WeatherTable {
  double latitude = 0, longitude = 0;  // of the service's grid cell
  std::vector<WallTime> times;         // hours, in order
  std::vector<WeatherColumn> columns;
  bool operator==(const WeatherTable&) const = default;
};

}  // namespace olivine
