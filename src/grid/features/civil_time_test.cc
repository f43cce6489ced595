// Time, holidays and the sun against published values, and local time against the machine's tz database.
#include "grid/features/civil_time.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <ctime>

#include "base/time.h"
#include "grid/features/holidays.h"
#include "grid/features/solar.h"

namespace olivine::features {
namespace {

std::int64_t at(const char* text) { return parse_timestamp(text).value(); }

TEST(civil_time, timestamps_need_a_zone_and_read_back) {
  EXPECT_EQ(at("1970-01-01T00:00:01Z"), kNsPerSecond);
  EXPECT_EQ(at("2022-01-01 00:00:00+01:00"), at("2021-12-31T23:00:00Z"));
  EXPECT_EQ(at("2022-01-01T00:00:00.5-0530"), at("2022-01-01T05:30:00Z") + kNsPerSecond / 2);
  for (const char* text : {"1969-12-31T23:59:59.000000001Z", "2024-02-29T12:00:00Z", "1900-03-01T00:00:00.25Z"})
    EXPECT_EQ(timestamp_text(at(text)), text);
  for (const char* text : {"", "2022-01-01", "2022-01-01T00:00:00", "2022-02-29T00:00:00Z", "2022-01-01T24:00:00Z",
                           "2022-01-01T00:00:00.Z", "2022-01-01T00:00:00+25:00", "2022-1-1 0:00:00Z",
                           "2022-01-01T00:00:00ZZ", "2022-01-01T00:00:00.1234567891Z", "9999-01-01T00:00:00Z"})
    EXPECT_FALSE(parse_timestamp(text)) << text;
}

TEST(civil_time, durations_read_back) {
  for (const std::int64_t ns : {kNsPerDay, 90 * kNsPerSecond, std::int64_t{1}, 5 * kNsPerHour, std::int64_t{1'500'000}})
    EXPECT_EQ(parse_duration(duration_text(ns))->ns, ns);
  EXPECT_EQ(duration_text(kNsPerDay), "24h");
}

TEST(civil_time, days_of_23_and_25_hours) {
  struct Case {
    const char* zone;
    const char* utc;
    double hours, hour;
    int offset_h;
  };
  for (const Case& c :
       {Case{"Europe/Berlin", "2022-03-27T00:59:59Z", 23, 2.0 - 1.0 / 3600, 1},
        Case{"Europe/Berlin", "2022-03-27T01:00:00Z", 23, 3, 2},
        Case{"Europe/Berlin", "2022-10-30T00:30:00Z", 25, 2.5, 2},
        Case{"Europe/Berlin", "2022-10-30T01:30:00Z", 25, 2.5, 1},
        Case{"America/New_York", "2022-03-13T07:00:00Z", 23, 3, -4},
        Case{"America/New_York", "2022-11-06T06:00:00Z", 25, 1, -5},
        Case{"America/New_York", "2022-11-06T05:59:59Z", 25, 2.0 - 1.0 / 3600, -4},
        Case{"Australia/Sydney", "2022-10-01T16:00:00Z", 23, 3, 11},
        Case{"Australia/Sydney", "2022-04-02T16:00:00Z", 25, 2, 10}, Case{"UTC", "2022-03-27T01:00:00Z", 24, 1, 0}}) {
    const auto local = local_time(c.zone, at(c.utc));
    ASSERT_TRUE(local) << c.zone;
    EXPECT_EQ(local->hours_in_day, c.hours) << c.zone << c.utc;
    EXPECT_NEAR(local->hour, c.hour, 1e-9) << c.zone << c.utc;
    EXPECT_EQ(local->offset_s, c.offset_h * 3600) << c.zone << c.utc;
  }
  EXPECT_FALSE(local_time("America/New_York", at("2006-07-01T00:00:00Z")));  // another rule then
  EXPECT_FALSE(check_zone_name("Europe/Nowhere"));
}

TEST(civil_time, equals_the_tz_database) {
  struct stat info{};
  if (::stat("/usr/share/zoneinfo/Europe/Berlin", &info) != 0) GTEST_SKIP() << "no tz database on this machine";
  const char* before = std::getenv("TZ");
  const std::string kept = before == nullptr ? "" : before;
  for (const char* zone :
       {"Europe/London", "Europe/Lisbon", "Europe/Berlin", "Europe/Athens", "America/New_York", "America/Phoenix",
        "America/Los_Angeles", "Asia/Tokyo", "Asia/Kolkata", "Australia/Sydney", "Australia/Brisbane"}) {
    ::setenv("TZ", zone, 1);
    ::tzset();
    for (std::int64_t s = at("2010-01-01T00:00:00Z") / kNsPerSecond; s < at("2026-01-01T00:00:00Z") / kNsPerSecond;
         s += 1800 * 5) {
      const std::time_t t = s;
      std::tm tm{};
      ::localtime_r(&t, &tm);
      const auto local = local_time(zone, s * kNsPerSecond);
      ASSERT_TRUE(local);
      ASSERT_EQ(local->offset_s, tm.tm_gmtoff) << zone << " " << timestamp_text(s * kNsPerSecond);
      ASSERT_EQ(local->weekday % 7, static_cast<unsigned>(tm.tm_wday));
      ASSERT_EQ(day_of_year(local->date), static_cast<unsigned>(tm.tm_yday + 1));
    }
  }
  before == nullptr ? ::unsetenv("TZ") : ::setenv("TZ", kept.c_str(), 1);
  ::tzset();
}

TEST(holidays, easter_of_published_years) {  // Meeus, chapter 8
  EXPECT_EQ(easter_sunday(1991), (CivilDay{1991, 3, 31}));
  EXPECT_EQ(easter_sunday(1992), (CivilDay{1992, 4, 19}));
  EXPECT_EQ(easter_sunday(1993), (CivilDay{1993, 4, 11}));
  EXPECT_EQ(easter_sunday(1954), (CivilDay{1954, 4, 18}));
  EXPECT_EQ(easter_sunday(2000), (CivilDay{2000, 4, 23}));
  EXPECT_EQ(easter_sunday(1818), (CivilDay{1818, 3, 22}));
  EXPECT_EQ(easter_sunday(2022), (CivilDay{2022, 4, 17}));
}

int count_holidays(const char* country, int year) {
  int count = 0;
  for (std::int64_t day = days_from_civil({year, 1, 1}); day < days_from_civil({year + 1, 1, 1}); ++day)
    count += is_holiday(country, civil_from_days(day)).value() ? 1 : 0;
  return count;
}

TEST(holidays, of_countries) {
  // opm.gov: eleven in 2022; Juneteenth and Christmas on a Sunday had a Monday in lieu, and so had New Year on a
  // Saturday (31 December 2021).
  EXPECT_EQ(count_holidays("US", 2022), 13);
  for (const CivilDay day : {CivilDay{2022, 1, 17},
                             {2022, 2, 21},
                             {2022, 5, 30},
                             {2022, 6, 20},
                             {2022, 7, 4},
                             {2022, 9, 5},
                             {2022, 10, 10},
                             {2022, 11, 11},
                             {2022, 11, 24},
                             {2022, 12, 26},
                             {2021, 12, 31}})
    EXPECT_EQ(is_holiday("US", day), true) << day.month << "-" << day.day;
  EXPECT_EQ(is_holiday("US", {2020, 6, 19}), false);
  EXPECT_EQ(count_holidays("DE", 2022), 9);
  EXPECT_EQ(count_holidays("DE", 2017), 10);
  EXPECT_EQ(is_holiday("DE", {2022, 5, 26}), true);  // Christi Himmelfahrt
  EXPECT_EQ(count_holidays("FR", 2022), 11);
  // gov.uk/bank-holidays, England and Wales
  for (const CivilDay day : {CivilDay{2022, 1, 3},
                             {2022, 4, 15},
                             {2022, 4, 18},
                             {2022, 5, 2},
                             {2022, 6, 2},
                             {2022, 6, 3},
                             {2022, 8, 29},
                             {2022, 9, 19},
                             {2022, 12, 26},
                             {2022, 12, 27},
                             {2021, 12, 27},
                             {2021, 12, 28},
                             {2020, 12, 28},
                             {2020, 5, 8}})
    EXPECT_EQ(is_holiday("GB", day), true) << day.year << "-" << day.month << "-" << day.day;
  for (const CivilDay day : {CivilDay{2022, 5, 30}, {2020, 5, 4}, {2020, 12, 27}, {2022, 12, 28}, {2023, 12, 27}})
    EXPECT_EQ(is_holiday("GB", day), false) << day.year << "-" << day.month << "-" << day.day;
  EXPECT_FALSE(is_holiday("GB", {1990, 1, 1}));
  EXPECT_FALSE(check_holiday_country("XX"));
}

TEST(solar, the_example_of_the_spa_report) {
  const auto sun = solar_position(at("2003-10-17T19:30:30Z"), 39.742476, -105.1786);
  ASSERT_TRUE(sun);
  EXPECT_NEAR(sun->declination_deg, -9.31434, 0.01);
  EXPECT_NEAR(sun->azimuth_deg, 194.34024, 0.02);
  EXPECT_NEAR(sun->elevation_deg, 39.872, 0.01);
  EXPECT_FALSE(solar_position(at("2051-01-01T00:00:00Z"), 0, 0));
}

TEST(solar,
     solstice_and_equinox) {  // Astronomical Almanac: solstice 2022-06-21 09:14 UTC, equinox 2022-09-23 01:04 UTC
  EXPECT_NEAR(solar_position(at("2022-06-21T09:14:00Z"), 0, 0)->declination_deg, 23.436, 0.005);
  EXPECT_NEAR(solar_position(at("2022-09-23T01:04:00Z"), 0, 0)->declination_deg, 0.0, 0.005);
  EXPECT_GT(solar_position(at("2022-06-21T12:00:00Z"), 89.9, 0)->elevation_deg, 23.0);
  EXPECT_LT(solar_position(at("2022-06-21T00:00:00Z"), 0, 0)->elevation_deg, -60.0);
}

}  // namespace
}  // namespace olivine::features
