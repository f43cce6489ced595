#include "grid/profiles/profiles.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <limits>

namespace olivine {
namespace {

WallTime at(int year, unsigned month, unsigned day, int hour, int minute = 0) {
  using namespace std::chrono;
  const sys_days date{std::chrono::year{year} / static_cast<int>(month) / static_cast<int>(day)};
  return {(date.time_since_epoch().count() * 86'400LL + hour * 3600LL + minute * 60LL) * 1'000'000'000LL};
}

IntensityQuery query(std::string zone, WallTime begin, WallTime end, Signal signal = Signal::kAverage,
                     Boundary boundary = Boundary::kLifecycle) {
  return {std::move(zone), {begin, end}, signal, boundary};
}

// FR, January, 18:00: mean of 31 hours of the source, 104.93; AVERT California, July, 20:00 UTC = noon PST: mean of 62 hours,
// 479.19 (both worked out from the source apart from tools/build_tables.py).
TEST(Profiles, KnownCells) {
  const MonthHourProfile france = find_profile("fr", Signal::kAverage, Boundary::kLifecycle).value();
  EXPECT_EQ(france.zone, "FR");
  EXPECT_EQ(france.g_per_kwh[0][18], 104.9);
  EXPECT_EQ(france.accounting, "consumption");
  EXPECT_EQ(france.licence, "ODbL 1.0");
  const MonthHourProfile california = find_profile("AVERT-CA", Signal::kMarginal, Boundary::kDirect).value();
  EXPECT_EQ(california.g_per_kwh[6][20], 479.2);
  EXPECT_EQ(california.name, "California (AVERT region)");
  EXPECT_EQ(california.gases, "co2");
  EXPECT_EQ(california.period, "2022 and 2023");
}

TEST(Profiles, TheRangeIsTheMonthsWidenedByAge) {
  const MonthHourProfile france = find_profile("FR", Signal::kAverage, Boundary::kLifecycle).value();
  const IntensityPoint same = profile_hour(france, at(2022, 1, 15, 18, 59)).value();
  EXPECT_EQ(same.begin, at(2022, 1, 15, 18));
  EXPECT_EQ(same.end, at(2022, 1, 15, 19));
  EXPECT_NEAR(same.lower, 104.9 * 0.431, 1e-9);
  EXPECT_NEAR(same.upper, 104.9 * 1.353, 1e-9);
  EXPECT_TRUE(same.estimated);
  const IntensityPoint later = profile_hour(france, at(2023, 1, 15, 18)).value();
  EXPECT_NEAR(later.lower, 39.3, 0.05);
  EXPECT_NEAR(later.upper, 153.5, 0.05);
  EXPECT_EQ(profile_hour(france, at(2021, 1, 15, 18)).value().upper, later.upper)
      << "a year before is a year away, too";
}

TEST(ProfileProvider, GivesTheHoursThatOverlap) {
  ProfileProvider provider;
  const IntensitySeries day = provider.points(query("DE", at(2024, 3, 31, 0, 30), at(2024, 4, 1, 1, 0))).value();
  ASSERT_EQ(day.points.size(), 25U) << "UTC has no day of 23 hours";
  EXPECT_EQ(day.points.front().begin, at(2024, 3, 31, 0));
  EXPECT_EQ(day.points.back().end, at(2024, 4, 1, 1));
  EXPECT_TRUE(check(day)) << check(day).error().message;
  EXPECT_EQ(day.basis, Basis::kReference);
  ASSERT_GE(day.notes.size(), 2U);
  EXPECT_NE(day.notes[0].find("profile of 2022"), std::string::npos);
  const MonthHourProfile germany = find_profile("DE", Signal::kAverage, Boundary::kLifecycle).value();
  EXPECT_EQ(day.points[24].g_per_kwh, germany.g_per_kwh[3][0]) << "April begins";
  EXPECT_EQ(day.points[23].g_per_kwh, germany.g_per_kwh[2][23]);
}

TEST(ProfileProvider, NeverAnswersForAnotherZoneSignalOrBoundary) {
  ProfileProvider provider;
  const auto kind = [&](const IntensityQuery& q) { return provider.points(q).error().kind; };
  const WallTime t0 = at(2024, 1, 1, 0), t1 = at(2024, 1, 2, 0);
  EXPECT_EQ(kind(query("KE", t0, t1)), ErrorKind::kNotFound);
  EXPECT_EQ(kind(query("CISO", t0, t1)), ErrorKind::kNotFound) << "an alias is resolved before, and said";
  EXPECT_EQ(kind(query("FR", t0, t1, Signal::kAverage, Boundary::kDirect)), ErrorKind::kNotFound);
  EXPECT_EQ(kind(query("US-CAL-CISO", t0, t1, Signal::kMarginal, Boundary::kDirect)), ErrorKind::kNotFound);
  EXPECT_EQ(kind(query("AVERT-CA", t0, t1, Signal::kMarginal, Boundary::kLifecycle)), ErrorKind::kNotFound);
  EXPECT_EQ(kind(query("HK", t0, t1)), ErrorKind::kNotFound) << "a constant of the source is no profile";
}

TEST(ProfileProvider, OddIntervalsAreErrors) {
  ProfileProvider provider;
  const WallTime t0 = at(2024, 1, 1, 0), far{std::numeric_limits<std::int64_t>::max()},
                 past{std::numeric_limits<std::int64_t>::min()};
  EXPECT_EQ(provider.points(query("FR", t0, t0)).error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(provider.points(query("FR", at(2024, 1, 2, 0), t0)).error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(provider.points(query("FR", t0, far)).error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(provider.points(query("FR", past, t0)).error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(provider.points(query("FR", past, far)).error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(provider.points(query("FR", at(1969, 12, 31, 23, 30), at(1970, 1, 1, 0, 30)))->points.size(), 2U);
}

TEST(Profiles, EveryZoneAnswersForAYear) {
  ProfileProvider provider;
  std::size_t zones = 0;
  for (const auto& [signal, boundary] :
       {std::pair{Signal::kAverage, Boundary::kLifecycle}, std::pair{Signal::kAverage, Boundary::kDirect},
        std::pair{Signal::kMarginal, Boundary::kDirect}}) {
    for (const ProfileZone& zone : profile_zones(signal, boundary)) {
      ++zones;
      const IntensitySeries year =
          provider.points(query(zone.zone, at(2024, 1, 1, 0), at(2025, 1, 1, 0), signal, boundary)).value();
      EXPECT_EQ(year.points.size(), 366U * 24U);
      EXPECT_TRUE(check(year)) << zone.zone;
    }
  }
  EXPECT_EQ(zones, 140U);
  EXPECT_TRUE(profile_zones(Signal::kMarginal, Boundary::kLifecycle).empty());
}

// The mean of a profile over its own year is the yearly mean, to the rounding of cells.
TEST(Profiles, TheirMeanIsTheYearlyFactor) {
  ProfileProvider provider;
  for (const ProfileZone& zone : profile_zones(Signal::kAverage, Boundary::kLifecycle)) {
    double sum = 0.0;
    const IntensitySeries year = provider.points(query(zone.zone, at(2022, 1, 1, 0), at(2023, 1, 1, 0))).value();
    for (const IntensityPoint& p : year.points) sum += p.g_per_kwh;
    const double factor = yearly_factors(zone.zone).back().g_per_kwh;
    EXPECT_NEAR(sum / static_cast<double>(year.points.size()), factor, 0.03) << zone.zone;
  }
}

}  // namespace
}  // namespace olivine
