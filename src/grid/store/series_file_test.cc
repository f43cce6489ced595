#include "grid/store/series_file.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "base/prng.h"
#include "grid/store/intensity_unit.h"

namespace olivine {
namespace {

constexpr std::int64_t kNs = 1'000'000'000;
constexpr std::int64_t kHour = 3600;
constexpr std::int64_t kStart = 1'577'836'800;  // 2020-01-01T00:00Z

StoredSeries sample(std::vector<StoredPoint> points) {
  StoredSeries series;
  series.about.zone = "DE";
  series.about.source = "test";
  series.points = std::move(points);
  return series;
}

StoredPoint point(std::int64_t begin_s, std::uint32_t length_s, double value, bool estimated = false) {
  return {begin_s, length_s, estimated, value};
}

TEST(SeriesFile, HoldsWhatItWasGiven) {
  StoredSeries series = sample(
      {point(kStart, 3600, 274.05), point(kStart + kHour, 3600, 0.0, true), point(kStart + 5 * kHour, 3600, 12.0)});
  series.about = {"US-CAL-CISO", Signal::kMarginal, Boundary::kDirect,          "consumption", "included",
                  "co2",         "lb_per_mwh",      "somebody 2020, CC BY 4.0", "csv",         {"a note", "h\xc3\xa9"}};
  const std::string bytes = encode_series(series, {42}).value();
  const SeriesFile file = SeriesFile::open(bytes).value();
  const Dataset& d = file.dataset();
  EXPECT_EQ(d.about, series.about);
  EXPECT_EQ(d.imported_at, WallTime{42});
  EXPECT_EQ(d.points, 3U);
  EXPECT_EQ(d.missing, 3U);
  EXPECT_EQ(d.estimated, 1U);
  EXPECT_EQ(d.begin.ns, kStart * kNs);
  EXPECT_EQ(d.end.ns, (kStart + 6 * kHour) * kNs);
  EXPECT_EQ(d.steps_s, std::vector<std::int64_t>{3600});
  EXPECT_EQ(d.hash.size(), 32U);
  EXPECT_EQ(file.stored().value(), series.points);
  const auto answer = file.points({{kStart * kNs}, {(kStart + 2 * kHour) * kNs}}).value();
  ASSERT_EQ(answer.size(), 2U);
  EXPECT_DOUBLE_EQ(answer[0].g_per_kwh, 274.05 * 0.45359237);
  EXPECT_EQ(answer[0].lower, answer[0].g_per_kwh);
  EXPECT_TRUE(answer[1].estimated);
}

TEST(SeriesFile, TheHashIsOfTheContentAndNotOfTheImport) {
  const StoredSeries a = sample({point(kStart, 900, 1.0), point(kStart + 900, 900, 2.0)});
  StoredSeries b = a;
  b.points[1].value = 2.1;
  StoredSeries c = a;
  c.about.unit = "kg_per_kwh";
  const auto hash = [](const StoredSeries& s, std::int64_t at) {
    const std::string bytes = encode_series(s, {at}).value();
    return SeriesFile::open(bytes).value().dataset().hash;
  };
  EXPECT_EQ(hash(a, 1), hash(a, 99));
  EXPECT_NE(hash(a, 1), hash(b, 1));
  EXPECT_NE(hash(a, 1), hash(c, 1));
}

// Brute force: filter what was stored.
TEST(SeriesFile, EveryRangeEqualsAFilter) {
  Prng prng(5);
  for (int round = 0; round < 30; ++round) {
    std::vector<StoredPoint> points;
    std::int64_t t = kStart;
    const std::uint32_t lengths[] = {300, 900, 1800, 3600};
    std::uint32_t length = lengths[prng.below(4)];
    for (std::size_t i = 0; i < 3000; ++i) {
      if (prng.below(700) == 0) length = lengths[prng.below(4)];
      if (prng.below(10) == 0) t += static_cast<std::int64_t>(prng.below(prng.below(50) == 0 ? 5'000'000 : 10'000));
      points.push_back(point(t, length, static_cast<double>(prng.below(100'000)) / 100.0, prng.below(4) == 0));
      t += length;
    }
    const std::string bytes = encode_series(sample(points), {0}).value();
    const SeriesFile file = SeriesFile::open(bytes).value();
    EXPECT_EQ(file.stored().value(), points);
    for (int query = 0; query < 50; ++query) {
      const std::int64_t from = kStart + static_cast<std::int64_t>(prng.below(static_cast<std::uint64_t>(t - kStart)));
      const std::int64_t to = from + static_cast<std::int64_t>(prng.below(500'000));
      std::vector<IntensityPoint> expected;
      for (const StoredPoint& p : points)
        if (p.begin_s < to && from < p.begin_s + p.length_s)
          expected.push_back(exact_point({p.begin_s * kNs}, {(p.begin_s + p.length_s) * kNs}, p.value, p.estimated));
      EXPECT_EQ(file.points({{from * kNs}, {to * kNs}}).value(), expected);
    }
  }
}

TEST(SeriesFile, DaysOf23And25HoursAreNothingSpecial) {
  // Europe 2020: 29 March 01:00Z, 25 October 01:00Z. 366 days of hours without a gap or a double.
  std::vector<StoredPoint> points;
  for (std::int64_t h = 0; h < 366 * 24; ++h) points.push_back(point(kStart + h * kHour, 3600, static_cast<double>(h)));
  const std::string bytes = encode_series(sample(points), {0}).value();
  const SeriesFile file = SeriesFile::open(bytes).value();
  EXPECT_EQ(file.dataset().missing, 0U);
  const std::int64_t autumn = 1'603'584'000;  // 2020-10-25T00:00Z
  const auto local_day = file.points({{(autumn - 2 * kHour) * kNs}, {(autumn + 23 * kHour) * kNs}}).value();
  EXPECT_EQ(local_day.size(), 25U);
}

TEST(SeriesFile, RefusesWhatDoesNotFit) {
  const auto message = [](StoredSeries s) {
    const auto bytes = encode_series(s, {0});
    return bytes ? std::string("accepted") : bytes.error().message;
  };
  EXPECT_NE(message(sample({})).find("no points"), std::string::npos);
  EXPECT_NE(message(sample({point(kStart, 30, 1.0)})).find("a minute"), std::string::npos);
  EXPECT_NE(message(sample({point(kStart, 3600, 1.0), point(kStart + 60, 3600, 1.0)})).find("overlaps"),
            std::string::npos);
  EXPECT_NE(message(sample({point(kStart, 3600, std::numeric_limits<double>::quiet_NaN())})).find("not a number"),
            std::string::npos);
  EXPECT_NE(message(sample({point(std::int64_t{1} << 60U, 3600, 1.0)})).find("1900"), std::string::npos);
  StoredSeries climbing = sample({point(kStart, 3600, 1.0)});
  climbing.about.zone = "../etc";
  EXPECT_NE(message(climbing).find("zone key"), std::string::npos);
}

TEST(SeriesFile, EveryDamageIsFound) {
  std::vector<StoredPoint> points;
  for (std::int64_t h = 0; h < 3000; ++h)
    points.push_back(point(kStart + h * kHour, 3600, static_cast<double>(h % 700) + 0.25));
  const std::string good = encode_series(sample(points), {1}).value();
  for (std::size_t cut = 0; cut < good.size(); cut += 7)
    EXPECT_FALSE(SeriesFile::open(std::string_view(good).substr(0, cut))) << cut;
  Prng prng(9);
  for (int round = 0; round < 3000; ++round) {
    std::string bytes = good;
    const std::size_t at = prng.below(bytes.size());
    bytes[at] = static_cast<char>(bytes[at] ^ static_cast<char>(1U << prng.below(8)));
    const auto file = SeriesFile::open(bytes);
    if (!file) continue;
    const auto all = file->stored();  // damage in a block
    ASSERT_FALSE(all) << at;
    EXPECT_EQ(all.error().kind, ErrorKind::kCorrupt);
  }
}

TEST(IntensityUnit, HeadersSayTheirUnit) {
  const std::pair<const char*, const char*> cases[] = {{"carbon_intensity_g_per_kwh", "g_per_kwh"},
                                                       {"value gco2e_per_kwh", "g_per_kwh"},
                                                       {"Carbon Intensity gCO\xe2\x82\x82"
                                                        "eq/kWh (direct)",
                                                        "g_per_kwh"},
                                                       {"lbs_co2_per_mwh", "lb_per_mwh"},
                                                       {"MOER (lb/MWh)", "lb_per_mwh"},
                                                       {"moer lb/MWh", "lb_per_mwh"},
                                                       {"kg CO2/MWh", "kg_per_mwh"},
                                                       {"CO2 lb per kWh", "lb_per_kwh"},
                                                       {"t/MWh", "t_per_mwh"},
                                                       {"energy_kwh", ""},
                                                       {"mg/kWh", ""},
                                                       {"Carbon Intensity", ""},
                                                       {"", ""}};
  for (const auto& [header, unit] : cases) {
    const auto found = unit_in(header);
    EXPECT_EQ(found ? std::string(found->name) : "", unit) << header;
  }
  EXPECT_EQ(intensity_unit("g/kWh")->name, "g_per_kwh");
  EXPECT_DOUBLE_EQ(intensity_unit("lb_per_mwh")->g_per_kwh, 0.45359237);  // WattTime's 870 lb/MWh is 394.6 g/kWh
  EXPECT_FALSE(intensity_unit("furlong"));
}

}  // namespace
}  // namespace olivine
