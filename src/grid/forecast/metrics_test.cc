#include "grid/forecast/metrics.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/prng.h"

namespace olivine {
namespace {

const double kNan = std::nan("");
using Numbers = std::vector<double>;

TEST(Metrics, KnownAnswers) {
  const Numbers actual{100, 200, 400}, forecast{110, 180, 400};
  EXPECT_DOUBLE_EQ(mape_percent(forecast, actual), 100.0 * (0.1 + 0.1 + 0.0) / 3.0);
  EXPECT_DOUBLE_EQ(wmape_percent(forecast, actual), 100.0 * 30.0 / 700.0);
  EXPECT_DOUBLE_EQ(mean_absolute_error(forecast, actual), 10.0);
  // q = 0.95: over by 10 costs 0.5, under by 20 costs 19.
  EXPECT_NEAR(pinball_loss(forecast, actual, 0.95), (0.5 + 19.0) / 3.0, 1e-12);
  EXPECT_NEAR(pinball_loss(forecast, actual, 0.5), 15.0 / 3.0, 1e-12);
  EXPECT_DOUBLE_EQ(coverage(Numbers{100, 150, 401}, Numbers{100, 199, 500}, actual), 1.0 / 3.0)
      << "the ends belong to a range";
  EXPECT_DOUBLE_EQ(mean_width(Numbers{100, 150, 401}, Numbers{100, 199, 500}, actual), (0.0 + 49.0 + 99.0) / 3.0);
}

TEST(Metrics, WhatIsNotKnownIsSkipped) {
  EXPECT_DOUBLE_EQ(mape_percent(Numbers{110, kNan, 5}, Numbers{100, 200, kNan}), 10.0);
  EXPECT_TRUE(std::isnan(mape_percent(Numbers{kNan}, Numbers{100})));
  EXPECT_TRUE(std::isnan(coverage(Numbers{kNan}, Numbers{1}, Numbers{1})));
  EXPECT_TRUE(std::isnan(wmape_percent(Numbers{}, Numbers{})));
}

TEST(CapturedSaving, ExampleOfTheHeader) {
  const auto cost = window_cost(Numbers{3, 1, 2, 4}, Numbers{300, 200, 100, 400}, 1);
  ASSERT_TRUE(cost);
  EXPECT_EQ(cost->at_once, 300.0);
  EXPECT_EQ(cost->paid, 200.0);
  EXPECT_EQ(cost->oracle, 100.0);
}

TEST(CapturedSaving, AGapMakesTheWindowUnknown) {
  EXPECT_FALSE(window_cost(Numbers{3, kNan}, Numbers{1, 2}, 1));
  EXPECT_FALSE(window_cost(Numbers{3, 4}, Numbers{1, kNan}, 1));
  EXPECT_FALSE(window_cost(Numbers{3, 4}, Numbers{1, 2}, 3));
}

// The oracle against trying every choice of hours.
TEST(CapturedSaving, OracleIsTheBestOfAllChoices) {
  Prng prng(7);
  for (int round = 0; round < 200; ++round) {
    Numbers actual, forecast;
    for (int i = 0; i < 8; ++i) actual.push_back(prng.between(10, 500)), forecast.push_back(prng.between(10, 500));
    const std::size_t hours = 1 + prng.below(7);
    double best = 1e9;
    for (unsigned choice = 0; choice < 256; ++choice) {
      if (static_cast<std::size_t>(__builtin_popcount(choice)) != hours) continue;
      double sum = 0.0;
      for (unsigned i = 0; i < 8; ++i)
        if ((choice >> i & 1U) != 0U) sum += actual[i];
      best = std::min(best, sum);
    }
    const auto cost = window_cost(forecast, actual, hours);
    ASSERT_TRUE(cost);
    EXPECT_NEAR(cost->oracle, best, 1e-9);
    EXPECT_GE(cost->paid + 1e-9, cost->oracle);
    EXPECT_NEAR(window_cost(actual, actual, hours)->paid, best, 1e-9);
  }
}

}  // namespace
}  // namespace olivine
