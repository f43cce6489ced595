// A made-up zone for the tests of forecasts: a day's shape, a week's, wind that the weather forecast knows, and noise.
//
//   g = (300 + 60 sin(hour) - 20 on weekends - 12 (wind - 6)) (1 + noise),   wind a slow random walk within 2..12 m/s
//
// Who knows the wind forecast is wrong by the noise only; persistence also by a day's change of wind.
//
// Units: g/kWh, m/s. Errors: none. Threads: pure. Lifetime: values.
#pragma once

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/prng.h"
#include "grid/forecast/day_grid.h"

namespace olivine {

inline ForecastInput synthetic_zone(std::size_t days, double noise, std::uint64_t seed,
                                    std::size_t weather_days_ahead = 7) {
  Prng prng(seed);
  ForecastInput input;
  input.zone = "XX";
  input.intensity.name = "made-up";
  input.intensity.begin = *parse_hour("2020-01-01");
  input.intensity.columns = {"carbon_intensity", "wind", "nat_gas"};
  input.intensity.values.resize(3);
  HourlyTable weather;
  weather.name = "made-up weather";
  weather.begin = input.intensity.begin;
  weather.columns = {"wind_speed", "temperature"};
  weather.values.resize(2);
  double wind = 6.0;
  for (std::size_t hour = 0; hour < (days + weather_days_ahead) * kSlots; ++hour) {
    wind = std::clamp(wind + prng.between(-0.6, 0.6), 2.0, 12.0);
    const double angle = 2.0 * std::numbers::pi * static_cast<double>(hour % kSlots) / 24.0;
    weather.values[0].push_back(wind);
    weather.values[1].push_back(285.0 + 5.0 * std::sin(angle));
    const bool weekend = (hour / kSlots + 2) % 7 >= 5;  // 2020-01-01 was a Wednesday
    const double g_per_kwh = (300.0 + 60.0 * std::sin(angle) - (weekend ? 20.0 : 0.0) - 12.0 * (wind - 6.0)) *
                             (1.0 + prng.between(-noise, noise));
    if (hour >= days * kSlots) continue;
    input.intensity.values[0].push_back(g_per_kwh);
    input.intensity.values[1].push_back(100.0 * wind);
    input.intensity.values[2].push_back(2000.0);
  }
  input.weather = std::move(weather);
  return input;
}

}  // namespace olivine
