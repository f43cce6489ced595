#include "account/plane.h"

#include <gtest/gtest.h>

namespace olivine {
namespace {

Estimate<Ratio> exact_ratio(double value) { return Estimate<Ratio>::exactly(ratio(value)); }
AtPlane<Power> power_at(double w, Plane plane) { return {Estimate<Power>::exactly(watts(w)), plane}; }

// METHODS 1: (1,370 W chips + 130 W rest) / 0.94 x 1.2 = 1,914.9 W.
TEST(Plane, FromTheChipsToTheFacility) {
  const auto dc = with_rest_of_node(power_at(1370, Plane::kChip), Estimate<Power>::exactly(watts(130)));
  ASSERT_TRUE(dc);
  const auto ac = through_power_supply(*dc, exact_ratio(0.94));
  ASSERT_TRUE(ac);
  const auto facility = at_facility(*ac, exact_ratio(1.2));
  ASSERT_TRUE(facility);
  EXPECT_NEAR(in_watts(facility->value.mean()), 1914.9, 0.05);
  EXPECT_EQ(facility->plane, Plane::kFacility);
}

TEST(Plane, PueMultipliesOnce) {
  const auto facility = at_facility(power_at(1000, Plane::kNodeAc), exact_ratio(1.2));
  ASSERT_TRUE(facility);
  const auto twice = at_facility(*facility, exact_ratio(1.2));
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().kind, ErrorKind::kInvalid);
  EXPECT_NE(twice.error().message.find("facility"), std::string::npos) << twice.error().message;
}

TEST(Plane, NoStepIsSkippedOrTakenTwice) {
  for (const Plane plane : {Plane::kChip, Plane::kNodeDc, Plane::kNodeAc, Plane::kFacility}) {
    EXPECT_EQ(with_rest_of_node(power_at(1, plane), {}).has_value(), plane == Plane::kChip);
    EXPECT_EQ(through_power_supply(power_at(1, plane), exact_ratio(0.9)).has_value(), plane == Plane::kNodeDc);
    EXPECT_EQ(at_facility(power_at(1, plane), exact_ratio(1.1)).has_value(), plane == Plane::kNodeAc);
  }
}

TEST(Plane, ImpossibleFactorsAreRefused) {
  EXPECT_FALSE(at_facility(power_at(1, Plane::kNodeAc), exact_ratio(0.99)));
  EXPECT_TRUE(at_facility(power_at(1, Plane::kNodeAc), exact_ratio(1.0)));
  EXPECT_FALSE(through_power_supply(power_at(1, Plane::kNodeDc), exact_ratio(0.0)));
  EXPECT_FALSE(through_power_supply(power_at(1, Plane::kNodeDc), exact_ratio(1.01)));
}

TEST(Plane, RangesGoWithTheStep) {
  const auto psu = Estimate<Ratio>::of(ratio(0.93), ratio(0.86), ratio(0.96), "psu");
  const auto ac = through_power_supply(power_at(930, Plane::kNodeDc), psu);
  ASSERT_TRUE(ac);
  EXPECT_NEAR(in_watts(ac->value.upper()), 930 / 0.86, 1e-9);
  EXPECT_NEAR(in_watts(ac->value.lower()), 930 / 0.96, 1e-9);
}

}  // namespace
}  // namespace olivine
