#include "grid/signals/marginal_regression.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/prng.h"
#include "base/text.h"
#include "grid/import/byte_source.h"
#include "grid/mixes/mix_file.h"
#include "grid/signals/avert_rates.h"
#include "grid/signals/shared_data_fixture.h"

namespace olivine {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

const std::vector<FuelFactor> kStated{{"COL", 1003.7, Boundary::kDirect, "stated"},
                                      {"NG", 430.0, Boundary::kDirect, "stated"},
                                      {"OIL", 740.0, Boundary::kDirect, "stated"}};
const MarginalModel kPublished{kStated, {"COL", "NG", "OIL", "WAT"}};

struct Known {
  std::string zone;
  double slope_g_per_kwh, followed_share;
};

// METHODS 12, to 0.1 g/kWh and to the third digit of the share.
TEST(MarginalKnownAnswers, Mixes2022) {
  if (!shared_data("grid/fuel_mix_2022")) GTEST_SKIP() << "no ../shared/data";
  RealFileSystem files;
  for (const Known& known : {Known{"ERCO", 520.25, 0.993}, Known{"MISO", 590.11, 0.932}, Known{"PJM", 502.75, 0.775},
                             Known{"CISO", 327.36, 0.638}, Known{"NYIS", 328.35, 0.704}}) {
    const auto mix = read_one_mix(files, shared_data("grid/fuel_mix_2022/" + known.zone + ".csv.gz").value(), {});
    ASSERT_TRUE(mix) << mix.error().message;
    const auto estimate = estimate_marginal(*mix, kPublished, MarginalGrouping::kNone);
    ASSERT_TRUE(estimate) << estimate.error().message;
    ASSERT_TRUE(estimate->fit.identifiable) << known.zone << ": " << estimate->fit.reason;
    EXPECT_NEAR(*estimate->fit.slope_g_per_kwh, known.slope_g_per_kwh, 0.0051) << known.zone;
    EXPECT_NEAR(*estimate->fit.followed_share, known.followed_share, 0.00051) << known.zone;
    EXPECT_GT(*estimate->fit.r2, 0.86) << known.zone;
    EXPECT_LT(*estimate->fit.standard_error_g_per_kwh, 3.0) << known.zone;
    EXPECT_EQ(estimate->fit.n + estimate->dropped_missing, 8759U) << known.zone;
    EXPECT_EQ(estimate->followers, (std::vector<std::string>{"OIL", "NG", "COL"})) << known.zone;
  }
}

TEST(MarginalKnownAnswers, RiversAreRefused) {
  const auto file = shared_data("grid/fuel_mix_2022/BPAT.csv.gz");
  if (!file) GTEST_SKIP() << "no ../shared/data";
  RealFileSystem files;
  const auto mix = read_one_mix(files, *file, {});
  ASSERT_TRUE(mix);
  const auto estimate = estimate_marginal(*mix, kPublished, MarginalGrouping::kNone);
  ASSERT_TRUE(estimate);
  EXPECT_FALSE(estimate->fit.identifiable);
  EXPECT_FALSE(estimate->fit.slope_g_per_kwh);
  EXPECT_FALSE(estimate->fit.standard_error_g_per_kwh);
  EXPECT_NEAR(*estimate->fit.followed_share, 0.011, 0.0005);
  EXPECT_NEAR(*estimate->fit.r2, 0.038, 0.001);
  EXPECT_NE(estimate->fit.reason.find("1.1 %"), std::string::npos) << estimate->fit.reason;
  EXPECT_EQ(estimate->followed_by.front().column, "WAT");
  EXPECT_GT(estimate->followed_by.front().share, 0.9);
}

// reference/grid-and-scheduling.md 1.3: over the deciles ERCO falls 578 -> 508, MISO 632 -> 495, PJM 538 -> 446.
TEST(MarginalKnownAnswers, LoadDeciles) {
  if (!shared_data("grid/fuel_mix_2022")) GTEST_SKIP() << "no ../shared/data";
  RealFileSystem files;
  const struct {
    std::string zone;
    double first, last;
  } rows[] = {{"ERCO", 578.0, 508.0}, {"MISO", 632.0, 495.0}, {"PJM", 538.0, 446.0}};
  for (const auto& row : rows) {
    const auto mix = read_one_mix(files, shared_data("grid/fuel_mix_2022/" + row.zone + ".csv.gz").value(), {});
    ASSERT_TRUE(mix);
    const auto estimate = estimate_marginal(*mix, kPublished, MarginalGrouping::kLoadDecile);
    ASSERT_TRUE(estimate);
    ASSERT_EQ(estimate->groups.size(), 10U);
    EXPECT_NEAR(estimate->groups.front().fit.slope_g_per_kwh.value(), row.first, 1.0) << row.zone;
    EXPECT_NEAR(estimate->groups.back().fit.slope_g_per_kwh.value(), row.last, 1.0) << row.zone;
  }
}

TEST(AvertRates, AreTheMeansOfTheFile) {
  EXPECT_EQ(avert_rate("US-TEX-ERCO")->region, "TE");
  EXPECT_EQ(avert_rate("ciso")->region, "CA");
  EXPECT_FALSE(avert_rate("FR"));
  EXPECT_FALSE(avert_rate(""));
  const auto file = shared_data("grid/avert_2022_marginal_lb_per_kwh.csv.gz");
  if (!file) GTEST_SKIP() << "no ../shared/data";
  RealFileSystem files;
  const std::string text = read_input(files, *file, 4U << 20U).value();
  const auto lines = split(text, '\n');
  const auto names = split(trim(lines[0]), ',');
  ASSERT_EQ(names.size(), 19U);
  for (std::size_t column = 2; column < 16; ++column) {
    double sum = 0.0;
    std::size_t count = 0;
    for (std::size_t i = 1; i < lines.size(); ++i) {
      if (lines[i].empty()) continue;
      sum += parse_double(split(trim(lines[i]), ',')[column]).value();
      ++count;
    }
    ASSERT_EQ(count, 8760U);
    ASSERT_TRUE(avert_region_rate(names[column])) << names[column];
    EXPECT_NEAR(avert_region_rate(names[column])->g_per_kwh, sum / 8760.0 * 453.59237, 0.005) << names[column];
  }
}

GenerationMix random_mix(Prng& random, std::size_t rows, bool exchanges) {
  GenerationMix mix;
  mix.zone = "XX";
  mix.source = "random";
  mix.step = hours(1);
  const std::vector<std::pair<std::string, Fuel>> columns{
      {"COL", Fuel::kCoal}, {"NG", Fuel::kGas}, {"WAT", Fuel::kHydro}, {"WND", Fuel::kWind}, {"NUC", Fuel::kNuclear}};
  for (const auto& [name, fuel] : columns) mix.fuels.push_back({name, fuel, {}});
  if (exchanges) mix.exchanges.push_back({"YY", {}});
  std::int64_t hour = 0;
  for (std::size_t i = 0; i < rows; ++i) {
    mix.begin.push_back({hour * hours(1).ns});
    hour += random.below(20) == 0 ? 3 : 1;
    for (MixColumn& column : mix.fuels) column.mw.push_back(random.below(30) == 0 ? kNaN : random.between(0.0, 1000.0));
    for (MixExchange& exchange : mix.exchanges) exchange.mw.push_back(random.between(-100.0, 100.0));
  }
  return mix;
}

// The definition again, straight from the text, one pass a row and no roles.
struct Brute {
  std::size_t n = 0, missing = 0, gaps = 0;
  double xx = 0, xy = 0, yy = 0, zz = 0, zf = 0;
};
Brute brute_force(const GenerationMix& mix) {
  Brute b;
  const auto at = [&](const char* name, std::size_t row) { return mix.find(name)->mw[row]; };
  for (std::size_t i = 1; i < mix.rows(); ++i) {
    if (mix.begin[i].ns - mix.begin[i - 1].ns != hours(1).ns) {
      ++b.gaps;
      continue;
    }
    const double col = at("COL", i) - at("COL", i - 1), ng = at("NG", i) - at("NG", i - 1);
    const double wat = at("WAT", i) - at("WAT", i - 1), nuc = at("NUC", i) - at("NUC", i - 1);
    const double wnd = at("WND", i) - at("WND", i - 1);
    const double imports = mix.exchanges.empty() ? 0.0 : mix.exchanges[0].mw[i] - mix.exchanges[0].mw[i - 1];
    if (std::isnan(col + ng + wat + nuc + wnd)) {
      ++b.missing;
      continue;
    }
    const double x = col + ng + wat, y = 1003.7 * col + 430.0 * ng, z = col + ng + wat + nuc + imports, f = col + ng;
    ++b.n;
    b.xx += x * x;
    b.xy += x * y;
    b.yy += y * y;
    b.zz += z * z;
    b.zf += z * f;
  }
  return b;
}

TEST(MarginalProperty, EqualsTheDefinitionOnRandomMixes) {
  std::size_t identified = 0, refused = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Prng random(seed);
    GenerationMix mix = random_mix(random, 20 + random.below(200), seed % 2 == 0);
    if (seed % 3 == 0)  // a calm river and reactor: coal and gas follow
      for (const char* name : {"WAT", "NUC"})
        for (double& mw : const_cast<MixColumn*>(mix.find(name))->mw) mw *= 0.1;
    const Brute b = brute_force(mix);
    const MarginalModel model{{kStated[0], kStated[1]}, {"COL", "NG", "WAT"}};
    const auto estimate = estimate_marginal(mix, model, MarginalGrouping::kHourOfDay);
    ASSERT_TRUE(estimate) << estimate.error().message;
    EXPECT_EQ(estimate->fit.n, b.n);
    EXPECT_EQ(estimate->dropped_missing, b.missing);
    EXPECT_EQ(estimate->dropped_gaps, b.gaps);
    const double slope = b.xy / b.xx, rest = b.yy - slope * b.xy;
    EXPECT_NEAR(estimate->fit.followed_share.value(), b.zf / b.zz, 1e-12);
    EXPECT_NEAR(estimate->fit.r2.value(), 1.0 - rest / b.yy, 1e-9);
    const bool good = b.n >= 10 && b.zf / b.zz >= 0.5 && 1.0 - rest / b.yy >= 0.5;
    EXPECT_EQ(estimate->fit.identifiable, good);
    EXPECT_EQ(estimate->fit.slope_g_per_kwh.has_value(), good);
    EXPECT_EQ(estimate->fit.reason.empty(), good);
    if (good) {
      EXPECT_NEAR(*estimate->fit.slope_g_per_kwh, slope, 1e-8);
      EXPECT_NEAR(*estimate->fit.standard_error_g_per_kwh, std::sqrt(rest / static_cast<double>(b.n - 1) / b.xx), 1e-6);
    }
    (good ? identified : refused) += 1;
    std::size_t in_groups = 0;
    for (const MarginalGroup& group : estimate->groups) in_groups += group.fit.n;
    EXPECT_EQ(in_groups, b.n);
  }
  EXPECT_GT(identified, 20U);
  EXPECT_GT(refused, 20U);
}

