// What `grid fetch` prints: a few lines, the JSON record olivine.grid_fetch/1, and the CSV of weather.
//
// Units: g/kWh, seconds. Errors: none. Threads: pure. Lifetime: values.
#pragma once

#include <string>

#include "grid/providers/fetch.h"

namespace olivine::cli {

std::string fetch_text(const ProviderInfo& provider, const FetchReport& report);
std::string fetch_json(const ProviderInfo& provider, const FetchReport& report);
// time_utc and a column a variable; an unknown value is empty.
std::string weather_csv(const WeatherTable& table);

}  // namespace olivine::cli
