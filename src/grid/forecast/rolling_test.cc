#include "grid/forecast/rolling.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "grid/forecast/backtest.h"
#include "grid/forecast/features.h"
#include "grid/forecast/synthetic_series.h"

namespace olivine {
namespace {

constexpr std::int64_t kDayNs = 24 * kHourNs;
const Progress kQuiet = [](const std::string&) {};

// XGBoost where it is installed. A test that needs it skips without.
BoostedTrees::Library trees_library() {
  auto library = XgboostLibrary::load();
  return library ? *library : nullptr;
}

RollingSettings quick(std::size_t first, std::size_t end) {
  RollingSettings settings;
  settings.leads = 2;
  settings.first_issue = settings.anchor = first;
  settings.end_issue = end;
  settings.least_days = 80;
  settings.trees_refit_days = 10;
  settings.trees.rounds = 12;
  settings.residual_trees.rounds = 6;
  return settings;
}

WallTime day(const ForecastInput& input, std::size_t n) {
  return {input.intensity.begin.ns + static_cast<std::int64_t>(n) * kDayNs};
}

// The property: change every number of the past that lies at or after an issue; all that had been issued until then stays, bit for bit.
TEST(RollingForecast, NothingAfterTheIssueChangesIt) {
  const auto library = trees_library();
  for (const std::size_t cut : {std::size_t{125}, std::size_t{131}}) {
    const ForecastInput input = synthetic_zone(145, 0.03, 5);
    ForecastInput changed = input;
    Prng prng(99);
    for (auto& column : changed.intensity.values)
      for (std::size_t hour = cut * kSlots; hour < column.size(); ++hour) column[hour] = prng.between(1.0, 900.0);
    const auto a_grid = make_day_grid(input, day(input, 145), 0), b_grid = make_day_grid(changed, day(input, 145), 0);
    ASSERT_TRUE(a_grid && b_grid);
    const RollingSettings settings = quick(110, 143);
    const auto a = roll_forecasts(*a_grid, settings, library, kQuiet),
               b = roll_forecasts(*b_grid, settings, library, kQuiet);
    ASSERT_TRUE(a && b);
    std::size_t differ_later = 0;
    for (std::size_t m = 0; m < a->models.size(); ++m)
      for (std::size_t lead = 0; lead < 2; ++lead)
        for (std::size_t i = 0; i < a->models[m].log_g[lead].size(); ++i) {
          const double x = a->models[m].log_g[lead][i], y = b->models[m].log_g[lead][i];
          if (settings.first_issue + i / kSlots <= cut) {
            EXPECT_TRUE(x == y || (std::isnan(x) && std::isnan(y)))
                << a->models[m].name << " lead " << lead << " place " << i;
          } else {
            differ_later += x != y ? 1 : 0;
          }
        }
    EXPECT_GT(differ_later, 1000U) << "the change must matter";
    const auto members_a = ensemble_members(a->models), members_b = ensemble_members(b->models);
    const Blend mixed_a = blend(*a_grid, members_a, settings.first_issue, {}),
                mixed_b = blend(*b_grid, members_b, settings.first_issue, {});
    const RangeTrack range_a = conformal_ranges(*a_grid, mixed_a.track.log_g, settings.first_issue, {}),
                     range_b = conformal_ranges(*b_grid, mixed_b.track.log_g, settings.first_issue, {});
    for (std::size_t lead = 0; lead < 2; ++lead)
      for (std::size_t i = 0; i < (cut - settings.first_issue + 1) * kSlots; ++i) {
        EXPECT_EQ(mixed_a.track.log_g[lead][i], mixed_b.track.log_g[lead][i]);
        EXPECT_TRUE(range_a.low[lead][i] == range_b.low[lead][i] || std::isnan(range_a.low[lead][i]));
        EXPECT_EQ(std::isnan(range_a.high[lead][i]), std::isnan(range_b.high[lead][i]));
      }
  }
}

TEST(RollingForecast, FindsTheKnownStructure) {
  const auto library = trees_library();
  const ForecastInput input = synthetic_zone(300, 0.02, 6);
  BacktestSettings settings;
  settings.from = day(input, 260);
  settings.to = day(input, 299);
  settings.models = quick(0, 0);
  const auto report = run_backtest(input, std::nullopt, settings, library, kQuiet);
  ASSERT_TRUE(report) << report.error().message;
  std::map<std::string, ModelScore> scores;
  for (const ModelScore& s : report->models) scores[s.name] = s;
  // Uniform noise of 2 % has a mean size of 1 %: nobody is better.
  EXPECT_GT(scores["ensemble"].mape_percent, 0.95);
  EXPECT_LT(scores["ridge"].mape_percent, 1.6);
  EXPECT_GT(scores["persistence"].mape_percent, 5.0);
  EXPECT_GT(scores["ensemble"].captured_saving, scores["persistence"].captured_saving);
  EXPECT_LE(scores["ensemble"].captured_saving, 1.0);
  EXPECT_EQ(report->days.size(), 39U);
  EXPECT_EQ(scores["ensemble"].hours, 39U * 24U);
  EXPECT_GT(scores["ensemble"].coverage90, 0.84);
  EXPECT_LT(scores["ensemble"].coverage90, 0.96);
}

TEST(Backtest, PeerIsScoredOnTheSameHours) {
  const ForecastInput input = synthetic_zone(260, 0.02, 8);
  PeerForecast peer;
  peer.table = input.intensity;
  peer.table.columns = {"forecast", "x", "y"};
  for (double& v : peer.table.values[0]) v *= 1.1;  // wrong by 10 % each hour
  BacktestSettings settings;
  settings.from = day(input, 230);
  settings.to = day(input, 240);
  settings.models = quick(0, 0);
  const auto report = run_backtest(input, peer, settings, nullptr, kQuiet);
  ASSERT_TRUE(report) << report.error().message;
  ASSERT_TRUE(report->peer);
  EXPECT_NEAR(report->peer->mape_percent, 10.0, 1e-9);
  EXPECT_EQ(report->peer->hours, 240U);
  EXPECT_NEAR(report->days[3].peer_mape_percent, 10.0, 1e-9);
  EXPECT_TRUE(std::isnan(report->peer->coverage90)) << "a peer states no range";
}

TEST(Backtest, RefusesTooFewDaysAndOtherSpans) {
  const ForecastInput input = synthetic_zone(220, 0.02, 8);
  BacktestSettings settings;
  settings.from = day(input, 211);
  settings.to = day(input, 215);
  EXPECT_NE(run_backtest(input, std::nullopt, settings, nullptr, kQuiet)
                .error()
                .message.find("holds 211 days before the first forecast; 212 are needed"),
            std::string::npos);
  settings.from = day(input, 212);
  settings.to = day(input, 221);
  EXPECT_NE(run_backtest(input, std::nullopt, settings, nullptr, kQuiet)
                .error()
                .message.find("before the last day asked for"),
            std::string::npos);
  settings.to = settings.from;
  EXPECT_FALSE(run_backtest(input, std::nullopt, settings, nullptr, kQuiet));
}

TEST(DayGridRules, ZeroWeatherAndGapsAreNotKnown) {
  ForecastInput input = synthetic_zone(20, 0.0, 1);
  for (auto& column : input.weather->values) column[24] = 0.0;
  input.weather->values[0][25] = 0.0;  // a calm hour is no defect
  input.intensity.values[0][30] = std::nan("");
  const auto grid = make_day_grid(input, day(input, 20), 1);
  ASSERT_TRUE(grid);
  EXPECT_TRUE(std::isnan(grid->weather[0].at(1, 0)));
  EXPECT_EQ(grid->weather[0].at(1, 1), 0.0);
  EXPECT_TRUE(std::isnan(grid->target.at(1, 6)));
  EXPECT_TRUE(std::isnan(grid->target.at(20, 0))) << "the day of issue is not known";
  EXPECT_FALSE(std::isnan(grid->weather[0].at(20, 0))) << "but its weather forecast is";
  EXPECT_EQ(feature_names(*grid).size(), features_of(*grid, 10, 0, 3).size());
  input.intensity.values[0][31] = 0.0;
  EXPECT_FALSE(make_day_grid(input, day(input, 20), 1)) << "an average intensity of 0 has no logarithm";
}

TEST(BoostedTreesLibrary, SameSeedSameTreesAndBackFromJson) {
  const auto library = trees_library();
  if (!library) GTEST_SKIP() << "XGBoost (libxgboost0) is not installed";
  Prng prng(4);
  FloatRows rows{2, {}};
  std::vector<float> y;
  for (int i = 0; i < 2000; ++i) {
    const double a = prng.uniform(), b = prng.uniform();
    rows.values.insert(rows.values.end(), {static_cast<float>(a), i % 10 == 0 ? std::nanf("") : static_cast<float>(b)});
    y.push_back(a > 0.5 ? 1.0F : -1.0F);
  }
  const TreeSettings settings{
      .rounds = 60, .learning_rate = 0.1, .depth = 3, .row_share = 0.8, .column_share = 1.0, .seed = 3};
  const auto one = BoostedTrees::fit(library, rows, y, settings), two = BoostedTrees::fit(library, rows, y, settings);
  ASSERT_TRUE(one && two);
  EXPECT_EQ(*one->to_json(), *two->to_json());
  const auto a = one->predict(rows);
  ASSERT_TRUE(a);
  EXPECT_LT(std::abs((*a)[0] - static_cast<double>(y[0])), 0.05);
  const auto back = BoostedTrees::from_json(library, *one->to_json());
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(*back->predict(rows), *a);
  EXPECT_FALSE(BoostedTrees::fit(library, rows, {}, settings));
  EXPECT_FALSE(BoostedTrees::from_json(library, "no model"));
}

TEST(BoostedTreesLibrary, AMissingLibraryIsSaid) {
  const auto library = XgboostLibrary::load("/nowhere/libxgboost.so");
  ASSERT_FALSE(library);
  EXPECT_EQ(library.error().kind, ErrorKind::kUnsupported);
  EXPECT_NE(library.error().message.find("libxgboost0"), std::string::npos);
}

}  // namespace
}  // namespace olivine
