#include "account/embodied/fab.h"

#include <gtest/gtest.h>

namespace olivine {
namespace {

double per_cm2(double nm, const char* energy, double abatement, double yield = 0.875) {
  const auto node = fab_node(nm);
  const auto g = fab_energy_g_per_kwh(energy);
  EXPECT_TRUE(node && g);
  const auto carbon = carbon_g_per_cm2(*node, {*g, abatement, yield});
  EXPECT_TRUE(carbon);
  return *carbon;
}

// The reference's cases (papers.md 11e).
TEST(Fab, KnownAnswersOfAct) {
  EXPECT_NEAR(per_cm2(28, "coal", 0.95), 1614.857, 5e-4);
  EXPECT_NEAR(per_cm2(10, "coal", 0.95), 2228.0, 1e-9);
}

// By hand: 7 nm, Taiwan, 97 %: (583 x 2.15 + (350 + 200) / 2 + 500) / 0.875.
TEST(Fab, GasesBetweenTheEndsAreInterpolated) {
  EXPECT_NEAR(per_cm2(7, "taiwan", 0.97), (583 * 2.15 + 275 + 500) / 0.875, 1e-9);
  EXPECT_NEAR(per_cm2(7, "taiwan", 0.99), (583 * 2.15 + 200 + 500) / 0.875, 1e-9);
  EXPECT_NEAR(per_cm2(5, "wind", 0.95, 0.5), (11 * 2.75 + 430 + 500) / 0.5, 1e-9);
}

TEST(Fab, NodesBetweenTwoAreInterpolatedAndTheEndsHold) {
  const auto six = fab_node(6);
  ASSERT_TRUE(six);
  EXPECT_NEAR(six->epa_kwh_per_cm2, (2.15 + 2.75) / 2, 1e-12);
  EXPECT_NEAR(six->gpa_95_g_per_cm2, 390.0, 1e-9);
  EXPECT_DOUBLE_EQ(fab_node(32)->epa_kwh_per_cm2, 0.9);
  EXPECT_DOUBLE_EQ(fab_node(2)->epa_kwh_per_cm2, 3.25);
  for (double nm = 3; nm < 28; nm += 0.25) {
    const auto a = fab_node(nm), b = fab_node(nm + 0.25);
    ASSERT_TRUE(a && b);
    EXPECT_GE(a->epa_kwh_per_cm2, b->epa_kwh_per_cm2) << "a finer process takes no less electricity: " << nm;
  }
}

TEST(Fab, RefusesConditionsThatCannotBe) {
  const auto node = fab_node(7);
  ASSERT_TRUE(node);
  for (const FabConditions& c : std::vector<FabConditions>{{500, 0.95, 0},
                                                           {500, 0.95, 1.1},
                                                           {500, 0.95, -1},
                                                           {-1, 0.95, 0.8},
                                                           {500, 0.9, 0.8},
                                                           {500, 1.0, 0.8},
                                                           {0.0 / 0.0, 0.95, 0.8}})
    EXPECT_FALSE(carbon_g_per_cm2(*node, c));
  const auto typo = fab_energy_g_per_kwh("taiwn");
  ASSERT_FALSE(typo);
  EXPECT_NE(typo.error().message.find("nearest: taiwan"), std::string::npos);
}

TEST(Fab, SiliconSumsItsDiesAndSharesTheFabsInputs) {
  const Silicon one{{1, 814.0, 5.0}}, two{{2, 814.0, 5.0}};
  const auto a = silicon_carbon(one, one, "a"), b = silicon_carbon(two, two, "b");
  ASSERT_TRUE(a && b);
  const double expected = 8.14 * (583 * 2.75 + (430 + 225) / 2.0 + 500) / 0.875;
  EXPECT_NEAR(in_grams(a->mean()), expected, 1e-6);
  EXPECT_NEAR(in_grams(b->mean()), 2 * expected, 1e-6);
  // Fully correlated: the range of the double is double, and of the difference nothing but the value is left.
  EXPECT_NEAR(in_grams(b->upper() - b->mean()), 2 * in_grams(a->upper() - a->mean()), 1e-6);
  EXPECT_NEAR(in_grams(difference(*b, a->scaled(2.0)).upper()), 0.0, 1e-6);
  EXPECT_LT(in_grams(a->lower()), in_grams(a->mean()));
}

TEST(Fab, AnUnknownNumberOfDiesWidensTheRange) {
  const Silicon least{{2, 81.0, 7.0}, {1, 416.0, 14.0}}, most{{8, 81.0, 7.0}, {1, 416.0, 14.0}};
  const auto known = silicon_carbon(most, most, "x"), open = silicon_carbon(least, most, "x");
  ASSERT_TRUE(known && open);
  EXPECT_LT(in_grams(open->mean()), in_grams(known->mean()));
  EXPECT_LE(in_grams(open->lower()), in_grams(silicon_carbon(least, least, "x")->mean()));
  EXPECT_GE(in_grams(open->upper()), in_grams(known->mean()));
  EXPECT_FALSE(silicon_carbon({}, {}, "x"));
}

}  // namespace
}  // namespace olivine
