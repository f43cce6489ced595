#include "grid/forecast/weather_ridge.h"

#include <gtest/gtest.h>

#include <cmath>

#include "grid/forecast/synthetic_series.h"

namespace olivine {
namespace {

constexpr std::size_t kDays = 190;
WeatherRidgeSettings quick() { return {.most_hours = 6, .first_hour = 150 * 24}; }

TEST(WeatherRidge, KnowsTheWind) {
  const ForecastInput input = synthetic_zone(kDays, 0.02, 5);
  const auto ridge = WeatherRidge::fit(input, input.intensity.end(), quick());
  ASSERT_TRUE(ridge) << ridge.error().message;
  const auto g = ridge->g_per_kwh();
  double mine = 0.0, persistence = 0.0;
  for (std::size_t now = 150 * 24; now + 7 < kDays * 24; now += 5) {
    const auto said = ridge->forecast(now, 6);
    ASSERT_EQ(said.size(), 6U);
    mine += std::abs(said[5] - g[now + 6]) / g[now + 6];
    persistence += std::abs(g[now - 18] - g[now + 6]) / g[now + 6];
  }
  EXPECT_LT(mine, 0.5 * persistence);
}

TEST(WeatherRidge, TheFutureChangesNothing) {
  const ForecastInput input = synthetic_zone(kDays, 0.02, 6);
  ForecastInput changed = input;
  constexpr std::size_t kNow = 160 * 24 + 7;
  for (auto& column : changed.intensity.values)
    for (std::size_t t = kNow + 1; t < column.size(); ++t) column[t] *= 2.0;
  const auto a = WeatherRidge::fit(input, input.intensity.end(), quick()),
             b = WeatherRidge::fit(changed, input.intensity.end(), quick());
  EXPECT_EQ(a->forecast(kNow, 6), b->forecast(kNow, 6));
  EXPECT_NE(a->forecast(kNow + 1, 6), b->forecast(kNow + 1, 6));
}

TEST(WeatherRidge, NothingBeforeItsFirstHourOrBeyondTheData) {
  const ForecastInput input = synthetic_zone(kDays, 0.02, 7);
  const auto ridge = WeatherRidge::fit(input, input.intensity.end(), quick());
  EXPECT_TRUE(ridge->forecast(150 * 24 - 1, 6).empty());
  EXPECT_EQ(ridge->forecast(kDays * 24 - 3, 6).size(), 2U);
  EXPECT_EQ(WeatherRidge::fit(input, input.intensity.begin, quick()).error().kind, ErrorKind::kInvalid);
}

TEST(Translate, LineAndWhatIsMissedNow) {
  // e = 10 + 2 x, but for the last hour, where it lies 8 above.
  std::vector<double> x, e;
  for (int t = 0; t < 28 * 24; ++t) {
    x.push_back(100.0 + t % 24);
    e.push_back(10.0 + 2.0 * x.back());
  }
  const std::vector<double> forecast(12, 110.0);
  EXPECT_NEAR(translate(x, e, x.size() - 1, forecast)[11], 230.0, 1e-6);
  e.back() += 8.0;
  const auto said = translate(x, e, x.size() - 1, forecast);
  EXPECT_NEAR(said[11], 234.0, 0.1);  // half of 8 after 12 hours; the line moves a little
  EXPECT_GT(said[0], said[11]);
}

}  // namespace
}  // namespace olivine
