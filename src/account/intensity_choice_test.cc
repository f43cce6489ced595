#include "account/intensity_choice.h"

#include <gtest/gtest.h>

#include "base/wall_time_text.h"
#include "testing/memory_file_system.h"

namespace olivine {
namespace {

WallTime at(std::string_view text) { return parse_wall_time(text).value(); }
EnergySlice used(std::string_view from, std::string_view to, double kwh) {
  return {{at(from), at(to)}, kilowatt_hours(kwh)};
}
double g(const ChosenIntensity& c) { return in_grams_per_kilowatt_hour(c.estimate->mean()); }

class IntensityChoice : public ::testing::Test {
 protected:
  // A data set that begins at an hour.
  std::string keep(std::string zone, std::string_view from, const std::vector<double>& hours,
                   Signal signal = Signal::kAverage, Boundary boundary = Boundary::kLifecycle) {
    StoredSeries series;
    series.about.zone = std::move(zone);
    series.about.signal = signal;
    series.about.boundary = boundary;
    series.about.source = "made up";
    std::int64_t begin = at(from).ns / 1'000'000'000;
    for (const double value : hours) {
      if (value >= 0.0) series.points.push_back({begin, 3600, false, value});
      begin += 3600;
    }
    auto store = SeriesStore::open(files_, "/grid").value();
    const std::string bytes = encode_series(series, {++imports_}).value();
    const auto dataset = SeriesFile::open(bytes)->dataset();
    files_.write("/grid/" + series.about.zone + ".x." + dataset.hash + ".series", bytes);
    return dataset.hash;
  }
  Result<ChosenIntensity> choose(IntensityAsk ask) {
    auto store = SeriesStore::open(files_, "/grid").value();
    ask.slices = slices_;
    return choose_intensity(ask, &store);
  }

  MemoryFileSystem files_;
  std::int64_t imports_ = 0;
  std::vector<EnergySlice> slices_{used("2026-01-15T10:30Z", "2026-01-15T11:30Z", 1.0)};
};

// METHODS 3.
TEST_F(IntensityChoice, TheDataSetIsIntegratedAtTheHourOfUse) {
  const std::string hash = keep("FR", "2026-01-15T10:00Z", {100, 300});
  const auto chosen = choose({.zone = "FR", .slices = {}}).value();
  EXPECT_NEAR(g(chosen), 200.0, 1e-9);
  EXPECT_EQ(chosen.method, "data set");
  EXPECT_EQ(chosen.dataset, hash);
  EXPECT_EQ(chosen.covered, 1.0);
  EXPECT_TRUE(chosen.fallback.empty());
}

TEST_F(IntensityChoice, TheOneThatCoversMostAnswersThenTheNewest) {
  const std::string whole = keep("FR", "2026-01-15T10:00Z", {100, 300});
  keep("FR", "2026-01-15T10:00Z", {70});
  EXPECT_EQ(choose({.zone = "FR", .slices = {}})->dataset, whole);
  const std::string newer = keep("FR", "2026-01-15T09:00Z", {1, 110, 310});
  EXPECT_EQ(choose({.zone = "FR", .slices = {}})->dataset, newer);
  EXPECT_EQ(choose({.zone = "FR", .slices = {}, .dataset = whole.substr(0, 8)})->dataset, whole) << "a replay";
}

TEST_F(IntensityChoice, AGapIsPricedByTheFallbackOfItsOwnHours) {
  keep("FR", "2026-01-15T10:00Z", {100, -1, 900});
  const auto chosen = choose({.zone = "FR", .slices = {}}).value();
  const auto hour = shipped_intensity({"FR", at("2026-01-15T11:00Z")}).value();
  EXPECT_NEAR(chosen.covered, 0.5, 1e-12);
  EXPECT_NEAR(g(chosen), 0.5 * 100 + 0.5 * *hour.g_per_kwh, 1e-9);
  EXPECT_EQ(chosen.fallback, "month x hour profile of 2022");
  EXPECT_NEAR(in_grams_per_kilowatt_hour(chosen.estimate->upper()), 0.5 * 100 + 0.5 * hour.upper, 1e-6)
      << "only the part that is not covered has the profile's range";
}

TEST_F(IntensityChoice, ADirectSeriesNeverServesForLifecycle) {
  const std::string direct = keep("FR", "2026-01-15T10:00Z", {30, 30}, Signal::kAverage, Boundary::kDirect);
  const auto chosen = choose({.zone = "FR", .slices = {}}).value();
  EXPECT_EQ(chosen.method, "month x hour profile");
  ASSERT_FALSE(chosen.notes.empty());
  EXPECT_NE(chosen.notes.front().find("--boundary direct"), std::string::npos);
  const auto asked = choose({.zone = "FR", .slices = {}, .boundary = Boundary::kDirect}).value();
  EXPECT_EQ(asked.dataset, direct);
  EXPECT_NEAR(g(asked), 30.0, 1e-9);
}

TEST_F(IntensityChoice, WhatNothingIsKnownOfIsUnknownWithALowerBound) {
  keep("FR", "2026-01-15T10:00Z", {30}, Signal::kAverage, Boundary::kDirect);
  const auto chosen = choose({.zone = "FR", .slices = {}, .boundary = Boundary::kDirect}).value();
  EXPECT_FALSE(chosen.estimate) << "no direct average of FR is shipped";
  EXPECT_NEAR(in_grams_per_kilowatt_hour(chosen.at_least), 15.0, 1e-9);
  EXPECT_NE(chosen.reason.find("50 % of the energy is not covered"), std::string::npos);
}

TEST_F(IntensityChoice, MarginalIsASeriesOrTheRegions) {
  EXPECT_FALSE(choose({.zone = "FR", .slices = {}, .signal = Signal::kMarginal})->estimate);
  EXPECT_EQ(choose({.zone = "US-CAL-CISO", .slices = {}, .signal = Signal::kMarginal})->zone, "AVERT-CA");
  keep("FR", "2026-01-15T10:00Z", {700, 800}, Signal::kMarginal, Boundary::kDirect);
  EXPECT_NEAR(g(choose({.zone = "FR", .slices = {}, .signal = Signal::kMarginal}).value()), 750.0, 1e-9);
}

TEST_F(IntensityChoice, AMissingDataSetIsNamed) {
  const auto missing = choose({.zone = "FR", .slices = {}, .dataset = "0123456789abcdef"});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, ErrorKind::kNotFound);
  EXPECT_NE(missing.error().message.find("0123456789abcdef"), std::string::npos);
  const std::string german = keep("DE", "2026-01-15T10:00Z", {100, 300});
  EXPECT_EQ(choose({.zone = "FR", .slices = {}, .dataset = german}).error().kind, ErrorKind::kInvalid);
}

}  // namespace
}  // namespace olivine
