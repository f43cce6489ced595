#include "account/impacts.h"

#include <gtest/gtest.h>

namespace olivine {
namespace {

Estimate<Ratio> exact_ratio(double v) { return Estimate<Ratio>::exactly(ratio(v)); }

TEST(Impacts, OperationalIsEnergyTimesPueTimesIntensity) {
  const auto energy = Estimate<Energy>::exactly(watt_hours(0.41));
  const auto intensity = Estimate<CarbonIntensity>::exactly(grams_per_kilowatt_hour(56.0));
  EXPECT_NEAR(in_grams(operational_carbon(energy, exact_ratio(1.2), intensity).mean()), 0.41e-3 * 1.2 * 56.0, 1e-12);
}

// METHODS 15: 100 kWh IT, PUE 1.2, site 1.8, grid 3.1 L/kWh: 180 + 372 L.
TEST(Impacts, WaterOnSiteAndAtThePowerStation) {
  const auto use = water_use(Estimate<Energy>::exactly(kilowatt_hours(100)), exact_ratio(1.2),
                             Estimate<WaterIntensity>::exactly(litres_per_kilowatt_hour(1.8)),
                             Estimate<WaterIntensity>::exactly(litres_per_kilowatt_hour(3.1)));
  EXPECT_NEAR(in_litres(use.on_site.mean()), 180.0, 1e-9);
  EXPECT_NEAR(in_litres(use.at_power_station.mean()), 372.0, 1e-9);
  EXPECT_NEAR(in_litres(use.total.mean()), 552.0, 1e-9);
}

// METHODS 13: 1,000 kg, 5 y, 50 % use: a year of half use carries 200 kg, none is left for an idle line.
TEST(Impacts, EmbodiedOfAYearAtTheExpectedUseIsOneLifeYear) {
  EmbodiedInput input{Estimate<Carbon>::exactly(kilograms(1000)), exact_ratio(5), exact_ratio(0.5), hours(8760), 0.5};
  EXPECT_NEAR(in_grams(embodied_carbon(input).mean()), 200e3, 1e-6);
  input.use = 1.0;  // used twice as much as expected: carries twice
  EXPECT_NEAR(in_grams(embodied_carbon(input).mean()), 400e3, 1e-6);
}

TEST(Impacts, EmbodiedRangeFollowsLifeExactly) {
  const auto life = Estimate<Ratio>::of(ratio(5), ratio(3), ratio(7), "life");
  const EmbodiedInput input{Estimate<Carbon>::exactly(kilograms(1000)), life, exact_ratio(0.5), hours(8760), 0.5};
  const auto carbon = embodied_carbon(input);
  EXPECT_NEAR(in_grams(carbon.upper()), 1000e3 / 3.0, 1e-6);
  EXPECT_NEAR(in_grams(carbon.lower()), 1000e3 / 7.0, 1e-6);
}

// A guest on a host that is not seen: 75 kg [4, 606].
TEST(Impacts, EmbodiedIsNeverBelowNothing) {
  const EmbodiedInput input{Estimate<Carbon>::of(kilograms(75), kilograms(4), kilograms(606), "host"),
                            Estimate<Ratio>::of(ratio(5), ratio(3), ratio(7), "life"),
                            Estimate<Ratio>::of(ratio(0.5), ratio(0.3), ratio(0.9), "use"), hours(8760), 0.5};
  const auto carbon = embodied_carbon(input);
  EXPECT_NEAR(in_grams(carbon.mean()), 15e3, 1e-6);
  EXPECT_GT(in_grams(carbon.lower()), 0.0);
  EXPECT_LT(in_grams(carbon.lower()), 0.1 * 15e3);
  EXPECT_GT(in_grams(carbon.upper()), 8 * 15e3);
}

TEST(Impacts, DividingByNothingIsABug) {
  EXPECT_THROW(divided(Estimate<Carbon>::exactly(grams(1)), exact_ratio(0)), std::logic_error);
}

TEST(Impacts, CostIsFacilityEnergyTimesPrice) {
  const auto cost = energy_cost(Estimate<Energy>::exactly(kilowatt_hours(10)), exact_ratio(1.5),
                                Estimate<Price>::exactly(price_per_kilowatt_hour(0.2)));
  EXPECT_NEAR(in_money(cost.mean()), 3.0, 1e-12);
}

}  // namespace
}  // namespace olivine
