// Open-Meteo: hourly weather forecasts. Weather only: context for forecasts of intensity.
//
//   GET /v1/forecast?latitude=52.5&longitude=13.4&hourly=shortwave_radiation,direct_normal_irradiance,wind_speed_120m,
//       temperature_2m&timezone=UTC&wind_speed_unit=ms&start_date=2026-01-01&end_date=2026-01-04
//   {"latitude":52.52,"longitude":13.41,"utc_offset_seconds":0,"hourly_units":{"time":"iso8601","shortwave_radiation":"W/m²"},
//    "hourly":{"time":["2026-01-01T00:00"],"shortwave_radiation":[0.0]}}
//
// ZONE is a place: "52.5,13.4". Traps: wind comes in km/h unless asked otherwise, so the units in the answer must be the ones
// wanted; times have no offset, so the offset must be 0; the place is a grid cell and must lie within half a degree of the
// asked one. Free for non-commercial use: 600 a minute, 5,000 an hour, 10,000 a day, counted by variables. CC BY 4.0.
//
// Units: in the columns' names. Errors: as ProviderSession. Threads: pure. Lifetime: values.
#pragma once

#include "grid/providers/provider.h"

namespace olivine {

struct GeoPlace {
  double latitude = 0, longitude = 0;
};
Result<GeoPlace> parse_place(std::string_view text);
HttpRequest open_meteo_request(const FetchQuery& query, const GeoPlace& place);
struct ReadWeather {
  WeatherTable table;
  std::vector<std::string> notes;
};
Result<ReadWeather> parse_open_meteo(std::string_view body, const GeoPlace& place);
Result<std::unique_ptr<ProviderSession>> start_open_meteo(const ProviderInfo& provider, const FetchQuery& query,
                                                          const Credentials& credentials);

}  // namespace olivine
