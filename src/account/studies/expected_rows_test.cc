#include "account/studies/expected_rows.h"

#include <gtest/gtest.h>

#include <limits>

namespace olivine {
namespace {

ExpectedRow one(const std::string& published, const std::string& tolerance, const std::string& mark = "SAW") {
  const auto rows = parse_expected("e.csv", "id,published,unit,tolerance,source,mark,why\nx/y,\"" + published + "\",kWh," + tolerance + ",table 1," + mark + ",\n");
  if (!rows || rows->size() != 1U) throw std::logic_error("bad row");
  return rows->front();
}
StudyRowState judged(const std::string& published, const std::string& tolerance, double recomputed, const std::string& mark = "SAW") {
  return judge_row(one(published, tolerance, mark), {recomputed, "", false}).state;
}

TEST(ExpectedRows, ReadsRows) {
  const ExpectedRow row = one("433,196", "0.1 %");
  EXPECT_EQ(row.manifest, "x");
  EXPECT_EQ(row.figure, "y");
  EXPECT_EQ(row.value, 433'196.0);
  EXPECT_EQ(row.printed, "433,196");
  EXPECT_TRUE(row.seen());
  EXPECT_FALSE(row.slip());
}

TEST(ExpectedRows, TolerancesHoldOnBothSides) {
  struct Case {
    const char *published, *tolerance;
    double inside, outside;
  };
  const Case cases[] = {
      {"100", "0.2 %", 100.199, 100.201},   {"100", "0.2 %", 99.801, 99.799},     {"22.2", "abs 0.1", 22.29, 22.31},
      {"27", "printed", 26.5, 26.49},       {"27", "printed", 27.49, 27.5},       {"0.00070", "printed", 0.000699, 0.000694},
      {"0.33", "printed", 0.32957, 0.3249}, {"0.011707", "6 digits", 0.01170701, 0.0117072}, {"40.4196", "exact", 40.4196, 40.41961},
      {"-103.178", "2 %", -103.3, -106.0},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(judged(c.published, c.tolerance, c.inside), StudyRowState::kOk) << c.published << " " << c.inside;
    EXPECT_EQ(judged(c.published, c.tolerance, c.outside), StudyRowState::kOut) << c.published << " " << c.outside;
  }
}

TEST(ExpectedRows, ASlipHasToMiss) {
  EXPECT_EQ(judged("914", "0.1 %", 864.25, "SAW slip"), StudyRowState::kSlip);
  EXPECT_EQ(judged("914", "0.1 %", 914.0, "SAW slip"), StudyRowState::kOut);
}

TEST(ExpectedRows, UnknownIsOutAndMissingDataAreSkipped) {
  EXPECT_EQ(judge_row(one("1", "exact"), {std::nullopt, "its energy", false}).state, StudyRowState::kOut);
  EXPECT_EQ(judge_row(one("1", "exact"), {std::nullopt, "no logs here", true}).state, StudyRowState::kSkipped);
  EXPECT_EQ(judge_row(one("1", "exact"), {std::numeric_limits<double>::quiet_NaN(), "", false}).state, StudyRowState::kOut);
}

TEST(ExpectedRows, AnUnseenValueIsNoPublishedOne) { EXPECT_FALSE(one("1", "exact", "CALC").seen()); }

TEST(ExpectedRows, RefusesDamage) {
  const char* head = "id,published,unit,tolerance,source,mark,why\n";
  for (const char* row : {"x,,kWh,exact,t,SAW,\n", "x,much,kWh,exact,t,SAW,\n", "x,1,kWh,roughly,t,SAW,\n", "x,1,kWh,-1 %,t,SAW,\n", "x,1,kWh,exact,t,MEM,\n", "x,1,kWh,exact,t,SAW,\nx,1,kWh,exact,t,SAW,\n"}) {
    const auto rows = parse_expected("e.csv", std::string(head) + row);
    ASSERT_FALSE(rows) << row;
    EXPECT_EQ(rows.error().kind, ErrorKind::kCorrupt);
  }
}

}  // namespace
}  // namespace olivine
