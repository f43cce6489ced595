#include "grid/forecast/panel_ridge.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "base/prng.h"

namespace olivine {
namespace {

// Zones with a day's shape and a slow swing that comes back to its mean, as wind does.
HourlyTable made_up(std::size_t zones, std::size_t hours, std::uint64_t seed) {
  Prng prng(seed);
  HourlyTable table;
  table.name = "made-up";
  for (std::size_t z = 0; z < zones; ++z) {
    table.columns.push_back("Z" + std::to_string(z));
    std::vector<double> g;
    double swing = 0.0;
    for (std::size_t t = 0; t < hours; ++t) {
      swing = 0.97 * swing + prng.between(-12.0, 12.0);
      g.push_back(std::max(
          20.0, 300.0 + 80.0 * std::sin(static_cast<double>(t + 3 * z) * 2.0 * std::numbers::pi / 24.0) + swing));
    }
    table.values.push_back(std::move(g));
  }
  return table;
}

PanelSettings quick() { return {.most_hours = 24, .step_hours = 5}; }

TEST(PanelRidge, BeatsTheProfile) {
  const HourlyTable table = made_up(12, 24 * 60, 1);
  const PanelForecaster forecaster(table, {0, 3}, quick());
  double mine = 0.0, profile = 0.0;
  for (std::size_t now = 24 * 40; now + 25 < table.hours(); now += 7) {
    const auto said = forecaster.forecast(3, now, 24);
    ASSERT_EQ(said.size(), 24U);
    for (std::size_t h = 1; h <= 24; ++h) {
      double mean = 0.0;
      for (std::size_t d = 0; d < 7; ++d) mean += table.values[3][now + h - 24 - 24 * d] / 7.0;
      mine += std::abs(said[h - 1] - table.values[3][now + h]);
      profile += std::abs(mean - table.values[3][now + h]);
    }
  }
  EXPECT_LT(mine, 0.9 * profile);
}

// What is said at an hour does not depend on any later one, of any zone.
TEST(PanelRidge, TheFutureChangesNothing) {
  const HourlyTable table = made_up(4, 24 * 40, 2);
  HourlyTable changed = table;
  constexpr std::size_t kNow = 24 * 31 + 5;
  for (auto& column : changed.values)
    for (std::size_t t = kNow + 1; t < column.size(); ++t) column[t] *= 3.0;
  const PanelForecaster a(table, {1}, quick()), b(changed, {1}, quick());
  EXPECT_EQ(a.forecast(1, kNow, 24), b.forecast(1, kNow, 24));
  EXPECT_NE(a.forecast(1, kNow + 2, 24), b.forecast(1, kNow + 2, 24));
}

TEST(PanelRidge, GapsAndShortPasts) {
  HourlyTable table = made_up(3, 24 * 30, 3);
  for (std::size_t t = 0; t < 200; ++t) table.values[2][t] = std::nan("");
  for (std::size_t t = 500; t < 510; ++t) table.values[1][t] = std::nan("");
  const PanelForecaster forecaster(table, {1, 2}, quick());
  EXPECT_TRUE(forecaster.forecast(2, 300, 24).empty());  // 100 hours of past
  EXPECT_TRUE(forecaster.forecast(0, 600, 24).empty());  // not asked for
  EXPECT_TRUE(forecaster.forecast(1, 100, 24).empty());
  EXPECT_EQ(forecaster.forecast(1, 168, 24).size(), 24U);
  for (const double g : forecaster.forecast(1, 515, 24)) EXPECT_TRUE(std::isfinite(g) && g >= 0.0);
  EXPECT_EQ(forecaster.forecast(1, 600, 99).size(), 24U);  // no further than it has learnt
}

}  // namespace
}  // namespace olivine
