#include "account/product_range.h"

#include <gtest/gtest.h>

#include <cmath>

#include "account/uncertainty/formula.h"
#include "account/uncertainty/monte_carlo.h"

namespace olivine {
namespace {

// 10^6 draws of the same distributions.
MonteCarloFigure drawn(std::span<const RangedFactor> factors) {
  FormulaGraph graph;
  std::vector<FormulaId> inputs;
  for (const RangedFactor& f : factors)
    inputs.push_back(graph
                         .input({.name = "factor " + std::to_string(inputs.size()),
                                 .distribution = ranged(f.mean, f.lower, f.upper, SignRule::kNonNegative).value()})
                         .value());
  const FormulaId product = graph.product(inputs).value();
  const FormulaId outputs[] = {product};
  return monte_carlo(graph, outputs, {.samples = 1'000'000, .seed = 7}).value().front();
}

Result<ProductRange> product_range(std::span<const RangedFactor> factors) {
  OLIVINE_TRY(const FactorProduct first, FactorProduct::of(factors.first(factors.size() - 1)));
  return first.range_with(factors.back());
}

TEST(ProductRange, IsMonteCarlosWithoutChance) {
  const std::vector<std::vector<RangedFactor>> cases{
      {{0.41, 0.29, 0.58}, {1.56, 1.1, 2.0}, {473, 25, 845}},  // a run of an unknown zone
      {{0.41, 0.29, 0.58}, {56, 20.4, 96.1}},                  // FR, a yearly factor used for an hour
      {{100, 90, 110}, {400, 320, 480}},
      {{1, 0.1, 4}, {1, 0.1, 4}, {1, 0.2, 3}, {5, 4, 6}},
  };
  for (const auto& factors : cases) {
    const MonteCarloFigure truth = drawn(factors);
    const ProductRange range = product_range(factors).value();
    const double near = factors.size() <= 3 ? 0.03 : 0.06;
    EXPECT_NEAR(range.lower, truth.lower, near * truth.lower) << factors.size();
    EXPECT_NEAR(range.upper, truth.upper, near * truth.upper) << factors.size();
  }
}

TEST(ProductRange, NeverReachesZeroWhereNoFactorDoes) {
  const RangedFactor factors[] = {{0.41, 0.29, 0.58}, {1.56, 1.1, 2.0}, {473, 25, 845}};
  const ProductRange range = product_range(factors).value();
  EXPECT_GT(range.lower, 0.41 * 25 / 2.0);
  EXPECT_LT(range.upper, 0.58 * 2.0 * 845);
}

TEST(ProductRange, OneFactorKeepsItsBoundsAndExactOnesScale) {
  const RangedFactor one[] = {{2, 2, 2}, {10, 4, 30}};
  const ProductRange range = product_range(one).value();
  EXPECT_DOUBLE_EQ(range.lower, 8.0);
  EXPECT_DOUBLE_EQ(range.upper, 60.0);
  const RangedFactor exact[] = {{2, 2, 2}, {3, 3, 3}};
  EXPECT_DOUBLE_EQ(product_range(exact)->upper, 6.0);
  const RangedFactor negative[] = {{1, -1, 2}, {1, 0.5, 2}};
  EXPECT_FALSE(product_range(negative));
}

TEST(ProductRange, AStretchedSpreadHasTheRangeAndTheInputs) {
  const Spread spread(10.0, {{"a", -8.0, 6.0}, {"b", 3.0, -9.0}});
  const Spread ranged = with_range(spread, {2.0, 25.0});
  EXPECT_NEAR(ranged.lower(), 2.0, 1e-12);
  EXPECT_NEAR(ranged.upper(), 25.0, 1e-12);
  EXPECT_EQ(ranged.mean(), 10.0);
  ASSERT_EQ(ranged.sensitivities().size(), 2U);
  EXPECT_GT(ranged.sensitivities()[1].down, 0.0) << "an input keeps its direction";
}

TEST(ProductRange, LogarithmsAreNearAndExactForLogNormals) {
  const std::vector<std::vector<RangedFactor>> cases{{{0.41, 0.29, 0.58}, {1.56, 1.1, 2.0}, {56, 20.4, 96.1}},
                                                     {{400, 48, 400}, {1.075, 1.04, 1.16}, {1.56, 1.1, 2.0}},
                                                     {{100, 90, 110}, {400, 320, 480}}};
  for (const auto& factors : cases) {
    const ProductRange range = log_range(factors), exact = product_range(factors).value();
    EXPECT_NEAR(range.lower, exact.lower, 0.12 * exact.lower);
    EXPECT_NEAR(range.upper, exact.upper, 0.12 * exact.upper);
  }
  const RangedFactor log_normal[] = {{2, 1, 4}, {3, 1.5, 6}};
  EXPECT_NEAR(log_range(log_normal).upper, 6.0 * std::exp(std::sqrt(2.0) * std::log(2.0)), 1e-12);
  const RangedFactor from_zero[] = {{2, 0, 4}, {3, 1.5, 6}};
  EXPECT_EQ(log_range(from_zero).lower, 0.0);
}

}  // namespace
}  // namespace olivine
