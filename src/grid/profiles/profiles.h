// Month x hour profiles: what an hour of the day in a month is usually worth in a zone, so that planning works offline on the
// first day. A profile is not a measurement of the hour asked for: its range says how far single hours lay from it.
//
//   average lifecycle   120 zones of Electricity Maps, 2022       data/profiles_average.csv
//   average direct      6 US balancing authorities, 2022          data/profiles_direct.csv
//   marginal direct     14 AVERT regions, mean of 2022 and 2023   data/profiles_marginal.csv
//
// The range of an hour is that of the zone and month in the profile's own years (2.5 and 97.5 % quantile of hour over profile)
// widened by the years in between (METHODS, "Defaults"). Over 120 zones together it is x [0.57, 1.44].
//
//   FR, 15 January 2023, 18:00 UTC: 104.9 g/kWh; spread of January [0.431, 1.353], one year old x [0.74, 1.30]
//     lower 104.9 x (1 - sqrt(0.569^2 + 0.26^2)) = 39.3, upper 104.9 x (1 + sqrt(0.353^2 + 0.30^2)) = 153.5
//
// Units: g/kWh; months and hours in UTC. Errors: kNotFound says which zones, signals and boundaries have a profile; kInvalid
// for an interval that is empty or longer than ten years. Threads: any. Lifetime: values. The tables are read when first
// asked for.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "grid/intensity.h"
#include "grid/zones.h"

namespace olivine {

// How far a zone's yearly figure moved (level.h).
struct LevelChange {
  int from_year = 0, to_year = 0;
  double from_g_per_kwh = 1.0, to_g_per_kwh = 1.0;
  std::string source;
  FactRow row;
  double factor() const { return to_g_per_kwh / from_g_per_kwh; }
};

struct MonthHourProfile {
  std::string zone, name;  // name: only where the profile's table has it (AVERT regions)
  Signal signal = Signal::kAverage;
  Boundary boundary = Boundary::kLifecycle;
  std::string accounting, losses, gases;  // as in IntensitySeries
  std::string period;                     // "2022", "2022 and 2023"
  int year = 0;                           // the last one
  std::array<std::array<double, 24>, 12> g_per_kwh{};
  std::array<RelativeRange, 12> spread{};
  std::string source, licence;
  FactRow row;
  std::optional<LevelChange> level;  // where it was moved to another year's level
};

// By the zone's own key, ignoring case.
Result<MonthHourProfile> find_profile(std::string_view zone, Signal signal, Boundary boundary);
// The zones that have a profile, in the table's order, each with its name where the table has one.
struct ProfileZone {
  std::string zone, name;
};
std::vector<ProfileZone> profile_zones(Signal signal, Boundary boundary);

// The hour of `profile` in which `when` lies, with its range; marked as estimated, for nobody measured it.
Result<IntensityPoint> profile_hour(const MonthHourProfile& profile, WallTime when);

// Years between the profile and a use in `year`: of its level, where that was moved, but then at least one.
int age_of(const MonthHourProfile& profile, int year);
// Whole hours that overlap the interval, which may be ten years long.
Result<std::vector<IntensityPoint>> profile_hours(const MonthHourProfile& profile, WallInterval interval);

class ProfileProvider final : public IntensityProvider {
 public:
  // Whole hours that overlap the interval.
  Result<IntensitySeries> points(const IntensityQuery& query) override;
};

}  // namespace olivine
