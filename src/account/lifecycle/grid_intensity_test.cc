#include "account/lifecycle/grid_intensity.h"

#include <gtest/gtest.h>

#include "base/wall_time_text.h"
#include "grid/shipped_span.h"

namespace olivine {
namespace {

WallTime at(const char* text) { return parse_wall_time(text).value(); }

// A store with one hour at a made-up 1,000 g/kWh.
class OneHour final : public IntensityProvider {
 public:
  explicit OneHour(WallTime begin) : point_(exact_point(begin, {begin.ns + 3'600'000'000'000}, 1000.0)) {}
  Result<IntensitySeries> points(const IntensityQuery& query) override {
    if (query.zone != "FR" || query.signal != Signal::kAverage || query.boundary != boundary)
      return fail(ErrorKind::kNotFound, "not kept");
    IntensitySeries series;
    series.zone = query.zone;
    series.boundary = query.boundary;
    series.dataset = "0123456789abcdef0123";
    series.points = {point_};
    return series;
  }
  Boundary boundary = Boundary::kLifecycle;

 private:
  IntensityPoint point_;
};

double profile(const char* begin, const char* end) {
  const IntensitySeries series = shipped_span({"FR", {at(begin), at(end)}}).value().series;
  double sum = 0.0;
  for (const IntensityPoint& p : series.points) sum += p.g_per_kwh;
  return sum / static_cast<double>(series.points.size());
}

SpanIntensityQuery query(const char* begin, const char* end) {
  return {"FR", WallInterval{at(begin), at(end)}, {}, Signal::kAverage, std::nullopt};
}

// The hours of each year at that year's level, as everywhere else (grid/shipped_span.h).
TEST(GridIntensity, ASpanOverTheYearsEndHasBothLevels) {
  GridIntensity grid(nullptr, at("2023-06-01"));
  const auto found = grid.over(query("2022-12-31T22:00Z", "2023-01-01T02:00Z"));
  ASSERT_TRUE(found && found->g_per_kwh);
  EXPECT_NEAR(*found->g_per_kwh, profile("2022-12-31T22:00Z", "2023-01-01T02:00Z"), 1e-9);
  EXPECT_GT(std::abs(*found->g_per_kwh - (profile("2022-12-31T22:00Z", "2022-12-31T23:00Z") +
                                          profile("2022-12-31T23:00Z", "2023-01-01T00:00Z")) /
                                             2),
            1.0);
}

// 10:30 to 13:00, of which the store has 10:30 to 11:00: a fifth at 1,000 g/kWh, the rest at what 11 and 12 o'clock have, which is not
// what the whole span has.
TEST(GridIntensity, HoursThatTheSeriesLacksKeepTheirOwnPrice) {
  OneHour store(at("2022-07-05T10:00Z"));
  GridIntensity grid(&store, at("2023-06-01"));
  const auto found = grid.over(query("2022-07-05T10:30Z", "2022-07-05T13:00Z"));
  ASSERT_TRUE(found && found->g_per_kwh);
  EXPECT_NEAR(found->coverage, 0.2, 1e-12);
  EXPECT_NEAR(*found->g_per_kwh, 0.2 * 1000.0 + 0.8 * profile("2022-07-05T11:00Z", "2022-07-05T13:00Z"), 1e-9);
  EXPECT_NE(profile("2022-07-05T11:00Z", "2022-07-05T13:00Z"), profile("2022-07-05T10:00Z", "2022-07-05T13:00Z"));
  ASSERT_FALSE(found->notes.empty());
  EXPECT_NE(found->notes.back().find("covers 20.0 %"), std::string::npos) << found->notes.back();
}

// A direct series is no answer to a question for a lifecycle average (METHODS 9).
TEST(GridIntensity, ADirectSeriesNeverStandsForALifecycleOne) {
  OneHour store(at("2022-07-05T10:00Z"));
  store.boundary = Boundary::kDirect;
  GridIntensity grid(&store, at("2023-06-01"));
  SpanIntensityQuery q = query("2022-07-05T10:00Z", "2022-07-05T11:00Z");
  EXPECT_NEAR(*grid.over(q)->g_per_kwh, profile("2022-07-05T10:00Z", "2022-07-05T11:00Z"), 1e-9);
  q.boundary = Boundary::kDirect;
  EXPECT_NEAR(*grid.over(q)->g_per_kwh, 1000.0, 1e-9);
}

}  // namespace
}  // namespace olivine
