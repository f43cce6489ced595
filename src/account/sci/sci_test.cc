#include "account/sci/sci.h"

#include <gtest/gtest.h>

#include <limits>

namespace olivine {
namespace {

SciComponent component(const char* name, double kwh, double embodied_g) {
  return {.name = name,
          .energy = kilowatt_hours(kwh),
          .intensity = grams_per_kilowatt_hour(951),
          .embodied = grams(embodied_g)};
}

TEST(Sci, ScoreOfTheCaseStudy) {
  const SciComponent app = component("app", 0.023, 4.305), db = component("db", 0.0096, 5.112);
  const auto app_only = sci_score(std::vector{app}, 1.0), db_only = sci_score(std::vector{db}, 1.0),
             both = sci_score(std::vector{app, db}, 1.0);
  ASSERT_TRUE(app_only && db_only && both);
  EXPECT_NEAR(in_grams(*app_only->per_unit), 26.178, 1e-9);
  EXPECT_NEAR(in_grams(*db_only->per_unit), 14.2416, 1e-9);
  EXPECT_NEAR(in_grams(*both->per_unit), 40.4196, 1e-9);
  EXPECT_NEAR(in_grams(*both->operational) + in_grams(*both->embodied), in_grams(*both->total), 1e-12);
}

TEST(Sci, IsARatePerFunctionalUnit) {
  const auto score = sci_score(std::vector{component("app", 1.0, 49.0)}, 500.0);
  ASSERT_TRUE(score);
  EXPECT_NEAR(in_grams(*score->per_unit), 2.0, 1e-12);
}

TEST(Sci, UnknownIsNeverZero) {
  SciComponent db = component("db", 0.0096, 5.112);
  db.embodied.reset();
  const auto score = sci_score(std::vector{component("app", 0.023, 4.305), db}, 2.0);
  ASSERT_TRUE(score);
  EXPECT_FALSE(score->per_unit);
  EXPECT_FALSE(score->embodied);
  EXPECT_TRUE(score->operational);
  EXPECT_NEAR(in_grams(score->at_least), 26.178 + 9.1296, 1e-9);
  EXPECT_NEAR(in_grams(score->at_least_per_unit), (26.178 + 9.1296) / 2, 1e-9);
  ASSERT_EQ(score->unknown.size(), 1U);
  EXPECT_EQ(score->unknown[0], "db: its embodied carbon");
}

TEST(Sci, RefusesWhatCannotBe) {
  EXPECT_FALSE(sci_score(std::vector<SciComponent>{}, 1.0));
  EXPECT_FALSE(sci_score(std::vector{component("app", 1, 1)}, 0.0));
  EXPECT_FALSE(sci_score(std::vector{component("app", -1, 1)}, 1.0));
  EXPECT_FALSE(sci_score(std::vector{component("app", 1, -1)}, 1.0));
  const auto nan = sci_score(std::vector{component("app", 1, std::numeric_limits<double>::quiet_NaN())}, 1.0);
  ASSERT_FALSE(nan);
  EXPECT_NE(nan.error().message.find("app: embodied carbon"), std::string::npos) << nan.error().message;
}

}  // namespace
}  // namespace olivine
