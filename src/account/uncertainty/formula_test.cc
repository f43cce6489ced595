#include "account/uncertainty/formula.h"

#include <gtest/gtest.h>

#include <cmath>

#include "account/uncertainty/first_order.h"
#include "base/prng.h"

namespace olivine {
namespace {

TEST(Formula, AddsOnlyWhatIsAlike) {
  FormulaGraph g;
  const FormulaId energy = g.constant(1, kEnergyDimension);
  const FormulaId carbon = g.constant(1, kCarbonDimension);
  EXPECT_EQ(g.sum({energy, carbon}).error().message, "cannot add kWh to kg");
  EXPECT_EQ(g.difference(energy, carbon).error().message, "cannot subtract kWh and kg");
  EXPECT_EQ(g.minimum(std::array{energy, carbon}).error().message, "cannot compare kWh with kg");
  EXPECT_FALSE(g.power(energy, 0.5));
  EXPECT_EQ(g.node(*g.quotient(carbon, energy)).dimension, kIntensityDimension);
}

TEST(Formula, OneNameIsOneInput) {
  FormulaGraph g;
  const UncertainInput pue{.name = "pue", .distribution = *ranged(1.56, 1.1, 2.0, SignRule::kNonNegative)};
  EXPECT_EQ(*g.input(pue), *g.input(pue));
  UncertainInput other = pue;
  other.distribution = *ranged(1.2, 1.1, 1.3, SignRule::kNonNegative);
  const auto clash = g.input(other);
  ASSERT_FALSE(clash);
  EXPECT_EQ(clash.error().message,
            "input pue: defined as 1.56 [1.1, 2] skewed and as 1.2 [1.1, 1.3] normal; give one of them another name");
  other = pue;
  other.source = "elsewhere";
  EXPECT_NE(g.input(other).error().message.find("different source"), std::string::npos);
  EXPECT_EQ(g.inputs().size(), 1U);
  EXPECT_FALSE(g.input({}));
  EXPECT_THROW(g.describe(99, "x"), std::logic_error);
}

// METHODS: CPU 100 J, GPU unreadable: value null, lower 100.
TEST(Formula, UnknownIsNeverZero) {
  FormulaGraph g;
  const FormulaId cpu = g.constant(100, kEnergyDimension);
  const FormulaId gpu = g.unknown(kEnergyDimension, "GPU unreadable");
  const FormulaId sum = *g.sum({cpu, gpu});
  EXPECT_EQ(*evaluate_mean(g, sum), (FormulaValue{std::nullopt, 100.0}));
  const FormulaId intensity = g.constant(2, kIntensityDimension);
  EXPECT_EQ(*evaluate_mean(g, *g.product({sum, intensity})), (FormulaValue{std::nullopt, 200.0}));
  EXPECT_EQ(*evaluate_mean(g, *g.quotient(sum, intensity)), (FormulaValue{std::nullopt, 50.0}));
  EXPECT_EQ(*evaluate_mean(g, *g.quotient(cpu, gpu)), (FormulaValue{}));
  EXPECT_EQ(*evaluate_mean(g, *g.difference(cpu, gpu)), (FormulaValue{}));
  EXPECT_EQ(*evaluate_mean(g, *g.maximum(std::array{cpu, gpu})), (FormulaValue{std::nullopt, 100.0}));
  EXPECT_EQ(evaluate_means(g)->at(cpu), (FormulaValue{100.0, std::nullopt}));
  EXPECT_NE(first_order(g, sum).error().message.find("unknown part"), std::string::npos);
}

TEST(Formula, WholeArithmetic) {
  FormulaGraph g;
  const FormulaId a = g.constant(6, kPlainNumber);
  const FormulaId b = g.constant(3, kPlainNumber);
  const auto value = [&](Result<FormulaId> id) { return *evaluate_mean(g, *id)->value; };
  EXPECT_EQ(value(g.sum({a, b, b})), 12);
  EXPECT_EQ(value(g.difference(a, b)), 3);
  EXPECT_EQ(value(g.product({a, b, b})), 54);
  EXPECT_EQ(value(g.quotient(a, b)), 2);
  EXPECT_EQ(value(g.power(b, 3)), 27);
  EXPECT_EQ(value(g.minimum(std::array{a, b})), 3);
  EXPECT_EQ(value(g.maximum(std::array{a, b})), 6);
  EXPECT_FALSE(g.sum(std::span<const FormulaId>{}));
}

// Backward derivatives against differences, on random graphs.
TEST(Formula, DerivativesAreWhatSmallMovesShow) {
  Prng prng(17);
  for (int round = 0; round < 200; ++round) {
    std::vector<double> at;
    for (int i = 0; i < 4; ++i) at.push_back(prng.between(0.5, 2.0));
    const std::uint64_t shape = prng.next();
    const auto build = [&](const std::vector<double>& values) {
      FormulaGraph g;
      std::vector<FormulaId> nodes;
      for (std::size_t i = 0; i < values.size(); ++i)
        nodes.push_back(*g.input({.name = std::string(1, static_cast<char>('a' + i)),
                                  .distribution = *uniform(values[i] - 0.25, values[i] + 0.25)}));
      Prng choice(shape);
      for (int i = 0; i < 12; ++i) {
        const FormulaId x = nodes[choice.below(nodes.size())];
        const FormulaId y = nodes[choice.below(nodes.size())];
        switch (choice.below(6)) {
          case 0: nodes.push_back(*g.sum({x, y, nodes[0]})); break;
          case 1: nodes.push_back(*g.product({x, y, nodes[1]})); break;
          case 2: nodes.push_back(*g.quotient(x, *g.sum({*g.power(y, 2), g.constant(1, kPlainNumber)}))); break;
          case 3: nodes.push_back(*g.maximum(std::array{x, y})); break;
          case 4: nodes.push_back(*g.difference(x, y)); break;
          default: nodes.push_back(*g.power(*g.sum({*g.power(x, 2), g.constant(1, kPlainNumber)}), 0.5));
        }
      }
      return g;
    };
    const FormulaGraph g = build(at);
    const auto last = static_cast<FormulaId>(g.size() - 1);
    const auto slopes = derivatives(g, last);
    ASSERT_TRUE(slopes) << slopes.error().message;
    for (std::size_t i = 0; i < at.size(); ++i) {
      const double step = 1e-6;
      std::vector<double> up = at, down = at;
      up[i] += step;
      down[i] -= step;
      const double numeric =
          (*evaluate_mean(build(up), last)->value - *evaluate_mean(build(down), last)->value) / (2 * step);
      EXPECT_NEAR(slopes->at(i), numeric, 1e-4 * (1.0 + std::abs(numeric))) << round;
    }
  }
}

}  // namespace
}  // namespace olivine
