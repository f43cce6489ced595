#include "planning/online/window_score.h"

#include <gtest/gtest.h>

#include <cmath>

namespace olivine {
namespace {

TEST(WindowScore, TheHeadersExample) {
  const std::vector<WindowResult> results{{"A", 100, 80, 90, true}, {"B", 200, 120, 150, true}};
  const WindowScore s = score_windows(results);
  EXPECT_NEAR(s.saved, 0.175, 1e-12);
  EXPECT_NEAR(s.captured, 0.35 / 0.60, 1e-12);
  EXPECT_NEAR(s.grams_captured, 0.6, 1e-12);
  EXPECT_NEAR(s.grams_saved, 30.0, 1e-12);
  EXPECT_EQ(s.worse, 0.0);
  // One window a zone: every draw is the same.
  EXPECT_NEAR(s.captured_low, s.captured, 1e-12);
  EXPECT_NEAR(s.captured_high, s.captured, 1e-12);
}

TEST(WindowScore, WorseLateAndRange) {
  std::vector<WindowResult> results;
  for (int i = 0; i < 40; ++i) results.push_back({"A", 100, 50, i % 4 == 0 ? 110.0 : 60.0, i != 7});
  const WindowScore s = score_windows(results, 4000);
  EXPECT_EQ(s.worse, 0.25);
  EXPECT_EQ(s.late, 1U);
  EXPECT_NEAR(s.captured, (30 * 0.4 - 10 * 0.1) / (40 * 0.5), 1e-12);
  // Normal approximation: deviation of a mean of 40 draws of 0.8 (3 of 4) and -0.2.
  const double half = 1.96 * std::sqrt(0.25 * 0.75 / 40.0);
  EXPECT_NEAR(s.captured_high - s.captured_low, 2.0 * half, 0.06);
  EXPECT_LT(s.captured_low, s.captured);
}

TEST(WindowScore, NothingToSaveIsNotKnown) {
  const std::vector<WindowResult> results{{"A", 100, 100, 100, true}};
  EXPECT_TRUE(std::isnan(score_windows(results).captured));
  EXPECT_TRUE(std::isnan(score_windows({}).saved));
}

}  // namespace
}  // namespace olivine
