#include "units/estimate.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "base/prng.h"

namespace olivine {
namespace {

Estimate<Energy> kwh(double value, double half_range, std::string_view input) {
  return Estimate<Energy>::of(kilowatt_hours(value), kilowatt_hours(value - half_range),
                              kilowatt_hours(value + half_range), input);
}
Estimate<CarbonIntensity> shared_intensity() {
  return Estimate<CarbonIntensity>::of(grams_per_kilowatt_hour(400), grams_per_kilowatt_hour(320),
                                       grams_per_kilowatt_hour(480), "intensity:FR");
}

// METHODS 16: E 100 +- 10 and 80 +- 8 kWh, common intensity 400 +- 80.
TEST(Estimate, ASharedIntensityAddsInTheSumAndCancelsInTheDifference) {
  const auto first = product(kwh(100, 10, "energy:a"), shared_intensity());
  const auto second = product(kwh(80, 8, "energy:b"), shared_intensity());
  const auto all = sum(first, second);
  EXPECT_NEAR(in_grams(all.mean()), 72'000, 1e-6);
  EXPECT_NEAR(in_grams(all.upper()), 72'000 + 15'284, 0.5);
  EXPECT_NEAR(in_grams(all.lower()), 72'000 - 15'284, 0.5);
  const auto saved = difference(first, second);
  EXPECT_NEAR(in_grams(saved.mean()), 8'000, 1e-6);
  EXPECT_NEAR(in_grams(saved.upper()), 8'000 + 5'367, 0.5);
  EXPECT_NEAR(in_grams(saved.lower()), 8'000 - 5'367, 0.5);
}

// METHODS 16: 3,600 x 1 J with a common gain error of 5 %: +- 180 J; independent ones would give 3 J.
TEST(Estimate, ACommonGainDoesNotAverageOut) {
  Estimate<Energy> common, separate;
  for (int i = 0; i < 3600; ++i) {
    common = sum(common, Estimate<Energy>::of(joules(1), joules(0.95), joules(1.05), "gain:rapl"));
    if (i < 400)
      separate =
          sum(separate, Estimate<Energy>::of(joules(1), joules(0.95), joules(1.05), "gain:" + std::to_string(i)));
  }
  EXPECT_NEAR(in_joules(common.mean()), 3600, 1e-6);
  EXPECT_NEAR(in_joules(common.upper()), 3780, 1e-6);
  EXPECT_NEAR(in_joules(common.lower()), 3420, 1e-6);
  EXPECT_NEAR(in_joules(separate.upper() - separate.mean()), 0.05 * 20, 1e-9);
}

TEST(Estimate, ADifferenceOfTheSameThingIsExactlyZero) {
  const auto e = kwh(100, 10, "energy:a");
  const auto none = difference(e, e);
  EXPECT_EQ(in_joules(none.upper()), 0.0);
  EXPECT_EQ(in_joules(none.lower()), 0.0);
}

TEST(Spread, AMoveMaySitAtEitherBoundOfItsInput) {
  const Spread both_down(10.0, {{"x", -1.0, -3.0}});  // both bounds lower the value
  EXPECT_EQ(both_down.lower(), 7.0);
  EXPECT_EQ(both_down.upper(), 10.0);
  const Spread both_up(10.0, {{"x", 2.0, 1.0}});
  EXPECT_EQ(both_up.lower(), 10.0);
  EXPECT_EQ(both_up.upper(), 12.0);
  const Spread turned(10.0, {{"x", 1.0, -2.0}});  // 1/x falls as x rises
  EXPECT_EQ(turned.lower(), 8.0);
  EXPECT_EQ(turned.upper(), 11.0);
}

TEST(Spread, OneSidedMovesStayOneSided) {
  const Spread gap(100.0, {{"gap", 0.0, 20.0}});
  const Spread gain(50.0, {{"gain", -5.0, 5.0}});
  const Spread both = Spread::sum(gap, gain, 1.0);
  EXPECT_EQ(both.lower(), 145.0);
  EXPECT_NEAR(both.upper(), 150.0 + std::hypot(20.0, 5.0), 1e-12);
  const Spread minus = Spread::sum(gain, gap, -1.0);
  EXPECT_NEAR(minus.lower(), -50.0 - std::hypot(20.0, 5.0), 1e-12);
  EXPECT_EQ(minus.upper(), -45.0);
}

TEST(Spread, EqualInputsMergeAndAreSorted) {
  const Spread s(1.0, {{"b", -1, 1}, {"a", -2, 2}, {"b", -3, 3}});
  ASSERT_EQ(s.sensitivities().size(), 2U);
  EXPECT_EQ(s.sensitivities()[0], (Sensitivity{"a", -2, 2}));
  EXPECT_EQ(s.sensitivities()[1], (Sensitivity{"b", -4, 4}));
}

TEST(Spread, ANegativeFactorTurnsTheRangeAround) {
  const Spread s = Spread(10.0, {{"x", -1.0, 4.0}}).scaled(-2.0);
  EXPECT_EQ(s.mean(), -20.0);
  EXPECT_EQ(s.lower(), -28.0);
  EXPECT_EQ(s.upper(), -18.0);
}

TEST(Estimate, BoundsMustEncloseTheValue) {
  EXPECT_THROW(spread_of(1.0, 2.0, 3.0, "x"), std::logic_error);
  EXPECT_THROW(spread_of(1.0, 0.0, 0.5, "x"), std::logic_error);
  EXPECT_THROW(spread_of(std::nan(""), 0.0, 1.0, "x"), std::logic_error);
  EXPECT_TRUE(spread_of(1.0, 1.0, 1.0, "x").sensitivities().empty());
}

TEST(Estimate, AGainWidensAnEnergy) {
  const auto e =
      times(Estimate<Energy>::exactly(joules(99)), Estimate<Ratio>::of(ratio(1), ratio(0.95), ratio(1.1), "gain"));
  EXPECT_NEAR(in_joules(e.lower()), 94.05, 1e-9);
  EXPECT_NEAR(in_joules(e.upper()), 108.9, 1e-9);
  EXPECT_NEAR(in_joules(e.scaled(0.5).upper()), 54.45, 1e-9);
}

TEST(SpreadProperty, TheRangeEnclosesTheMeanAndSumsCommute) {
  for (std::uint64_t seed = 1; seed <= 20'000; ++seed) {
    Prng prng(seed);
    const auto random_spread = [&] {
      std::vector<Sensitivity> moves;
      for (std::uint64_t i = prng.below(4); i > 0; --i)
        moves.push_back(
            {std::string(1, static_cast<char>('a' + prng.below(3))), prng.between(-9, 9), prng.between(-9, 9)});
      return Spread(prng.between(-100, 100), std::move(moves));
    };
    const Spread a = random_spread(), b = random_spread();
    const Spread ab = Spread::sum(a, b, 1.0), ba = Spread::sum(b, a, 1.0);
    ASSERT_LE(a.lower(), a.mean()) << "seed " << seed;
    ASSERT_GE(a.upper(), a.mean()) << "seed " << seed;
    ASSERT_NEAR(ab.lower(), ba.lower(), 1e-9) << "seed " << seed;
    ASSERT_NEAR(ab.upper(), ba.upper(), 1e-9) << "seed " << seed;
    const Spread back = Spread::sum(ab, b, -1.0);  // a + b - b = a
    ASSERT_NEAR(back.lower(), a.lower(), 1e-9) << "seed " << seed;
    ASSERT_NEAR(back.upper(), a.upper(), 1e-9) << "seed " << seed;
  }
}

// First order against sampling: for small ranges the two agree (METHODS 16).
TEST(SpreadProperty, FirstOrderAgreesWithSamplingForSmallRanges) {
  Prng prng(7);
  const auto normal = [&] {
    double z = -6.0;
    for (int i = 0; i < 12; ++i) z += prng.uniform();
    return z;
  };
  std::vector<double> values;
  for (int i = 0; i < 40'000; ++i) {
    const double intensity = 400 + 8 / 1.96 * normal();
    values.push_back((100 + 2 / 1.96 * normal()) * intensity + (80 + 1.6 / 1.96 * normal()) * intensity);
  }
  std::sort(values.begin(), values.end());
  const auto intensity = Estimate<CarbonIntensity>::of(grams_per_kilowatt_hour(400), grams_per_kilowatt_hour(392),
                                                       grams_per_kilowatt_hour(408), "i");
  const auto all = sum(product(kwh(100, 2, "a"), intensity), product(kwh(80, 1.6, "b"), intensity));
  EXPECT_NEAR(in_grams(all.lower()), values[1000], 60.0);
  EXPECT_NEAR(in_grams(all.upper()), values[39'000], 60.0);
}

}  // namespace
}  // namespace olivine
