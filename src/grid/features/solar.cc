#include "grid/features/solar.h"

#include <cmath>
#include <numbers>

#include "grid/features/civil_time.h"

namespace olivine::features {
namespace {

constexpr double kRadians = std::numbers::pi / 180.0;
constexpr double kDegrees = 180.0 / std::numbers::pi;

double turn(double angle, double full) {
  const double rest = std::fmod(angle, full);
  return rest < 0.0 ? rest + full : rest;
}

}  // namespace

std::optional<SolarPosition> solar_position(std::int64_t utc_ns, double latitude_deg, double longitude_deg) {
  static const std::int64_t begin_ns = days_from_civil({1950, 1, 1}) * kNsPerDay;
  static const std::int64_t end_ns = days_from_civil({2051, 1, 1}) * kNsPerDay;
  static const std::int64_t j2000_ns = days_from_civil({2000, 1, 1}) * kNsPerDay + kNsPerDay / 2;
  if (utc_ns < begin_ns || utc_ns >= end_ns) return std::nullopt;

  const double days = static_cast<double>(utc_ns - j2000_ns) / static_cast<double>(kNsPerDay);
  const double mean_longitude = turn(280.460 + 0.9856474 * days, 360.0);
  const double anomaly = turn(357.528 + 0.9856003 * days, 360.0) * kRadians;
  const double longitude = (mean_longitude + 1.915 * std::sin(anomaly) + 0.020 * std::sin(2.0 * anomaly)) * kRadians;
  const double obliquity = (23.439 - 0.0000004 * days) * kRadians;
  const double ascension = std::atan2(std::cos(obliquity) * std::sin(longitude), std::cos(longitude));
  const double declination = std::asin(std::sin(obliquity) * std::sin(longitude));

  // Greenwich mean sidereal time; the hour of the day is inside `days`, so 24.0657... hours a day.
  const double sidereal_h = turn(18.697374558 + 24.06570982441908 * days, 24.0);
  const double hour_angle = (sidereal_h * 15.0 + longitude_deg) * kRadians - ascension;
  const double latitude = latitude_deg * kRadians;
  const double sine =
      std::sin(declination) * std::sin(latitude) + std::cos(declination) * std::cos(latitude) * std::cos(hour_angle);
  const double east = -std::cos(declination) * std::sin(hour_angle);
  const double north =
      std::sin(declination) * std::cos(latitude) - std::cos(declination) * std::sin(latitude) * std::cos(hour_angle);
  SolarPosition position;
  position.elevation_deg = std::asin(std::fmin(1.0, std::fmax(-1.0, sine))) * kDegrees;
  position.azimuth_deg = turn(std::atan2(east, north) * kDegrees, 360.0);
  position.declination_deg = declination * kDegrees;
  return position;
}

}  // namespace olivine::features
