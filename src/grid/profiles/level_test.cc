#include "grid/profiles/level.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/file_system.h"
#include "base/text.h"
#include "base/wall_time_text.h"
#include "grid/import/byte_source.h"
#include "grid/shipped_span.h"
#include "grid/signals/shared_data_fixture.h"

namespace olivine {
namespace {

WallTime at(std::string_view text) { return parse_wall_time(text).value(); }
MonthHourProfile profile_of(const char* zone) {
  return find_profile(zone, Signal::kAverage, Boundary::kLifecycle).value();
}

// Ember: France 78.55024 in 2022, 44.179085 in 2024, 59.08005 in 2020.
TEST(ProfileLevel, TheRatioOfTwoYearlyFiguresMovesEveryCell) {
  const MonthHourProfile raw = profile_of("FR");
  const MonthHourProfile moved = at_level_of(raw, 2024).value();
  ASSERT_TRUE(moved.level);
  EXPECT_NEAR(moved.level->factor(), 44.179085 / 78.55024, 1e-12);
  for (std::size_t month = 0; month < 12; ++month)
    for (std::size_t hour = 0; hour < 24; ++hour)
      EXPECT_NEAR(moved.g_per_kwh[month][hour], raw.g_per_kwh[month][hour] * 44.179085 / 78.55024, 1e-9);
  EXPECT_EQ(at_level_of(raw, 2026)->level->to_year, 2024) << "the newest year serves what comes after it";
  EXPECT_EQ(at_level_of(raw, 2020)->level->to_year, 2020);
  EXPECT_EQ(at_level_of(raw, 1990)->level->to_year, 2015);
  EXPECT_EQ(text_of(*moved.level),
            "moved from the level of 2022 to that of 2024: x 0.562 (Ember and Our World in Data: carbon intensity of "
            "electricity: 78.55024 to 44.179085 g/kWh)");
}

TEST(ProfileLevel, WhatIsNotKnownStays) {
  EXPECT_FALSE(at_level_of(profile_of("FR"), 2022)->level) << "its own year";
  EXPECT_FALSE(at_level_of(profile_of("US-CAL-CISO"), 2024)->level) << "no yearly figures of this zone";
  const MonthHourProfile marginal = find_profile("AVERT-CA", Signal::kMarginal, Boundary::kDirect).value();
  EXPECT_FALSE(at_level_of(marginal, 2024)->level);
}

TEST(ProfileLevel, TheRangeIsWidenedForTheShapesAge) {
  const MonthHourProfile moved = at_level_of(profile_of("FR"), 2024).value();
  EXPECT_EQ(age_of(moved, 2024), 1);
  EXPECT_EQ(age_of(moved, 2026), 2);
  const auto now = profile_hour(moved, at("2024-01-15T18:00Z")).value();
  const auto raw = profile_hour(profile_of("FR"), at("2023-01-15T18:00Z")).value();
  EXPECT_NEAR(now.upper / now.g_per_kwh, raw.upper / raw.g_per_kwh, 1e-12);
}

TEST(ShippedSpan, EachYearHasItsLevel) {
  const ShippedSpan span = shipped_span({"FR", {at("2022-12-31T22:00Z"), at("2023-01-01T02:00Z")}}).value();
  const MonthHourProfile raw = profile_of("FR");
  ASSERT_EQ(span.series.points.size(), 4U);
  EXPECT_EQ(span.series.points[1].g_per_kwh, raw.g_per_kwh[11][23]);
  EXPECT_NEAR(span.series.points[2].g_per_kwh, raw.g_per_kwh[0][0] * 55.27541 / 78.55024, 1e-9);
  EXPECT_TRUE(check(span.series));
}

TEST(ShippedSpan, WithoutAProfileOnePointOfTheYear) {
  const ShippedSpan kenya = shipped_span({"KE", {at("2024-12-31T22:00Z"), at("2025-01-01T02:00Z")}}).value();
  ASSERT_EQ(kenya.series.points.size(), 1U);
  EXPECT_EQ(kenya.first.method, "yearly factor");
  EXPECT_TRUE(check(kenya.series));
  const ShippedSpan unknown = shipped_span({"FR", {at("2024-01-01"), at("2024-01-02")}, Signal::kMarginal}).value();
  EXPECT_TRUE(unknown.series.points.empty());
  EXPECT_FALSE(unknown.first.reason.empty());
  EXPECT_FALSE(shipped_span({"FR", {at("2024-01-02"), at("2024-01-01")}}));
}

struct Score {
  double bias = 0.0, covered = 0.0;
  std::size_t hours = 0;
};
// How a year of measured steps lies in the ranges of a profile.
Score score(const std::string& csv, const MonthHourProfile& profile) {
  Score score;
  bool head = true;
  for (const std::string_view line : split(csv, '\n')) {
    if (std::exchange(head, false) || line.empty()) continue;
    const auto comma = line.find(',');
    std::string time(trim(line.substr(0, comma)));
    std::replace(time.begin(), time.end(), ' ', 'T');
    if (time.find("+00:00") == std::string::npos && !time.ends_with('Z')) time += 'Z';
    const auto when = parse_wall_time(time);
    const auto value = parse_double(trim(line.substr(line.rfind(',') + 1)));
    if (!when || !value) continue;
    const IntensityPoint p = profile_hour(profile, *when).value();
    score.bias += p.g_per_kwh - *value;
    score.covered += *value >= p.lower && *value <= p.upper ? 1.0 : 0.0;
    ++score.hours;
  }
  score.bias /= static_cast<double>(score.hours);
  score.covered /= static_cast<double>(score.hours);
  return score;
}

// The measured year 2020 of two grids (Wiesner et al. 2021): moving the profile of 2022 to the level of 2020 brings it nearer.
TEST(ProfileLevel, AMeasuredYearIsNearerToTheMovedProfile) {
  RealFileSystem files;
  for (const auto& [zone, file] : {std::pair{"GB", "gb_ci.csv.gz"}, std::pair{"DE", "ger_ci.csv.gz"}}) {
    const auto path = shared_data(std::string("grid/lets-wait-awhile/") + file);
    if (!path) GTEST_SKIP() << "no shared data";
    const std::string csv = read_input(files, *path, std::size_t{64} << 20U).value();
    const Score raw = score(csv, profile_of(zone));
    const Score moved = score(csv, at_level_of(profile_of(zone), 2020).value());
    ASSERT_GT(moved.hours, 8000U) << zone;
    EXPECT_LT(std::abs(moved.bias), std::abs(raw.bias)) << zone << ": " << raw.bias << " to " << moved.bias;
    EXPECT_GE(moved.covered, 0.86) << zone;
    EXPECT_GE(moved.covered, raw.covered - 0.01) << zone;
  }
}

}  // namespace
}  // namespace olivine
