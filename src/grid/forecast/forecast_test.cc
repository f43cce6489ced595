#include "grid/forecast/forecast.h"

#include <gtest/gtest.h>

#include <cmath>

#include "grid/forecast/model_registry.h"
#include "grid/forecast/synthetic_series.h"
#include "testing/memory_file_system.h"

namespace olivine {
namespace {

const Progress kQuiet = [](const std::string&) {};

BoostedTrees::Library trees_library() {
  auto library = XgboostLibrary::load();
  return library ? *library : nullptr;
}

ForecastSettings quick(std::size_t hours) {
  ForecastSettings settings;
  settings.horizon_hours = hours;
  settings.models.trees.rounds = 12;
  settings.models.residual_trees.rounds = 6;
  return settings;
}

bool says(const Forecast& forecast, std::string_view what) {
  for (const std::string& note : forecast.series.notes)
    if (note.find(what) != std::string::npos) return true;
  return false;
}

double truth(std::size_t days, std::uint64_t seed, std::size_t hour) {
  return synthetic_zone(days, 0.0, seed).intensity.values[0][hour];
}

TEST(Forecast, ATrainedModelAnswersWithRangesAfterTheEndOfTheData) {
  const ForecastInput input = synthetic_zone(230, 0.0, 12);
  const auto forecast = make_forecast(input, quick(40), trees_library(), kQuiet);
  ASSERT_TRUE(forecast) << forecast.error().message;
  EXPECT_EQ(forecast->model, "ensemble");
  EXPECT_EQ(forecast->issued_at, input.intensity.end());
  EXPECT_EQ(forecast->series.basis, Basis::kModelled);
  ASSERT_EQ(forecast->series.points.size(), 40U);
  EXPECT_EQ(forecast->series.points[0].begin, forecast->issued_at);
  double error = 0.0;
  for (std::size_t i = 0; i < 40; ++i) {
    const IntensityPoint& p = forecast->series.points[i];
    EXPECT_TRUE(p.lower < p.g_per_kwh && p.g_per_kwh < p.upper) << i;
    error += std::abs(p.g_per_kwh / truth(240, 12, 230 * kSlots + i) - 1.0) / 40.0;
  }
  EXPECT_LT(error, 0.03);
  ASSERT_TRUE(forecast->trained);
  EXPECT_EQ(forecast->trained->data_hash.size(), 32U);
}

// An issue at six in the morning: days begin at six.
TEST(Forecast, IssuedInTheMiddleOfADay) {
  const ForecastInput input = synthetic_zone(225, 0.01, 13);
  ForecastSettings settings = quick(24);
  settings.at = WallTime{input.intensity.end().ns - 42 * kHourNs};
  const auto forecast = make_forecast(input, settings, nullptr, kQuiet);
  ASSERT_TRUE(forecast) << forecast.error().message;
  EXPECT_EQ(forecast->series.points[0].begin, *settings.at);
  EXPECT_EQ(forecast->series.points.size(), 24U);
  EXPECT_TRUE(says(*forecast, "no boosted trees"));
  ForecastInput changed = input;  // nothing at or after the issue is read
  for (auto& column : changed.intensity.values)
    for (std::size_t h = column.size() - 42; h < column.size(); ++h) column[h] = 1.0;
  const auto again = make_forecast(changed, settings, nullptr, kQuiet);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->series.points, forecast->series.points);
}

TEST(Forecast, TooFewDaysFallToSeasonalNaiveAndSaySo) {
  const ForecastInput input = synthetic_zone(211, 0.0, 14);
  const auto forecast = make_forecast(input, quick(48), trees_library(), kQuiet);
  ASSERT_TRUE(forecast) << forecast.error().message;
  EXPECT_EQ(forecast->model, "seasonal_naive");
  EXPECT_FALSE(forecast->trained);
  EXPECT_TRUE(says(*forecast, "211 days of data; a trained model needs 212"));
  EXPECT_NEAR(forecast->series.points[30].g_per_kwh, input.intensity.values[0][(211 + 1 - 7) * kSlots + 6], 1e-9);
  EXPECT_LT(forecast->series.points[30].lower, forecast->series.points[30].g_per_kwh);

  const auto young = make_forecast(synthetic_zone(12, 0.0, 14), quick(24), nullptr, kQuiet);
  ASSERT_TRUE(young) << young.error().message;
  EXPECT_TRUE(says(*young, "have no range"));
  EXPECT_EQ(young->series.points[0].lower, young->series.points[0].g_per_kwh);

  const auto none = make_forecast(synthetic_zone(7, 0.0, 14), quick(24), nullptr, kQuiet);
  ASSERT_FALSE(none);
  EXPECT_NE(none.error().message.find("holds 7 days before the issue; a forecast needs 8"), std::string::npos);
}

TEST(Forecast, WeatherThatEndsTooEarlyIsLeftOutAndSaid) {
  const auto forecast = make_forecast(synthetic_zone(215, 0.0, 15, 1), quick(48), nullptr, kQuiet);
  ASSERT_TRUE(forecast) << forecast.error().message;
  EXPECT_TRUE(says(*forecast, "the weather is left out"));
  EXPECT_EQ(forecast->model, "ensemble");
}

TEST(Forecast, AHoleBeforeTheIssueIsNeverFilledInSilence) {
  ForecastInput input = synthetic_zone(220, 0.0, 16);
  for (auto& column : input.intensity.values)
    for (std::size_t h = 217 * kSlots; h < 220 * kSlots - 1; ++h) column[h] = std::nan("");
  const auto forecast = make_forecast(input, quick(24), nullptr, kQuiet);
  ASSERT_TRUE(forecast) << forecast.error().message;
  EXPECT_EQ(forecast->model, "seasonal_naive");
  EXPECT_TRUE(says(*forecast, "is not known at the issue"));
  EXPECT_FALSE(make_forecast(input, quick(169), nullptr, kQuiet)) << "a week at most";
}

TEST(ModelRegistry, AKeptModelForecastsTheSame) {
  const auto library = trees_library();
  const ForecastInput input = synthetic_zone(220, 0.01, 17);
  const auto forecast = make_forecast(input, quick(24), library, kQuiet),
             again = make_forecast(input, quick(24), library, kQuiet);
  ASSERT_TRUE(forecast && again);
  const std::string json = model_json(*forecast->trained);
  EXPECT_EQ(json, model_json(*again->trained)) << "same data, same seed, same file";
  MemoryFileSystem files;
  const std::string path = "/models/" + model_file_name(json);
  files.write(path, json);
  const auto read = read_model(files, path);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(model_json(*read), json);
  const auto grid = make_day_grid(input, forecast->issued_at, 1);
  ASSERT_TRUE(grid);
  const auto members = predict_with(*read, *grid, 0, library);
  ASSERT_TRUE(members) << members.error().message;
  if (library) {
    ASSERT_EQ(members->size(), 3U);
    double sum = 0.0;
    for (std::size_t m = 0; m < 3; ++m) sum += read->weights[m].second * (*members)[m][5];
    EXPECT_NEAR(std::exp(sum), forecast->series.points[5].g_per_kwh, 1e-6);
  }
  EXPECT_FALSE(predict_with(*read, *grid, 1, library)) << "trained for one day";

  files.write(path, json.substr(0, json.size() - 2) + " }");
  EXPECT_EQ(read_model(files, path).error().kind, ErrorKind::kCorrupt) << "the name no longer fits";
  EXPECT_EQ(parse_model("x", "[1]").error().kind, ErrorKind::kCorrupt);
  EXPECT_EQ(parse_model("x", "{\"schema\": \"olivine.forecast_model/2\"}").error().kind, ErrorKind::kUnsupported);
  EXPECT_EQ(parse_model("x", "{\"schema\": \"olivine.forecast_model/1\"}").error().kind, ErrorKind::kCorrupt);
}

}  // namespace
}  // namespace olivine
