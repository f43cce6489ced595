#include "grid/signals/generation_mix.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <map>

#include "base/text.h"
#include "grid/import/byte_source.h"
#include "grid/mixes/mix_file.h"
#include "grid/signals/shared_data_fixture.h"

namespace olivine {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

GenerationMix two_fuels(std::vector<double> coal_mw, std::vector<double> wind_mw) {
  GenerationMix mix;
  mix.zone = "XX";
  mix.source = "test";
  mix.step = hours(1);
  for (std::size_t i = 0; i < coal_mw.size(); ++i) mix.begin.push_back({static_cast<std::int64_t>(i) * hours(1).ns});
  mix.fuels = {{"COL", Fuel::kCoal, std::move(coal_mw)}, {"WND", Fuel::kWind, std::move(wind_mw)}};
  return mix;
}

TEST(Fuels, NamesOfManySources) {
  EXPECT_EQ(fuel_from("NG"), Fuel::kGas);
  EXPECT_EQ(fuel_from("natural_gas"), Fuel::kGas);
  EXPECT_EQ(fuel_from("Fossil Brown coal/Lignite"), Fuel::kCoal);
  EXPECT_EQ(fuel_from("Hydro Pumped Storage"), Fuel::kStorage);
  EXPECT_EQ(fuel_from("avg_CI"), std::nullopt);
  EXPECT_EQ(fuel_from(""), std::nullopt);
  for (int f = 0; f <= static_cast<int>(Fuel::kOther); ++f)
    EXPECT_EQ(fuel_from(name_of(static_cast<Fuel>(f))), static_cast<Fuel>(f));
}

TEST(Fuels, FactorsOfTwoTypesAreRefused) {
  std::vector<FuelFactor> factors = default_fuel_factors(Boundary::kDirect);
  EXPECT_EQ(uniform_boundary(factors).value(), Boundary::kDirect);
  factors.push_back(default_fuel_factors(Boundary::kLifecycle).front());
  const auto mixed = uniform_boundary(factors);
  ASSERT_FALSE(mixed);
  EXPECT_NE(mixed.error().message.find("two types"), std::string::npos);
  EXPECT_FALSE(uniform_boundary({}));
  EXPECT_FALSE(uniform_boundary(std::vector<FuelFactor>{{"COL", -1.0, Boundary::kDirect, ""}}));
  EXPECT_FALSE(uniform_boundary(std::vector<FuelFactor>{{"COL", 1e6, Boundary::kDirect, ""}}));
  EXPECT_FALSE(uniform_boundary(std::vector<FuelFactor>{{"COL", kNaN, Boundary::kDirect, ""}}));
}

TEST(AverageIntensity, WorkedExample) {
  const auto series = average_intensity(two_fuels({100.0}, {100.0}), default_fuel_factors(Boundary::kLifecycle));
  ASSERT_TRUE(series) << series.error().message;
  ASSERT_EQ(series->points.size(), 1U);
  EXPECT_DOUBLE_EQ(series->points[0].g_per_kwh, 415.5);
  EXPECT_EQ(series->boundary, Boundary::kLifecycle);
  EXPECT_EQ(series->signal, Signal::kAverage);
  EXPECT_EQ(series->accounting, "production");
  EXPECT_TRUE(check(*series));
}

TEST(AverageIntensity, UnknownAndNothingAreGaps) {
  const auto series = average_intensity(two_fuels({100.0, kNaN, 0.0, 50.0}, {0.0, 10.0, 0.0, -50.0}),
                                        default_fuel_factors(Boundary::kDirect));
  ASSERT_TRUE(series);
  ASSERT_EQ(series->points.size(), 2U);
  EXPECT_EQ(series->points[0].g_per_kwh, 760.0);
  EXPECT_EQ(series->points[1].begin.ns, hours(3).ns);
  EXPECT_EQ(series->points[1].g_per_kwh, 760.0);  // -50 MW is a load: neither generation nor a subtraction of carbon
  EXPECT_EQ(series->notes, std::vector<std::string>{"1 steps hold negative generation, taken as load"});
}

TEST(AverageIntensity, AColumnThatGeneratesNeedsAFactor) {
  const std::vector<FuelFactor> coal{{"COL", 800.0, Boundary::kDirect, "test"}};
  const auto none = average_intensity(two_fuels({1.0}, {1.0}), coal);
  ASSERT_FALSE(none);
  EXPECT_NE(none.error().message.find("WND"), std::string::npos);
  EXPECT_TRUE(average_intensity(two_fuels({1.0}, {0.0}), coal));
}

TEST(GenerationMixCheck, Shape) {
  EXPECT_TRUE(check(two_fuels({1.0, 2.0}, {kNaN, 2.0})));
  EXPECT_FALSE(check(two_fuels({1.0, 2.0}, {1.0})));
  EXPECT_FALSE(check(two_fuels({1.0}, {std::numeric_limits<double>::infinity()})));
  GenerationMix close = two_fuels({1.0, 2.0}, {1.0, 2.0});
  close.begin[1].ns = 1;
  EXPECT_FALSE(check(close));
  GenerationMix twice = two_fuels({1.0}, {1.0});
  twice.fuels[1].name = "col";
  EXPECT_FALSE(check(twice));
}

TEST(NetLoad, LeavesOutWeatherAndAddsImports) {
  GenerationMix mix = two_fuels({100.0}, {30.0});
  EXPECT_EQ(total_mw(mix, 0), 130.0);
  EXPECT_EQ(net_load_mw(mix, 0), 100.0);
  mix.exchanges = {{"YY", {-25.0}}};
  EXPECT_EQ(net_load_mw(mix, 0), 75.0);
  mix.exchanges[0].mw[0] = kNaN;
  EXPECT_TRUE(std::isnan(net_load_mw(mix, 0)));
}

// The factors behind the published series (DACF, table 1): not the product's.
std::vector<FuelFactor> published_factors(Boundary boundary) {
  const bool direct = boundary == Boundary::kDirect;
  std::vector<FuelFactor> factors = default_fuel_factors(boundary);
  for (FuelFactor& f : factors) {
    if (f.column == "oil") f.g_per_kwh = direct ? 406.0 : 650.0;
    if (f.column == "solar") f.g_per_kwh = direct ? 0.0 : 45.0;
  }
  return factors;
}

// The fuel mixes and the published intensities of EIA-930 are two files; the same factors lead from one to the other.
TEST(AverageIntensity, EqualsThePublishedSeriesOf2022) {
  const auto published = shared_data("grid/eia930_6ba_2019_2022.csv.gz");
  const auto mix_file = shared_data("grid/fuel_mix_2022/ERCO.csv.gz");
  if (!published || !mix_file) GTEST_SKIP() << "no ../shared/data";
  RealFileSystem files;
  const auto mix = read_one_mix(files, *mix_file, {});
  ASSERT_TRUE(mix) << mix.error().message;
  const auto text = read_input(files, *published, 8U << 20U);
  ASSERT_TRUE(text);
  const std::vector<std::string_view> lines = split(*text, '\n');
  const std::vector<std::string_view> names = split(trim(lines[0]), ',');
  for (const Boundary boundary : {Boundary::kDirect, Boundary::kLifecycle}) {
    const std::string wanted = boundary == Boundary::kDirect ? "ERCO_direct" : "ERCO_lifecycle";
    const auto column = static_cast<std::size_t>(std::find(names.begin(), names.end(), wanted) - names.begin());
    std::map<std::int64_t, double> by_time;
    for (std::size_t i = 1; i < lines.size(); ++i) {
      if (lines[i].empty()) continue;
      const auto fields = split(trim(lines[i]), ',');
      by_time[parse_utc_time(fields[0]).value().time.ns] = parse_double(fields[column]).value();
    }
    const auto series = average_intensity(*mix, published_factors(boundary));
    ASSERT_TRUE(series);
    EXPECT_EQ(series->points.size(), 8760U);
    std::size_t equal = 0;
    for (const IntensityPoint& p : series->points)
      if (by_time.contains(p.begin.ns) && std::abs(by_time[p.begin.ns] - p.g_per_kwh) <= 0.006) ++equal;
    EXPECT_GE(equal, 8700U) << wanted;
  }
}

}  // namespace
}  // namespace olivine
