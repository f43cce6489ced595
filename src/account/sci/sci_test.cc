#include "account/sci/sci.h"

#include <gtest/gtest.h>

#include <limits>

namespace olivine {
namespace {

constexpr double kYearHours = 8760.0;

// The cases of the specification, its guide and its case study.
TEST(Sci, EmbodiedOfTheGuide) {
  const auto m = sci_embodied({.total = kilograms(1000), .reserved_hours = 1, .lifespan_hours = 4 * kYearHours});
  ASSERT_TRUE(m);
  EXPECT_NEAR(in_grams(*m), 28.54, 28.54 * 0.001);
}

TEST(Sci, EmbodiedOfTheCaseStudy) {
  const auto m = sci_embodied({.total = kilograms(1205.52), .reserved_hours = 1, .lifespan_hours = 35'040, .resources_reserved = 2, .resources_total = 16});
  ASSERT_TRUE(m);
  EXPECT_NEAR(in_grams(*m), 4.3005, 0.00005);
  EXPECT_NEAR(in_grams(*m), 4.305, 4.305 * 0.002);
}

SciComponent component(const char* name, double kwh, double embodied_g) {
  return {.name = name, .energy = kilowatt_hours(kwh), .intensity = grams_per_kilowatt_hour(951), .embodied = grams(embodied_g)};
}

TEST(Sci, ScoreOfTheCaseStudy) {
  const SciComponent app = component("app", 0.023, 4.305), db = component("db", 0.0096, 5.112);
  const auto app_only = sci_score(std::vector{app}, 1.0), db_only = sci_score(std::vector{db}, 1.0), both = sci_score(std::vector{app, db}, 1.0);
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
  struct Case {
    SciEmbodied hardware;
    const char* says;
  };
  const Case cases[] = {
      {{.total = kilograms(1), .reserved_hours = 1, .lifespan_hours = 0}, "EL"},
      {{.total = kilograms(1), .reserved_hours = 2, .lifespan_hours = 1}, "longer than the lifespan"},
      {{.total = kilograms(-1), .reserved_hours = 1, .lifespan_hours = 1}, "TE"},
      {{.total = kilograms(1), .reserved_hours = 1, .lifespan_hours = 1, .resources_reserved = 3, .resources_total = 2}, "ToR"},
      {{.total = kilograms(std::numeric_limits<double>::quiet_NaN()), .reserved_hours = 1, .lifespan_hours = 1}, "TE"},
  };
  for (const Case& c : cases) {
    const auto m = sci_embodied(c.hardware);
    ASSERT_FALSE(m) << c.says;
    EXPECT_EQ(m.error().kind, ErrorKind::kInvalid);
    EXPECT_NE(m.error().message.find(c.says), std::string::npos) << m.error().message;
  }
  EXPECT_FALSE(sci_score(std::vector<SciComponent>{}, 1.0));
  EXPECT_FALSE(sci_score(std::vector{component("app", 1, 1)}, 0.0));
  EXPECT_FALSE(sci_score(std::vector{component("app", -1, 1)}, 1.0));
}

}  // namespace
}  // namespace olivine
