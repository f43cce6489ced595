#include "account/uncertainty/monte_carlo.h"

#include <gtest/gtest.h>

#include <cmath>

#include "account/uncertainty/first_order.h"
#include "account/uncertainty/tornado.h"

namespace olivine {
namespace {

constexpr double kKwh = 3.6e6;

FormulaId normal_input(FormulaGraph& g, const std::string& name, double mean, double arm, Dimension dimension,
                       double unit) {
  return *g.input({.name = name,
                   .dimension = dimension,
                   .distribution = *normal(mean * unit, (mean - arm) * unit, (mean + arm) * unit)});
}

// METHODS 16: two energies with one intensity.
struct SharedIntensity {
  FormulaGraph g;
  FormulaId sum = 0;
  FormulaId difference = 0;
  SharedIntensity() {
    const FormulaId a = normal_input(g, "energy:a", 100, 10, kEnergyDimension, kKwh);
    const FormulaId b = normal_input(g, "energy:b", 80, 8, kEnergyDimension, kKwh);
    const FormulaId i = normal_input(g, "intensity", 400, 80, kIntensityDimension, 1.0 / kKwh);
    const FormulaId ca = *g.product({a, i});
    const FormulaId cb = *g.product({b, i});
    sum = *g.sum({ca, cb});
    difference = *g.difference(ca, cb);
  }
};

TEST(FirstOrder, SharedInputsOfMethods16) {
  const SharedIntensity s;
  const Spread sum = *first_order(s.g, s.sum);
  const Spread difference = *first_order(s.g, s.difference);
  EXPECT_NEAR(sum.mean(), 72'000, 1e-6);
  EXPECT_NEAR(sum.upper() - sum.mean(), 15'284, 0.5);
  EXPECT_NEAR(difference.mean(), 8'000, 1e-6);
  EXPECT_NEAR(difference.mean() - difference.lower(), 5'367, 0.5);
}

// Exact: Var(E I) = e^2 u_i^2 + i^2 u_e^2 + u_e^2 u_i^2; with (95 %) 12.8 and 80: 15,321 and 5,421 g for 1.96 deviations.
TEST(MonteCarlo, SharedInputsOfMethods16) {
  const SharedIntensity s;
  const auto figures = monte_carlo(s.g, std::array{s.sum, s.difference}, {.samples = 1'000'000, .seed = 11});
  ASSERT_TRUE(figures);
  const double k = 1.959963984540054;
  const double ui = 80 / k, us = std::hypot(10, 8) / k;
  EXPECT_NEAR(figures->at(0).mean, 72'000, 4 * 7'800 / 1000.0);
  EXPECT_NEAR(figures->at(0).standard_deviation,
              std::sqrt(180 * 180 * ui * ui + 400 * 400 * us * us + ui * ui * us * us), 30);
  EXPECT_NEAR(figures->at(1).standard_deviation, std::sqrt(20 * 20 * ui * ui + 400 * 400 * us * us + ui * ui * us * us),
              12);
  EXPECT_NEAR(figures->at(0).upper - figures->at(0).lower, 2 * 15'284, 150);
  EXPECT_NEAR(figures->at(1).upper - figures->at(1).lower, 2 * 5'367, 150);
}

// METHODS 16: 3,600 readings of 1 J with a common gain of 5 %: +- 180 J, not +- 3 J.
TEST(MonteCarlo, ACommonGainDoesNotAverageOut) {
  FormulaGraph g;
  const FormulaId gain = normal_input(g, "gain:rapl", 1.0, 0.05, kPlainNumber, 1.0);
  std::vector<FormulaId> readings;
  for (int i = 0; i < 3600; ++i) readings.push_back(*g.product({g.constant(1.0, kEnergyDimension), gain}));
  const FormulaId total = *g.sum(readings);
  const Spread spread = *first_order(g, total);
  EXPECT_NEAR(spread.upper(), 3780, 1e-6);
  EXPECT_NEAR(spread.lower(), 3420, 1e-6);
  const auto figure = monte_carlo(g, std::array{total}, {.samples = 20'000, .seed = 2});
  EXPECT_NEAR(figure->front().upper - figure->front().lower, 360, 8);
}

// GUM supplement 1, 9.2: four inputs of deviation 1 add up to deviation 2. Normal: +- 3.92; rectangular: +- 3.88 (table 2 and 3).
TEST(MonteCarlo, AdditiveModelOfGumSupplement1) {
  for (const bool rectangular : {false, true}) {
    FormulaGraph g;
    std::vector<FormulaId> terms;
    const double arm = rectangular ? std::sqrt(3.0) : 1.959963984540054;
    for (const char* name : {"x1", "x2", "x3", "x4"})
      terms.push_back(
          *g.input({.name = name, .distribution = rectangular ? *uniform(-arm, arm) : *normal(0, -arm, arm)}));
    const auto figure = monte_carlo(g, std::array{*g.sum(terms)}, {.samples = 1'000'000, .seed = 5});
    EXPECT_NEAR(figure->front().standard_deviation, 2.0, 0.01);
    EXPECT_NEAR(figure->front().upper, rectangular ? 3.88 : 3.92, 0.02);
    EXPECT_NEAR(figure->front().lower, rectangular ? -3.88 : -3.92, 0.02);
  }
}

// GUM supplement 1, 9.4: y = x1^2 + x2^2 at the origin. First order sees no uncertainty at all; y / u^2 is chi-squared with two
// degrees of freedom: mean 2 u^2, quantiles -2 ln(1 - p) u^2.
TEST(MonteCarlo, GovernsWhereFirstOrderFails) {
  FormulaGraph g;
  const double arm = 1.959963984540054;
  const FormulaId x1 = *g.input({.name = "x1", .distribution = *normal(0, -arm, arm)});
  const FormulaId x2 = *g.input({.name = "x2", .distribution = *normal(0, -arm, arm)});
  const FormulaId y = *g.sum({*g.power(x1, 2), *g.power(x2, 2)});
  const Spread linear = *first_order(g, y);
  EXPECT_EQ(linear.upper(), linear.lower());
  const MonteCarloFigure figure = monte_carlo(g, std::array{y}, {.samples = 1'000'000, .seed = 5})->front();
  EXPECT_NEAR(figure.mean, 2.0, 0.01);
  EXPECT_NEAR(figure.standard_deviation, 2.0, 0.02);
  EXPECT_NEAR(figure.upper, -2.0 * std::log(0.025), 0.03);
  EXPECT_NEAR(figure.lower, -2.0 * std::log(0.975), 0.003);
  const RangeAgreement agreement = compare_ranges(linear, figure);
  EXPECT_FALSE(agreement.agrees);
  EXPECT_NEAR(agreement.tolerance, 0.5, 1e-12);
  EXPECT_NEAR(agreement.upper_difference, figure.upper, 1e-9);
}

TEST(MonteCarlo, BatchesDoNotChangeAResult) {
  const SharedIntensity s;
  const auto whole =
      monte_carlo(s.g, std::array{s.sum, s.difference}, {.samples = 5'000, .seed = 3, .keep_samples = true});
  for (const std::size_t batch : {1U, 7U, 1000U, 5'000U, 9'000U}) {
    const auto other = monte_carlo(s.g, std::array{s.sum, s.difference},
                                   {.samples = 5'000, .seed = 3, .batch = batch, .keep_samples = true});
    for (std::size_t o = 0; o < 2; ++o) {
      EXPECT_EQ(other->at(o).samples, whole->at(o).samples);
      EXPECT_EQ(other->at(o).lower, whole->at(o).lower);
      EXPECT_EQ(other->at(o).mean, whole->at(o).mean);
    }
  }
  const auto reseeded = monte_carlo(s.g, std::array{s.sum}, {.samples = 5'000, .seed = 4});
  EXPECT_NE(reseeded->front().mean, whole->front().mean);
  // Asked for alone, an output is what it was in company.
  EXPECT_EQ(monte_carlo(s.g, std::array{s.difference}, {.samples = 5'000, .seed = 3})->front().upper,
            whole->at(1).upper);
}

TEST(MonteCarlo, DivisionByWhatMayBeZeroIsSaid) {
  FormulaGraph g;
  const FormulaId zero = *g.difference(g.constant(1, kPlainNumber), g.constant(1, kPlainNumber));
  const FormulaId bad = *g.quotient(g.constant(1, kPlainNumber), zero);
  g.describe(bad, "rate");
  const auto figures = monte_carlo(g, std::array{bad}, {.samples = 100});
  ASSERT_FALSE(figures);
  EXPECT_NE(figures.error().message.find("rate: 100 of 100 draws"), std::string::npos) << figures.error().message;
  EXPECT_FALSE(evaluate_mean(g, bad));
  EXPECT_FALSE(monte_carlo(g, std::array{zero}, {.samples = 3}));
}

TEST(MonteCarlo, AnUnknownPartLeavesWhatIsKnown) {
  FormulaGraph g;
  const FormulaId known = normal_input(g, "cpu", 100, 10, kEnergyDimension, 1.0);
  const FormulaId both = *g.sum({known, g.unknown(kEnergyDimension, "GPU unreadable")});
  const FormulaId rate = *g.quotient(known, g.unknown(kPlainNumber, "no count"));
  const auto figures = monte_carlo(g, std::array{both, rate, known}, {.samples = 1'000});
  ASSERT_TRUE(figures);
  EXPECT_FALSE(figures->at(0).known);
  EXPECT_NEAR(figures->at(0).mean, 100, 1);
  EXPECT_FALSE(figures->at(1).known);
  EXPECT_TRUE(figures->at(2).known);
}

TEST(Tornado, WidestFirstAndSharesSumToOne) {
  const SharedIntensity s;
  const auto bars = tornado(s.g, s.sum);
  ASSERT_TRUE(bars);
  ASSERT_EQ(bars->size(), 3U);
  EXPECT_EQ(bars->at(0).name, "intensity");
  EXPECT_NEAR(bars->at(0).at_lower, 180 * 320, 1e-6);
  EXPECT_NEAR(bars->at(0).at_upper, 180 * 480, 1e-6);
  EXPECT_EQ(bars->at(1).name, "energy:a");
  const auto budget = uncertainty_budget(s.g, s.sum);
  ASSERT_TRUE(budget);
  double total = 0.0;
  for (const BudgetLine& line : *budget) total += line.variance_share;
  EXPECT_NEAR(total, 1.0, 1e-12);
  EXPECT_NEAR(budget->front().variance_share,
              14'400.0 * 14'400 / (14'400.0 * 14'400 + 4'000.0 * 4'000 + 3'200.0 * 3'200), 1e-9);
}

// A quotient bends: at half the life the rate doubles, which a slope would not see.
TEST(Tornado, ComputesTheFormulaAgain) {
  FormulaGraph g;
  const FormulaId life = *g.input({.name = "life", .distribution = *uniform(2, 6)});
  const FormulaId rate = *g.quotient(g.constant(1000, kCarbonDimension), life);
  const auto bars = tornado(g, rate);
  EXPECT_NEAR(bars->front().at_lower, 1000 / 2.1, 1e-9);
  EXPECT_NEAR(bars->front().at_upper, 1000 / 5.9, 1e-9);
  EXPECT_NEAR(derivatives(g, rate)->front(), -1000.0 / 16.0, 1e-9);
}

}  // namespace
}  // namespace olivine
