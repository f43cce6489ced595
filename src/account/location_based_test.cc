#include "account/location_based.h"

#include <gtest/gtest.h>

#include "base/prng.h"

namespace olivine {
namespace {

constexpr std::int64_t kHour = 3'600'000'000'000;
WallTime at(double hour) { return {static_cast<std::int64_t>(hour * static_cast<double>(kHour))}; }
EnergySlice used(double from, double to, double kwh) { return {{at(from), at(to)}, kilowatt_hours(kwh)}; }

IntensitySeries hourly(std::initializer_list<std::pair<double, double>> points) {
  IntensitySeries series;
  series.zone = "XX";
  for (const auto& [hour, g] : points) series.points.push_back(exact_point(at(hour), at(hour + 1), g));
  return series;
}
double g(CarbonIntensity i) { return in_grams_per_kilowatt_hour(i); }

// METHODS 3.
TEST(LocationBased, EnergyTakesTheIntensityOfItsHour) {
  const auto slices = {used(10.5, 11.5, 1.0)};
  const auto priced = price_by_series(slices, hourly({{10, 100}, {11, 300}}));
  ASSERT_TRUE(priced);
  EXPECT_NEAR(in_grams(priced->carbon), 200.0, 1e-9);
  EXPECT_EQ(priced->covered_share, 1.0);
  EXPECT_EQ(priced->points, 2U);
}

TEST(LocationBased, TheMeanOfTheHoursWouldBeAnotherNumber) {
  const EnergySlice slices[] = {used(10, 11, 1.0), used(11, 12, 3.0)};
  const auto priced = price_by_series(slices, hourly({{10, 100}, {11, 300}}));
  ASSERT_TRUE(priced);
  EXPECT_NEAR(in_grams(priced->carbon), 1000.0, 1e-9);
  EXPECT_NEAR(g(priced->mean), 250.0, 1e-9);
}

TEST(LocationBased, AGapStaysAGapAndTheFallbackPricesIt) {
  const EnergySlice slices[] = {used(10.5, 11.5, 1.0)};
  const auto priced = price_by_series(slices, hourly({{10, 100}}));
  ASSERT_TRUE(priced);
  EXPECT_NEAR(in_kilowatt_hours(priced->uncovered), 0.5, 1e-12);
  EXPECT_NEAR(priced->covered_share, 0.5, 1e-12);
  const auto fallback = Estimate<CarbonIntensity>::of(grams_per_kilowatt_hour(200), grams_per_kilowatt_hour(100),
                                                      grams_per_kilowatt_hour(400), "intensity:XX");
  const auto blended = blended_intensity(*priced, "dataset", fallback);
  EXPECT_NEAR(g(blended.mean()), 150.0, 1e-9);
  EXPECT_NEAR(g(blended.lower()), 100.0, 1e-9);  // only the uncovered half moves
  EXPECT_NEAR(g(blended.upper()), 250.0, 1e-9);
}

// Series with points at hours 10, 11 and 13: what lies between and around them keeps its own hours and its part of the energy.
TEST(LocationBased, UncoveredPiecesKeepTheirHours) {
  const IntensitySeries series = hourly({{10, 100}, {11, 100}, {13, 100}});
  const EnergySlice slices[] = {used(9.5, 10.5, 2.0), used(11.5, 14.5, 3.0), used(13.2, 13.4, 5.0), used(20, 22, 1.0)};
  const std::vector<EnergySlice> left = uncovered_slices(slices, series);
  const std::vector<EnergySlice> expected{used(9.5, 10, 1.0), used(12, 13, 1.0), used(14, 14.5, 0.5),
                                          used(20, 22, 1.0)};
  ASSERT_EQ(left.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(left[i].interval.begin.ns, expected[i].interval.begin.ns) << i;
    EXPECT_EQ(left[i].interval.end.ns, expected[i].interval.end.ns) << i;
    EXPECT_NEAR(in_kilowatt_hours(left[i].energy), in_kilowatt_hours(expected[i].energy), 1e-12) << i;
  }
  const auto priced = price_by_series(slices, series);
  ASSERT_TRUE(priced);
  double uncovered = 0.0;
  for (const EnergySlice& s : left) uncovered += in_kilowatt_hours(s.energy);
  EXPECT_NEAR(uncovered, in_kilowatt_hours(priced->uncovered), 1e-12);
}

TEST(LocationBased, PointsOfOneSeriesGoToTheirBoundsTogether) {
  IntensitySeries series = hourly({{0, 100}, {1, 300}});
  series.points[0].lower = 80, series.points[0].upper = 150;
  series.points[1].lower = 200, series.points[1].upper = 350, series.points[1].estimated = true;
  const EnergySlice slices[] = {used(0, 2, 2.0)};
  const auto priced = price_by_series(slices, series);
  ASSERT_TRUE(priced);
  EXPECT_NEAR(in_grams(priced->lower), 280.0, 1e-9);
  EXPECT_NEAR(in_grams(priced->upper), 500.0, 1e-9);
  EXPECT_NEAR(priced->estimated_share, 0.5, 1e-12);
  const auto all =
      blended_intensity(*priced, "dataset", Estimate<CarbonIntensity>::exactly(grams_per_kilowatt_hour(9999)));
  EXPECT_NEAR(g(all.mean()), 200.0, 1e-9);
  EXPECT_NEAR(g(all.upper()), 250.0, 1e-9);
}

TEST(LocationBased, AnInstantTakesThePointItIsIn) {
  const EnergySlice slices[] = {used(1, 1, 1.0)};
  const auto priced = price_by_series(slices, hourly({{0, 100}, {1, 300}, {2, 500}}));
  ASSERT_TRUE(priced);
  EXPECT_NEAR(in_grams(priced->carbon), 300.0, 1e-9);
  const auto outside = price_by_series(slices, hourly({{2, 500}}));
  ASSERT_TRUE(outside);
  EXPECT_EQ(outside->covered_share, 0.0);
}

TEST(LocationBased, WithoutEnergyTimeWeighs) {
  const EnergySlice slices[] = {used(0, 1, 0.0), used(1, 4, 0.0)};
  const auto priced = price_by_series(slices, hourly({{0, 100}, {1, 300}, {2, 300}, {3, 300}}));
  ASSERT_TRUE(priced);
  EXPECT_NEAR(g(priced->mean), 250.0, 1e-9);
  EXPECT_EQ(in_grams(priced->carbon), 0.0);
}

// METHODS: split an activity in time, and the total is unchanged.
TEST(LocationBased, CuttingSlicesChangesNothing) {
  Prng random(7);
  IntensitySeries series;
  for (int hour = 0; hour < 48; ++hour)
    if (hour % 7 != 3) series.points.push_back(exact_point(at(hour), at(hour + 1), 50.0 + 400.0 * random.uniform()));
  for (int round = 0; round < 200; ++round) {
    const double from = 40.0 * random.uniform(), to = from + 8.0 * random.uniform(),
                 cut = from + (to - from) * random.uniform();
    const EnergySlice whole[] = {used(from, to, 5.0)};
    const EnergySlice parts[] = {used(from, cut, 5.0 * (cut - from) / (to - from)),
                                 used(cut, to, 5.0 * (to - cut) / (to - from))};
    const auto a = price_by_series(whole, series), b = price_by_series(parts, series);
    ASSERT_TRUE(a && b);
    EXPECT_NEAR(in_grams(a->carbon), in_grams(b->carbon), 1e-6);
    EXPECT_NEAR(in_joules(a->covered), in_joules(b->covered), 1e-3);
    EXPECT_NEAR(in_joules(a->covered + a->uncovered), 5.0 * 3.6e6, 1e-3);
  }
}

TEST(LocationBased, NonsenseIsRefused) {
  const EnergySlice backward[] = {used(2, 1, 1.0)};
  const EnergySlice negative[] = {used(1, 2, -1.0)};
  EXPECT_FALSE(price_by_series(backward, hourly({{0, 1}})));
  EXPECT_FALSE(price_by_series(negative, hourly({{0, 1}})));
}

}  // namespace
}  // namespace olivine
