#include "account/scopes.h"

#include <gtest/gtest.h>

namespace olivine {
namespace {

EstimatedFactor factor(double g, FactorScope scope) {
  FactorType type;
  type.scope = scope;
  type.year = 2023;
  return {Estimate<CarbonIntensity>::exactly(grams_per_kilowatt_hour(g)), type};
}
ScopeInput hundred_kwh() {
  ScopeInput in;
  in.energy = Estimate<Energy>::exactly(kilowatt_hours(100));
  in.direct = factor(400, FactorScope::kDirect);
  in.upstream = factor(60, FactorScope::kUpstream);
  in.loss = Estimate<Ratio>::exactly(ratio(0.06));
  return in;
}
double kg(const std::optional<Estimate<Carbon>>& c) { return c ? in_grams(c->mean()) / 1000.0 : -1.0; }

// METHODS 9.
TEST(Scopes, TheLinesOfHundredKilowattHours) {
  const auto map = scope_map(hundred_kwh());
  ASSERT_TRUE(map);
  EXPECT_NEAR(kg(map->scope2), 40.0, 1e-9);
  EXPECT_NEAR(kg(map->electricity.upstream), 6.0, 1e-9);
  EXPECT_NEAR(kg(map->electricity.losses_direct), 2.553, 5e-4);
  EXPECT_NEAR(kg(map->electricity.losses_upstream), 0.383, 5e-4);
  EXPECT_NEAR(kg(map->scope3), 6.0 + 2.553 + 0.383, 1e-3);
  EXPECT_FALSE(map->scope1);
}

TEST(Scopes, UpstreamOnTopOfLifecycleIsRefused) {
  ScopeInput in = hundred_kwh();
  in.direct.reset();
  in.lifecycle = factor(460, FactorScope::kLifecycle);
  const auto map = scope_map(in);
  ASSERT_FALSE(map);
  EXPECT_EQ(map.error().message, "adding upstream: the factor is lifecycle, which holds upstream already");
  in.direct = factor(460, FactorScope::kLifecycle);
  in.lifecycle.reset();
  EXPECT_FALSE(scope_map(in));
}

TEST(Scopes, ALifecycleFactorAloneIsNotSplit) {
  ScopeInput in;
  in.energy = Estimate<Energy>::exactly(kilowatt_hours(100));
  in.lifecycle = factor(460, FactorScope::kLifecycle);
  in.embodied = Estimate<Carbon>::exactly(kilograms(1));
  const auto map = scope_map(in);
  ASSERT_TRUE(map);
  EXPECT_FALSE(map->scope2);
  EXPECT_NEAR(kg(map->scopes_2_and_3), 47.0, 1e-9);
  EXPECT_EQ(map->reason, "the factor is lifecycle: how much of it is direct is not known");
}

TEST(Scopes, LifecycleLessDirectIsUpstreamOfOneTypeOnly) {
  ScopeInput in = hundred_kwh();
  in.upstream.reset();
  in.lifecycle = factor(460, FactorScope::kLifecycle);
  auto map = scope_map(in);
  ASSERT_TRUE(map);
  EXPECT_NEAR(kg(map->electricity.upstream), 6.0, 1e-9);
  in.lifecycle->type.accounting = FactorAccounting::kConsumption;
  map = scope_map(in);
  ASSERT_TRUE(map);
  EXPECT_FALSE(map->electricity.upstream);
  EXPECT_NE(map->reason.find("two types"), std::string::npos) << map->reason;
}

TEST(Scopes, AtASuppliersMeterAllIsScopeThree) {
  ScopeInput in = hundred_kwh();
  in.meter = MeterOwner::kSupplier;
  in.embodied = Estimate<Carbon>::exactly(kilograms(2));
  const auto map = scope_map(in);
  ASSERT_TRUE(map);
  EXPECT_EQ(kg(map->scope2), 0.0);
  EXPECT_NEAR(kg(map->scope3), 40.0 + 6.0 + 2.9362 + 2.0, 1e-3);
}

TEST(Scopes, AFactorWithLossesTakesNoLoss) {
  ScopeInput in = hundred_kwh();
  in.upstream.reset();
  in.direct->type.losses = FactorLosses::kIncluded;
  EXPECT_FALSE(scope_map(in));
  in.loss.reset();
  EXPECT_TRUE(scope_map(in));
}

TEST(Scopes, LossMovesAsFarAsItReallyDoes) {
  ScopeInput in = hundred_kwh();
  in.upstream.reset();
  in.loss = Estimate<Ratio>::of(ratio(0.07), ratio(0.03), ratio(0.18), "loss");
  const auto map = scope_map(in);
  ASSERT_TRUE(map);
  EXPECT_NEAR(in_grams(map->electricity.losses_direct->upper()), 40e3 * 0.18 / 0.82, 1e-6);
  EXPECT_NEAR(in_grams(map->electricity.losses_direct->lower()), 40e3 * 0.03 / 0.97, 1e-6);
}

TEST(Scopes, SharedEnergyGivesScopesThatAddUp) {
  ScopeInput in = hundred_kwh();
  in.loss.reset();
  in.energy = Estimate<Energy>::of(kilowatt_hours(100), kilowatt_hours(80), kilowatt_hours(120), "energy");
  const auto map = scope_map(in);
  ASSERT_TRUE(map);
  EXPECT_NEAR(in_grams(map->electricity.lifecycle->upper()), 1.2 * 46e3, 1e-6);
}

}  // namespace
}  // namespace olivine