// Four differences by hand: x = 1, 2, -1, 2; y = 400, 900, -350, 1000.
//   slope = (400 + 1800 + 350 + 2000) / 10 = 455; residuals -55, -10, 105, 90; their squares sum to 22,250
TEST(FitThroughOrigin, ByHand) {
  std::vector<MarginalDifference> d{{1, 400, 1, 1}, {2, 900, 2, 2}, {-1, -350, -1, -1}, {2, 1000, 2, 2}};
  const MarginalFit few = fit_through_origin(d);
  EXPECT_FALSE(few.identifiable);
  EXPECT_NE(few.reason.find("only 4 differences"), std::string::npos);
  EXPECT_NEAR(*few.r2, 1.0 - 22250.0 / 2092500.0, 1e-12);
  std::vector<MarginalDifference> thrice;
  for (int i = 0; i < 3; ++i) thrice.insert(thrice.end(), d.begin(), d.end());
  const MarginalFit fit = fit_through_origin(thrice);
  ASSERT_TRUE(fit.identifiable) << fit.reason;
  EXPECT_NEAR(*fit.slope_g_per_kwh, 455.0, 1e-9);
  EXPECT_NEAR(*fit.standard_error_g_per_kwh, std::sqrt(3 * 22250.0 / 11.0 / 30.0), 1e-9);
  EXPECT_NEAR(*fit.followed_share, 1.0, 1e-12);
}

