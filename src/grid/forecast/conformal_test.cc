#include "grid/forecast/conformal.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <string_view>

#include "base/prng.h"
#include "grid/forecast/ensemble.h"

namespace olivine {
namespace {

TEST(ConformalQuantile, IsTheRankOfSplitConformal) {
  std::vector<double> sorted;
  for (int i = 1; i <= 99; ++i) sorted.push_back(i / 100.0);
  EXPECT_DOUBLE_EQ(conformal_quantile(sorted, 0.95), 0.95);
  EXPECT_DOUBLE_EQ(conformal_quantile(sorted, 0.05), 0.05);
  EXPECT_DOUBLE_EQ(conformal_quantile(sorted, 1.0), 0.99) << "beyond the last rank";
  EXPECT_DOUBLE_EQ(conformal_quantile(sorted, 0.0), 0.01);
}

TEST(AdaptiveConformal, NoRangeFromTooFewDays) {
  AdaptiveConformal conformal;
  AdaptiveConformal::Day day{};
  for (int d = 0; d < 13; ++d) conformal.learn(day, {});
  EXPECT_FALSE(conformal.range(3));
  conformal.learn(day, {});
  EXPECT_TRUE(conformal.range(3));
}

TEST(AdaptiveConformal, LevelsMoveByTheRateTimesTheDistance) {
  AdaptiveConformal conformal({.miss_each_side = 0.05, .rate = 0.1});
  AdaptiveConformal::Day above{};
  above.fill(2.0);
  std::array<std::optional<LogRange>, kSlots> issued;
  issued.fill(LogRange{-1.0, 1.0});
  conformal.learn(above, issued);
  EXPECT_NEAR(conformal.level_low(), 0.05 + 0.1 * 0.05, 1e-12) << "no miss below: a little narrower";
  EXPECT_NEAR(conformal.level_high(), 0.05 - 0.1 * 0.95, 1e-12) << "every hour missed above";
}

// Twenty days of errors up to 0.2, the level of the upper side at -0.045: the range ends at 0.2 (1 + 10 * 0.045).
TEST(AdaptiveConformal, BelowLevelZeroTheRangeGoesBeyondTheWorst) {
  AdaptiveConformal conformal({.miss_each_side = 0.05, .rate = 0.1, .widening = 10.0});
  AdaptiveConformal::Day day{};
  for (int d = 1; d <= 20; ++d) {
    day.fill(0.01 * d);
    std::array<std::optional<LogRange>, kSlots> issued;
    if (d == 20) issued.fill(LogRange{0.0, 0.1});
    conformal.learn(day, issued);
  }
  EXPECT_NEAR(conformal.range(5)->high, 0.2 * 1.45, 1e-12);
}

double normal(Prng& prng) {
  return std::sqrt(-2.0 * std::log(1.0 - prng.uniform())) * std::cos(2.0 * std::numbers::pi * prng.uniform());
}

struct Drift {
  const char* name;
  double (*scale)(int day);
  double (*bias)(int day);
};

// Coverage on errors whose size and mean drift; a fixed range from the first 60 days would cover far less.
TEST(AdaptiveConformal, CoversWhileErrorsDrift) {
  const Drift drifts[] = {
      {"steady", [](int) { return 0.1; }, [](int) { return 0.0; }},
      {"growing", [](int day) { return 0.05 + 0.0005 * day; }, [](int) { return 0.0; }},
      {"jump", [](int day) { return day < 200 ? 0.05 : 0.15; }, [](int) { return 0.0; }},
      {"season", [](int) { return 0.1; }, [](int day) { return 0.1 * std::sin(day / 40.0); }},
  };
  for (const Drift& drift : drifts) {
    Prng prng(11);
    AdaptiveConformal conformal;
    double inside = 0.0, count = 0.0, fixed = 0.0;
    for (int day = 0; day < 460; ++day) {
      std::array<std::optional<LogRange>, kSlots> issued;
      AdaptiveConformal::Day errors{};
      for (std::size_t s = 0; s < kSlots; ++s) {
        issued[s] = conformal.range(s);
        errors[s] = drift.bias(day) + drift.scale(day) * normal(prng);
        if (day < 60) continue;
        ASSERT_TRUE(issued[s]);
        inside += issued[s]->low <= errors[s] && errors[s] <= issued[s]->high ? 1.0 : 0.0;
        fixed += std::abs(errors[s] - drift.bias(0)) <= 1.645 * drift.scale(0) ? 1.0 : 0.0;
        count += 1.0;
      }
      conformal.learn(errors, issued);
    }
    EXPECT_GT(inside / count, 0.88) << drift.name;
    EXPECT_LT(inside / count, 0.92) << drift.name;
    if (std::string_view(drift.name) != "steady") {
      EXPECT_LT(fixed / count, 0.86) << drift.name << ": the drift must be one";
    }
  }
}

TEST(Ensemble, WeightsAreInversePowersOfErrors) {
  const std::vector<double> weights = weights_from_errors(std::vector<double>{0.1, 0.2}, 4.0);
  EXPECT_NEAR(weights[0], 16.0 / 17.0, 1e-12);
  EXPECT_NEAR(weights[1], 1.0 / 17.0, 1e-12);
  EXPECT_EQ(weights_from_errors(std::vector<double>{0.1, std::nan("")}, 4.0), (std::vector<double>{1.0, 0.0}));
  EXPECT_EQ(weights_from_errors(std::vector<double>{std::nan(""), std::nan("")}, 4.0), (std::vector<double>{0.5, 0.5}));
}

}  // namespace
}  // namespace olivine
