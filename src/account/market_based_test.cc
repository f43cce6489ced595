#include "account/market_based.h"

#include <gtest/gtest.h>

namespace olivine {
namespace {

constexpr std::int64_t kHour = 3'600'000'000'000;
Estimate<CarbonIntensity> exact(double g) { return Estimate<CarbonIntensity>::exactly(grams_per_kilowatt_hour(g)); }
Estimate<Energy> mwh(double v) { return Estimate<Energy>::exactly(kilowatt_hours(1000.0 * v)); }
WallInterval day(int hour_begin, int hour_end) { return {{hour_begin * kHour}, {hour_end * kHour}}; }

ElectricityContract certificate(double mwh, double g) {
  ElectricityContract c;
  c.name = "wind";
  c.energy = kilowatt_hours(1000.0 * mwh);
  c.intensity = exact(g);
  return c;
}
ElectricityContract share_of(double share, double g) {
  ElectricityContract c;
  c.share = ratio(share);
  c.intensity = exact(g);
  return c;
}

// METHODS 10.
TEST(MarketBased, WhatContractsDoNotCoverTakesTheResidualMix) {
  const ElectricityContract contracts[] = {certificate(60, 0)};
  const auto market = market_based({mwh(100), {}, "DE", contracts, exact(400)});
  ASSERT_TRUE(market && market->carbon);
  EXPECT_NEAR(in_grams(market->carbon->mean()), 16e6, 1e-3);
  EXPECT_NEAR(market->contracted_share, 0.6, 1e-12);
  ASSERT_EQ(market->lines.size(), 2U);
  EXPECT_EQ(market->lines[1].name, "residual mix");
}

TEST(MarketBased, AShareIsTheSame) {
  const ElectricityContract contracts[] = {share_of(0.6, 0)};
  const auto market = market_based({mwh(100), {}, "DE", contracts, exact(400)});
  ASSERT_TRUE(market && market->carbon);
  EXPECT_NEAR(in_grams(market->carbon->mean()), 16e6, 1e-3);
}

TEST(MarketBased, WithoutAResidualMixTheRestIsUnknownNotZero) {
  const ElectricityContract contracts[] = {share_of(0.6, 50)};
  const auto market = market_based({mwh(100), {}, "DE", contracts, std::nullopt});
  ASSERT_TRUE(market);
  EXPECT_FALSE(market->carbon);
  EXPECT_NEAR(in_grams(market->at_least), 3e6, 1e-3);
  EXPECT_NE(market->reason.find("40 %"), std::string::npos) << market->reason;
}

TEST(MarketBased, WhereNobodyPublishesAResidualMixTheLocationServesAndIsDisclosed) {
  const ElectricityContract contracts[] = {share_of(0.6, 0)};
  const auto market = market_based({mwh(100), {}, "DE", contracts, std::nullopt, exact(57)});
  ASSERT_TRUE(market && market->carbon);
  EXPECT_NEAR(in_grams(market->carbon->mean()), 2.28e6, 1e-3);
  EXPECT_EQ(market->lines.back().name, "location-based factor");
  EXPECT_NE(market->notes.back().find("no residual mix is published"), std::string::npos);
}

TEST(MarketBased, AnotherZoneDoesNotCount) {
  ElectricityContract norway = certificate(60, 0);
  norway.zone = "NO";
  const ElectricityContract contracts[] = {norway};
  const auto market = market_based({mwh(100), {}, "DE", contracts, exact(400)});
  ASSERT_TRUE(market && market->carbon);
  EXPECT_NEAR(in_grams(market->carbon->mean()), 40e6, 1e-3);
  ASSERT_EQ(market->notes.size(), 1U);
  EXPECT_EQ(market->notes[0], "wind is of NO, the energy was used in DE: not counted");
}

TEST(MarketBased, AContractCoversOnlyTheHoursInWhichItDelivered) {
  ElectricityContract noon = certificate(60, 0);
  noon.interval = day(12, 18);
  const EnergySlice slices[] = {{day(0, 24), kilowatt_hours(96'000)}};  // 4 MWh an hour: 24 of them from 12 to 18
  const ElectricityContract contracts[] = {noon};
  const auto market = market_based({mwh(96), slices, "DE", contracts, exact(400)});
  ASSERT_TRUE(market && market->carbon);
  EXPECT_NEAR(in_grams(market->carbon->mean()), (96 - 24) * 400e3, 1e-3);
  ASSERT_FALSE(market->notes.empty());
  EXPECT_EQ(market->notes.back(), "wind holds 60000 kWh, of which 24000 kWh are used; the rest lowers nothing");
}

TEST(MarketBased, NoEnergyIsCoveredTwice) {
  const ElectricityContract contracts[] = {share_of(0.8, 10), certificate(60, 0)};
  const auto market = market_based({mwh(100), {}, "DE", contracts, exact(400)});
  ASSERT_TRUE(market && market->carbon);
  EXPECT_NEAR(market->contracted_share, 1.0, 1e-12);
  EXPECT_NEAR(in_grams(market->carbon->mean()), 0.8e6, 1e-3);
  EXPECT_EQ(market->lines.size(), 2U);
}

TEST(MarketBased, SharesOfOverlappingTimesLeaveTheRestToTheResidual) {
  ElectricityContract day_time = share_of(1.0, 0);
  day_time.interval = day(6, 18);
  const EnergySlice slices[] = {{day(0, 24), kilowatt_hours(24'000)}};
  const ElectricityContract contracts[] = {share_of(0.5, 100), day_time};
  const auto market = market_based({mwh(24), slices, "DE", contracts, exact(400)});
  ASSERT_TRUE(market && market->carbon);
  // 12 MWh at 100; of the other 12 the half in day time at 0; 6 MWh at 400.
  EXPECT_NEAR(in_grams(market->carbon->mean()), 1.2e6 + 2.4e6, 1e-3);
}

TEST(MarketBased, EnergyAndResidualAreSharedInputs) {
  const auto energy = Estimate<Energy>::of(kilowatt_hours(100), kilowatt_hours(90), kilowatt_hours(110), "energy");
  const ElectricityContract contracts[] = {share_of(0.5, 100)};
  const auto market = market_based({energy, {}, "DE", contracts, exact(300)});
  ASSERT_TRUE(market && market->carbon);
  EXPECT_NEAR(in_grams(market->carbon->mean()), 20'000.0, 1e-6);
  EXPECT_NEAR(in_grams(market->carbon->upper()), 22'000.0, 1e-6);  // both parts move with the one energy
}

TEST(MarketBased, NonsenseNamesTheContract) {
  for (const ElectricityContract& bad :
       {share_of(1.2, 0), share_of(0.5, -1), certificate(-1, 0), ElectricityContract{}}) {
    const ElectricityContract contracts[] = {share_of(0.1, 0), bad};
    const auto market = market_based({mwh(1), {}, "DE", contracts, exact(400)});
    ASSERT_FALSE(market);
    EXPECT_TRUE(market.error().message.starts_with(bad.name.empty() ? "contract 2: " : "wind: "))
        << market.error().message;
  }
}

}  // namespace
}  // namespace olivine