TEST(FitThroughOrigin, NothingChanges) {
  EXPECT_FALSE(fit_through_origin({}).identifiable);
  const std::vector<MarginalDifference> still(20);
  EXPECT_EQ(fit_through_origin(still).reason, "net load never changes");
  const std::vector<MarginalDifference> clean(20, MarginalDifference{1, 0, 1, 1});
  EXPECT_EQ(fit_through_origin(clean).reason, "emissions never change");
  std::vector<MarginalDifference> noise;
  for (int i = 0; i < 20; ++i) noise.push_back({1, i % 2 == 0 ? 100.0 : -100.0, 1, 1});
  EXPECT_NE(fit_through_origin(noise).reason.find("r2"), std::string::npos);
}

TEST(MarginalModelNames, AreCheckedAndSaid) {
  Prng random(1);
  const GenerationMix mix = random_mix(random, 50, false);
  const auto error = [&](MarginalModel model) {
    const auto estimate = estimate_marginal(mix, model, MarginalGrouping::kNone);
    return estimate ? std::string("none") : estimate.error().message;
  };
  EXPECT_NE(error({kStated, {}}).find("no column 'OIL' for the factor OIL=740"), std::string::npos);
  EXPECT_NE(error({{kStated[0]}, {"COL", "GAS"}}).find("no column 'GAS'"), std::string::npos);
  EXPECT_NE(error({{kStated[0]}, {"COL", "NG"}}).find("regressor NG has no factor"), std::string::npos);
  EXPECT_NE(error({{}, {"COL"}}).find("no fuel factors"), std::string::npos);
  // Coal alone has a factor: gas is left out of the default regressors, and that is said.
  const auto coal = estimate_marginal(mix, {{kStated[0]}, {}}, MarginalGrouping::kNone);
  ASSERT_TRUE(coal) << coal.error().message;
  EXPECT_EQ(coal->regressors, (std::vector<std::string>{"COL", "WAT"}));
  EXPECT_EQ(coal->notes, std::vector<std::string>{"NG has no factor and is left out of the regressors"});
  // A table by fuel serves the regressors only: wind's 11 g/kWh is no answer to load.
  const auto table = estimate_marginal(mix, {default_fuel_factors(Boundary::kLifecycle), {}}, MarginalGrouping::kNone);
  ASSERT_TRUE(table) << table.error().message;
  EXPECT_EQ(table->factors.size(), 3U);
  EXPECT_EQ(table->factors[2].g_per_kwh, 24.0);
  EXPECT_EQ(table->boundary, Boundary::kLifecycle);
}

TEST(MarginalSteps, LongerThanAnHourAreRefused) {
  Prng random(1);
  GenerationMix mix = random_mix(random, 50, false);
  for (std::size_t i = 0; i < mix.rows(); ++i) mix.begin[i].ns = static_cast<std::int64_t>(i) * hours(24).ns;
  mix.step = hours(24);
  EXPECT_FALSE(estimate_marginal(mix, {{kStated[0], kStated[1]}, {}}, MarginalGrouping::kNone));
}

}  // namespace
}  // namespace olivine
