#include "planning/budget.h"

#include <gtest/gtest.h>

namespace olivine {
namespace {

struct Row {
  const char* text;
  BudgetKind kind;
  double amount;
  const char* currency;
};

TEST(Budget, WhatIsTyped) {
  const Row rows[] = {
      {"2kWh", BudgetKind::kEnergy, 7.2e6, ""},      {"2 kwh", BudgetKind::kEnergy, 7.2e6, ""},
      {"300 Wh", BudgetKind::kEnergy, 1.08e6, ""},   {"50kJ", BudgetKind::kEnergy, 5e4, ""},
      {"1.5MJ", BudgetKind::kEnergy, 1.5e6, ""},     {"1e3J", BudgetKind::kEnergy, 1e3, ""},
      {"0.001 MWh", BudgetKind::kEnergy, 3.6e6, ""}, {"500g", BudgetKind::kCarbon, 500, ""},
      {"500 gCO2e", BudgetKind::kCarbon, 500, ""},   {"500 g CO2e", BudgetKind::kCarbon, 500, ""},
      {"1.2kg", BudgetKind::kCarbon, 1200, ""},      {" 2 t ", BudgetKind::kCarbon, 2e6, ""},
      {"3eur", BudgetKind::kMoney, 3, "EUR"},        {"3 EUR", BudgetKind::kMoney, 3, "EUR"},
      {"EUR 3.50", BudgetKind::kMoney, 3.5, "EUR"},  {"3e2 usd", BudgetKind::kMoney, 300, "USD"},
      {"£4", BudgetKind::kMoney, 4, "GBP"},          {"4 €", BudgetKind::kMoney, 4, "EUR"},
  };
  for (const Row& row : rows) {
    const auto budget = budget_from(row.text);
    ASSERT_TRUE(budget) << row.text << ": " << budget.error().message;
    EXPECT_EQ(budget->kind, row.kind) << row.text;
    EXPECT_DOUBLE_EQ(budget->amount, row.amount) << row.text;
    EXPECT_EQ(budget->currency, row.currency) << row.text;
  }
}

TEST(Budget, MistakesSayWhatIsExpected) {
  const std::pair<const char*, const char*> rows[] = {
      {"", "type e.g. 2kWh"},
      {"2", "the unit is missing"},
      {"kWh", "type e.g. 2kWh"},
      {"2 mWh", "mega"},
      {"2mj", "mega"},
      {"0 g", "above 0"},
      {"-3eur", "above 0"},
      {"nan g", "500g"},
      {"2 watts", "\"watts\""},
      {"2 kW", "\"kW\""},
      {"kWh 2", "the number comes first"},
      {"2 kWh 3", "2kWh"},
      {"1e400J", "2kWh"},
      {"3e", "\"e\" is not known"},
  };
  for (const auto& [text, why] : rows) {
    const auto budget = budget_from(text);
    ASSERT_FALSE(budget) << text;
    EXPECT_NE(budget.error().message.find(why), std::string::npos) << text << ": " << budget.error().message;
  }
}

TEST(Budget, EachCrossingIsToldOnce) {
  using Crossed = BudgetWatch::Crossed;
  BudgetWatch watch(*budget_from("100g"));
  EXPECT_EQ(watch.step(0.0), Crossed::kNothing);
  EXPECT_EQ(watch.step(79.9), Crossed::kNothing);
  EXPECT_EQ(watch.step(80.0), Crossed::kNear);
  EXPECT_EQ(watch.step(85.0), Crossed::kNothing);
  EXPECT_EQ(watch.step(79.0), Crossed::kNothing);  // the idle share may be revised downwards
  EXPECT_EQ(watch.step(81.0), Crossed::kNothing);
  EXPECT_EQ(watch.step(100.0), Crossed::kSpent);
  EXPECT_EQ(watch.step(150.0), Crossed::kNothing);
  watch.grant_on_top(150.0);  // what is said: 100 g more, not what it takes to reach a multiple
  EXPECT_DOUBLE_EQ(watch.granted(), 250.0);
  EXPECT_EQ(watch.step(150.0), Crossed::kNothing);
  EXPECT_EQ(watch.step(230.0), Crossed::kNear);
  EXPECT_EQ(watch.step(250.0), Crossed::kSpent);
  watch.grant_on_top(249.0);  // revised downwards meanwhile
  EXPECT_DOUBLE_EQ(watch.granted(), 350.0);
}

TEST(Budget, AJumpOverBothIsSpent) {
  BudgetWatch watch(*budget_from("1kWh"));
  EXPECT_EQ(watch.step(4e6), BudgetWatch::Crossed::kSpent);
  EXPECT_EQ(watch.step(5e6), BudgetWatch::Crossed::kNothing);
}

TEST(Budget, Words) {
  EXPECT_EQ(budget_from("2kWh")->text(5.796e6), "1.61 kWh");
  EXPECT_EQ(budget_from("1kg")->text(410), "410 g CO2e");
  EXPECT_EQ(budget_from("3eur")->text(2.4), "2.4 EUR");
  EXPECT_EQ(*on_budget_from("stop"), OnBudget::kStop);
  EXPECT_FALSE(on_budget_from("kill"));
}

// A double of 10^18 does not grow by 1.
TEST(Budget, AGrantIsNotBelowWhatIsUsed) {
  BudgetWatch watch(*budget_from("1e-12J"));
  EXPECT_EQ(watch.step(1e6), BudgetWatch::Crossed::kSpent);
  watch.grant_on_top(1e6);
  EXPECT_GE(watch.granted(), 1e6);
}

}  // namespace
}  // namespace olivine
