// Solar position: where the sun stands, for features of light and heat.
//
// The Astronomical Almanac's low-precision formulas for the sun's coordinates (section C) as given for solar energy by
// Michalsky, "The Astronomical Almanac's algorithm for approximate solar position (1950-2050)", Solar Energy 40 (1988):
// within 0.01 degrees in those years. The angle is geometric: no refraction, no parallax (below 0.003 degrees).
//
//   Golden, Colorado, 2003-10-17 19:30:30 UTC, 39.742476 N, 105.1786 W: NREL's SPA report (Reda and Andreas,
//   NREL/TP-560-34302) gives declination -9.314, azimuth 194.340, elevation 39.872 before refraction
//
// Units: degrees; azimuth from north over east; UTC ns. Errors: none; absent outside 1950 to 2050.
// Threads: pure. Lifetime: values.
#pragma once

#include <cstdint>
#include <optional>

namespace olivine::features {

struct SolarPosition {
  double elevation_deg = 0.0, azimuth_deg = 0.0, declination_deg = 0.0;
};

// Latitude north and longitude east are positive.
std::optional<SolarPosition> solar_position(std::int64_t utc_ns, double latitude_deg, double longitude_deg);

}  // namespace olivine::features
