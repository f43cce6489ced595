// Samples of real answers (shared/data/api; skipped where absent). The intensities of the mix were computed apart, in Python.
#include <gtest/gtest.h>

#include <cstdlib>

#include "base/file_system.h"
#include "grid/providers/answer_xml.h"
#include "grid/providers/eia.h"
#include "grid/providers/entsoe.h"
#include "grid/providers/scripted_fixture.h"

namespace olivine {
namespace {

std::string sample(const std::string& name) {
  const char* given = std::getenv("OLIVINE_SHARED_DATA");
  const std::string root = given != nullptr ? given : OLIVINE_SOURCE_DIR "/../shared/data";
  RealFileSystem files;
  return read_text(files, root + "/api/" + name).value_or("");
}
#define SAMPLE(variable, name)               \
  const std::string variable = sample(name); \
  if ((variable).empty()) GTEST_SKIP() << "shared/data/api is not here"

TEST(Samples, EntsoeProductionOfBelgium) {
  SAMPLE(body, "entsoe_production.xml");
  const auto mix = parse_entsoe(body, "10YBE----------2");
  ASSERT_TRUE(mix) << mix.error().message;
  EXPECT_EQ(mix->kinds.size(), 13U);  // twelve types, and pumping beside its generation
  IntensitySeries series;
  series.zone = "BE";
  ASSERT_TRUE(add_intensity(*mix, {at("2024-01-01T00:00Z"), at("2024-01-01T02:00Z")}, series));
  ASSERT_EQ(series.points.size(), 2U);
  EXPECT_NEAR(series.points[0].g_per_kwh, 92.15113196002447, 1e-9);
  EXPECT_NEAR(series.points[1].g_per_kwh, 88.02809509107749, 1e-9);
  EXPECT_FALSE(parse_entsoe(body, "10YFR-RTE------C"));
}

TEST(Samples, EntsoeOmittedPositions) {
  SAMPLE(zeros, "fake_time_series_all_0.xml");
  const std::string head = "<GL_MarketDocument><type>A75</type>", tail = "</GL_MarketDocument>";
  const auto all = parse_entsoe(head + zeros + tail, "10Y1001A1001A47J");
  ASSERT_TRUE(all) << all.error().message;
  ASSERT_EQ(all->kinds.size(), 1U);
  EXPECT_EQ(all->kinds[0].mw.size(), 71U);  // one Point for 71 hours
  for (const auto& [time, mw] : all->kinds[0].mw) EXPECT_EQ(mw, 0.0);
  SAMPLE(some, "fake_time_series.xml");
  const auto mix = parse_entsoe(head + some + tail, "10Y1001A1001A47J");
  ASSERT_TRUE(mix) << mix.error().message;
  const auto& mw = mix->kinds[0].mw;
  EXPECT_EQ(mw.size(), 71U);
  EXPECT_EQ(mw.at(at("2025-10-20T14:00Z")), 0.4);  // position 4
  EXPECT_EQ(mw.at(at("2025-10-20T15:00Z")), 0.4);  // position 5 is left out
  EXPECT_EQ(mw.at(at("2025-10-20T16:00Z")), 0.5);
  EXPECT_EQ(mw.at(at("2025-10-20T19:00Z")), 0.4);  // 8 and 9 are left out
  EXPECT_EQ(mw.at(at("2025-10-23T08:00Z")), 0.8);  // 70 is left out
  EXPECT_EQ(mw.at(at("2025-10-23T09:00Z")), 0.9);
}

TEST(Samples, EiaWithNullsAndStorage) {
  SAMPLE(nulls, "US-NW-PGE-with-nulls.json");
  const auto page = parse_eia(nulls, "PGE");
  ASSERT_TRUE(page) << page.error().message;
  ASSERT_EQ(page->rows.size(), 2U);
  EXPECT_EQ(page->total, 3U);
  EXPECT_EQ(page->rows[0].begin, at("2022-10-31T10:00Z"));  // its period is the end of the hour
  EXPECT_EQ(page->rows[0].mwh, std::nullopt);
  EXPECT_EQ(page->rows[1].mwh, 400.0);
  SAMPLE(battery, "US_CAL_IID-battery_storage.json");
  EXPECT_EQ(eia_fuel(parse_eia(battery, "EIA").value().rows[0].fuel), Fuel::kStorage);
  SAMPLE(empty, "US_CAR_SC-nuclear.json");
  EXPECT_EQ(parse_eia(empty, "SC").value().total, 0U);
}

TEST(Samples, PricesAreNoGeneration) {
  SAMPLE(prices, "FR_prices.xml");
  EXPECT_EQ(parse_entsoe(prices, "10YFR-RTE------C").error().kind, ErrorKind::kInvalid);
}

}  // namespace
}  // namespace olivine
