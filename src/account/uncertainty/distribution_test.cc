#include "account/uncertainty/distribution.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "account/uncertainty/draws.h"

namespace olivine {
namespace {

// The mean of a shape by the midpoint rule over its quantiles: knows nothing of how it was fitted.
double mean_of(const Distribution& d) {
  constexpr int kSteps = 400'000;
  double sum = 0.0;
  for (int i = 0; i < kSteps; ++i) sum += d.quantile((i + 0.5) / kSteps);
  return sum / kSteps;
}

TEST(Draws, NormalQuantileInvertsTheErrorFunction) {
  for (const double u : {1e-300, 1e-20, 1e-9, 1e-3, 0.01, 0.025, 0.0749, 0.0751, 0.2, 0.4, 0.5})
    EXPECT_NEAR(normal_probability(normal_quantile(u)) / u, 1.0, u < 1e-100 ? 1e-11 : 1e-13) << u;
  for (const double u : {0.6, 0.9, 0.925, 0.926, 0.975, 0.999999})
    EXPECT_DOUBLE_EQ(normal_quantile(u), -normal_quantile(1.0 - u)) << u;
  EXPECT_NEAR(normal_quantile(0.975), 1.959963984540054, 1e-15);
}

TEST(Draws, ABatchIsWhatItsNumbersAreOneByOne) {
  const DrawStream stream(7, "intensity:FR");
  std::vector<double> all(1000);
  stream.uniforms(0, all);
  std::vector<double> part(300);
  stream.uniforms(500, part);
  EXPECT_TRUE(std::equal(part.begin(), part.end(), all.begin() + 500));
  std::vector<double> z = all;
  normal_quantiles(z);
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_GT(all[i], 0.0);
    EXPECT_LT(all[i], 1.0);
    EXPECT_EQ(z[i], normal_quantile(all[i]));
  }
}

TEST(Draws, MomentsAndIndependence) {
  constexpr std::size_t kDraws = 200'000;
  std::vector<double> a(kDraws);
  std::vector<double> b(kDraws);
  std::vector<double> c(kDraws);
  DrawStream(1, "a").uniforms(0, a);
  DrawStream(1, "b").uniforms(0, b);
  DrawStream(2, "a").uniforms(0, c);
  for (auto* column : {&a, &b, &c}) normal_quantiles(*column);
  double mean = 0.0, square = 0.0, fourth = 0.0, ab = 0.0, ac = 0.0, lag = 0.0;
  for (std::size_t i = 0; i < kDraws; ++i) {
    mean += a[i] / kDraws;
    square += a[i] * a[i] / kDraws;
    fourth += std::pow(a[i], 4) / kDraws;
    ab += a[i] * b[i] / kDraws;
    ac += a[i] * c[i] / kDraws;
    lag += a[i] * a[(i + 1) % kDraws] / kDraws;
  }
  const double se = 1.0 / std::sqrt(kDraws);  // four standard errors each
  EXPECT_NEAR(mean, 0.0, 4 * se);
  EXPECT_NEAR(square, 1.0, 4 * std::sqrt(2.0) * se);
  EXPECT_NEAR(fourth, 3.0, 4 * std::sqrt(96.0) * se);
  EXPECT_NEAR(ab, 0.0, 4 * se);
  EXPECT_NEAR(ac, 0.0, 4 * se);
  EXPECT_NEAR(lag, 0.0, 4 * se);
}

struct RangeCase {
  const char* what;
  double mean, lower, upper;
  SignRule sign;
};

// The product's own defaults (METHODS) and shapes of every kind: mean and both bounds are met.
class SkewedRange : public ::testing::TestWithParam<RangeCase> {};

TEST_P(SkewedRange, MeetsMeanAndBounds) {
  const RangeCase& c = GetParam();
  const auto d = ranged(c.mean, c.lower, c.upper, c.sign);
  ASSERT_TRUE(d) << d.error().message;
  EXPECT_NEAR(mean_of(*d), c.mean, 2e-4 * (c.upper - c.lower));
  EXPECT_NEAR(d->quantile(0.025), c.lower, 1e-6 * (c.upper - c.lower));
  EXPECT_NEAR(d->quantile(0.975), c.upper, 1e-6 * (c.upper - c.lower));
  if (c.sign == SignRule::kNonNegative) {
    EXPECT_GE(d->quantile(1e-9), 0.0);
  }
  for (double u = 0.001; u < 0.999; u += 0.001) EXPECT_LE(d->quantile(u), d->quantile(u + 0.001));
}

INSTANTIATE_TEST_SUITE_P(Ranges, SkewedRange,
                         ::testing::Values(RangeCase{"pue", 1.56, 1.1, 2.0, SignRule::kNonNegative},
                                           RangeCase{"intensity", 473, 25, 845, SignRule::kNonNegative},
                                           RangeCase{"hourly", 1, 0.42, 1.65, SignRule::kNonNegative},
                                           RangeCase{"losses", 0.07, 0.03, 0.18, SignRule::kNonNegative},
                                           RangeCase{"life", 5, 3, 7, SignRule::kNonNegative},
                                           RangeCase{"use", 0.5, 0.2, 0.9, SignRule::kNonNegative},
                                           RangeCase{"memory", 0.37, 0.10, 1.0, SignRule::kNonNegative},
                                           RangeCase{"idle", 0.18, 0.06, 0.40, SignRule::kNonNegative},
                                           RangeCase{"server", 60, 20, 150, SignRule::kNonNegative},
                                           RangeCase{"psu", 0.93, 0.86, 0.96, SignRule::kNonNegative},
                                           RangeCase{"wide and symmetric", 100, 1, 199, SignRule::kNonNegative},
                                           RangeCase{"signed left", -10, -100, 20, SignRule::kAnySign},
                                           RangeCase{"signed right", 10, -5, 60, SignRule::kAnySign},
                                           RangeCase{"nearly symmetric", 100, 90, 110.01, SignRule::kAnySign},
                                           RangeCase{"very skewed", 100, 60, 300, SignRule::kNonNegative},
                                           RangeCase{"leaning left", 90, 20, 100, SignRule::kNonNegative}),
                         [](const auto& each) {
                           std::string name = each.param.what;
                           std::replace(name.begin(), name.end(), ' ', '_');
                           return name;
                         });

// Ranges that no shape of the family has: the mean is met all the same, and what is drawn is said.
TEST(Distribution, ImpossibleRangesKeepTheMeanAndSayTheirBounds) {
  for (const RangeCase& c :
       {RangeCase{"tail", 100, 90, 1000, SignRule::kNonNegative},
        RangeCase{"tail", 100, 10, 1000, SignRule::kNonNegative},
        RangeCase{"none", 100, 100, 200, SignRule::kNonNegative}, RangeCase{"zero", 1, 0, 3, SignRule::kNonNegative},
        RangeCase{"left", 99, 1, 100, SignRule::kNonNegative}, RangeCase{"signed", 0, -100, 1, SignRule::kAnySign}}) {
    const auto d = ranged(c.mean, c.lower, c.upper, c.sign);
    ASSERT_TRUE(d) << c.what;
    EXPECT_NEAR(mean_of(*d), c.mean, 0.01 * (c.upper - c.lower)) << c.what;
    EXPECT_DOUBLE_EQ(d->drawn_lower, d->quantile(0.025)) << c.what;
    EXPECT_DOUBLE_EQ(d->drawn_upper, d->quantile(0.975)) << c.what;
    if (c.sign == SignRule::kNonNegative) {
      EXPECT_GE(d->quantile(1e-12), 0.0) << c.what;
      EXPECT_EQ(d->lower, c.lower);
    }
    EXPECT_EQ(d->upper, c.upper);
  }
}

TEST(Distribution, DeviationsAreThoseOfTheDraws) {
  const auto check = [](const Result<Distribution>& d) {
    ASSERT_TRUE(d) << d.error().message;
    std::vector<double> draws(400'000);
    DrawStream(3, "x").uniforms(0, draws);
    transform(*d, draws);
    double mean = 0.0, square = 0.0;
    for (const double v : draws) mean += v / static_cast<double>(draws.size());
    for (const double v : draws) square += (v - mean) * (v - mean) / static_cast<double>(draws.size());
    EXPECT_NEAR(mean, d->mean, 5 * d->standard_deviation / 632.0) << name_of(d->kind);
    EXPECT_NEAR(std::sqrt(square) / d->standard_deviation, 1.0, 0.02) << name_of(d->kind);
    const Distribution twice = scaled(*d, 2.0);
    for (const double u : {0.01, 0.3, 0.8})
      EXPECT_NEAR(twice.quantile(u), 2.0 * d->quantile(u), 1e-12 * std::abs(d->quantile(u)));
    EXPECT_DOUBLE_EQ(twice.standard_deviation, 2.0 * d->standard_deviation);
  };
  check(normal(100, 90, 110));
  check(lognormal(100, 50, 190));
  check(triangular(1, 2, 6));
  check(uniform(2, 4));
  check(ranged(0.37, 0.1, 1.0, SignRule::kNonNegative));
  check(ranged(473, 25, 845, SignRule::kNonNegative));
  check(ranged(-10, -100, 20, SignRule::kAnySign));
}

TEST(Distribution, KnownMoments) {
  EXPECT_NEAR(normal(100, 90, 110)->standard_deviation, 5.102, 5e-4);
  EXPECT_DOUBLE_EQ(triangular(1, 2, 6)->mean, 3.0);
  EXPECT_NEAR(triangular(1, 2, 6)->lower, 1.0 + std::sqrt(0.025 * 5.0), 1e-12);
  EXPECT_NEAR(uniform(0, 1)->upper, 0.975, 1e-15);
  EXPECT_NEAR(lognormal(100, 50, 200)->drawn_upper / lognormal(100, 50, 200)->drawn_lower, 4.0, 1e-9);
  EXPECT_TRUE(ranged(5, 5, 5, SignRule::kAnySign)->is_exact());
}

TEST(Distribution, WhatCannotBeIsRefusedInOneLine) {
  EXPECT_EQ(ranged(5, 6, 7, SignRule::kAnySign).error().message, "bounds 6 .. 7 do not enclose the value 5");
  EXPECT_FALSE(ranged(NAN, 0, 1, SignRule::kAnySign));
  EXPECT_FALSE(ranged(1, 0, INFINITY, SignRule::kAnySign));
  EXPECT_NE(ranged(1, -1, 3, SignRule::kNonNegative).error().message.find("cannot be negative"), std::string::npos);
  EXPECT_NE(normal(1, 0, 3).error().message.find("the arms differ"), std::string::npos);
  EXPECT_FALSE(lognormal(1, 0, 3));
  EXPECT_FALSE(triangular(3, 2, 4));
  EXPECT_FALSE(uniform(3, 2));
}

}  // namespace
}  // namespace olivine
