#include "engine/energy_curve.h"

#include <gtest/gtest.h>

#include "base/prng.h"

namespace olivine {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
WallTime at(double s) { return {static_cast<std::int64_t>(s * 1e9)}; }
EnergyAmount j(std::int64_t v) { return microjoule_amount(v * 1'000'000); }

TEST(EnergyCurve, FactsOfFiveMinutesAreOneSlice) {
  EnergyCurve curve;
  curve.add(at(180), at(181), j(5), j(1));
  curve.add(at(240), at(241), j(3), j(2));
  const auto slices = curve.slices(0.5);
  ASSERT_EQ(slices.size(), 1U);
  EXPECT_EQ(slices[0].interval.begin, at(180));
  EXPECT_EQ(slices[0].interval.end, at(241));
  EXPECT_DOUBLE_EQ(in_joules(slices[0].energy), 9.5);
}

TEST(EnergyCurve, AFactOverTwoStepsIsItsOwnSlice) {
  EnergyCurve curve;
  curve.add(at(0), at(290), j(1), {});
  curve.add(at(290), at(310), j(2), {});
  curve.add(at(290), at(310), j(4), {});  // another component, the same span
  curve.add(at(310), at(320), j(8), {});
  const auto slices = curve.slices(0.0);
  ASSERT_EQ(slices.size(), 3U);
  EXPECT_DOUBLE_EQ(in_joules(slices[1].energy), 6.0);
}

TEST(EnergyCurve, AClockThatStepsBackLosesNothing) {
  EnergyCurve curve;
  curve.add(at(1000), at(400), j(7), {});
  const auto slices = curve.slices(0.0);
  ASSERT_EQ(slices.size(), 1U);
  EXPECT_EQ(slices[0].interval.begin, slices[0].interval.end);
  EXPECT_DOUBLE_EQ(in_joules(slices[0].energy), 7.0);
}

// A month at half a second for four components: bounded, and not a microjoule is lost.
TEST(EnergyCurve, AMonthStaysSmallAndWhole) {
  EnergyCurve curve;
  Prng random(3);
  std::int64_t total = 0;
  for (std::int64_t s = 0; s < 31 * 86'400; s += 20)
    for (int component = 0; component < 4; ++component) {
      const auto uj = static_cast<std::int64_t>(random.below(1'000'000));
      curve.add({s * kSecond}, {(s + 20) * kSecond}, microjoule_amount(uj), {});
      total += uj;
    }
  EXPECT_LT(curve.size(), 4000U);
  double sum = 0.0;
  std::int64_t before = INT64_MIN;
  for (const EnergySlice& slice : curve.slices(0.0)) {
    EXPECT_LE(before, slice.interval.begin.ns);
    EXPECT_LE(slice.interval.end.ns - slice.interval.begin.ns, 3600 * kSecond);
    before = slice.interval.begin.ns;
    sum += in_joules(slice.energy);
  }
  EXPECT_NEAR(sum, static_cast<double>(total) * 1e-6, 1e-3);
}

}  // namespace
}  // namespace olivine
