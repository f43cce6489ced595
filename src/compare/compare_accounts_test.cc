#include "compare/compare_accounts.h"

#include <gtest/gtest.h>

#include "account/lifecycle/account_fixture.h"

namespace olivine {
namespace {

// Two accounts of one manifest's shape; `intensity` as written.
RelativeDifference carbon(const std::string& a_intensity, const std::string& b_intensity) {
  SharedInputs inputs;
  std::vector<ComparedSide> sides;
  for (const auto& [name, energy, intensity] : {std::tuple{"A", 100, a_intensity}, {"B", 80, b_intensity}}) {
    testing::AccountWorld world;
    const auto account =
        world.account("[defaults]\nplane = \"facility\"\nintensity = " + intensity +
                      "\n[[activity]]\nid = \"a\"\nphase = \"training\"\nenergy = " + std::to_string(energy) + "\n");
    EXPECT_TRUE(account) << account.error().message;
    const auto run = compared_account(*account, inputs);
    EXPECT_TRUE(run && run->energy_j && run->carbon_g);
    sides.push_back({name, {*run}, 0.0});
  }
  const auto report = compare_sides(sides);
  EXPECT_TRUE(report);
  EXPECT_NEAR(report->sides[1].energy.value, -0.2, 1e-12);
  EXPECT_FALSE(report->sides[1].duration.unknown.empty()) << "an account has no duration";
  return report->sides[1].carbon;
}

TEST(CompareAccounts, OneInputCancelsAndTwoDoNot) {
  const std::string one = "{ value = 400, lower = 320, upper = 480 }";
  const RelativeDifference shared = carbon(one, one);
  EXPECT_NEAR(shared.lower, -0.2, 1e-9);
  EXPECT_NEAR(shared.upper, -0.2, 1e-9);
  // The same name with other numbers is another input: 20 % less, but each may be a fifth off by itself.
  const RelativeDifference own = carbon(one, "{ value = 400, lower = 319, upper = 480 }");
  EXPECT_NEAR(own.value, -0.2, 1e-6);
  EXPECT_LT(own.lower, -0.35);
  EXPECT_GT(own.upper, 0.05);
  EXPECT_FALSE(own.distinguishable());
}

TEST(CompareAccounts, WhatIsUnknownIsNotCompared) {
  testing::AccountWorld world;
  const auto account = world.account(
      "[defaults]\nplane = \"facility\"\nintensity = 100\n[[activity]]\nid = \"a\"\nphase = \"training\"\nenergy = "
      "\"unknown\"\n");
  ASSERT_TRUE(account);
  SharedInputs inputs;
  const auto run = compared_account(*account, inputs);
  ASSERT_TRUE(run);
  EXPECT_FALSE(run->energy_j);
  EXPECT_FALSE(run->carbon_g);
}

}  // namespace
}  // namespace olivine
