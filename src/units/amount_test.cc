#include "units/amount.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "base/prng.h"

namespace olivine {
namespace {

TEST(EnergyAmount, CountsMicrojoules) {
  const EnergyAmount a = microjoule_amount(1'500'000);
  EXPECT_EQ(in_joules(to_energy(a)), 1.5);
  EXPECT_EQ((a + a - microjoule_amount(1)).count(), 2'999'999);
  EXPECT_LT(microjoule_amount(-1), EnergyAmount{});
  EXPECT_EQ(in_microjoules(a), 1'500'000);
}

// METHODS 4: 16,384 x 2^-14 J = 1 J exactly.
TEST(CumulativeRounder, NothingIsLostInSmallSteps) {
  CumulativeRounder rounder;
  EnergyAmount sum;
  for (int i = 0; i < 16'384; ++i) sum += rounder.add(joules(0x1p-14));
  EXPECT_EQ(sum.count(), 1'000'000);
  EXPECT_EQ(rounder.remainder_uj(), 0.0);
}

TEST(CumulativeRounder, TheRemainderStaysBelowHalfAndTheSumExact) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    Prng prng(seed);
    CumulativeRounder rounder;
    std::int64_t sum = 0, sixteenths = 0;  // steps of 1/16 uJ are exact in double
    for (int i = 0; i < 1000; ++i) {
      const auto step = static_cast<std::int64_t>(prng.below(1'000));
      sixteenths += step;
      sum += rounder.add(joules(static_cast<double>(step) * 0x1p-20)).count();
      ASSERT_LE(std::abs(rounder.remainder_uj()), 0.5) << "seed " << seed;
    }
    const double exact = static_cast<double>(sixteenths) * 0x1p-20 * 1e6;
    ASSERT_NEAR(static_cast<double>(sum), exact, 0.5 + 1e-6) << "seed " << seed;
  }
}

// A counter of microjoules comes back unchanged, step by step.
TEST(CumulativeRounder, MicrojoulesOfACounterComeBackUnchanged) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    Prng prng(seed);
    CumulativeRounder rounder;
    for (int i = 0; i < 1000; ++i) {
      const auto counts = static_cast<std::int64_t>(prng.next() >> (14 + prng.below(50)));
      ASSERT_EQ(rounder.add_counts(static_cast<std::uint64_t>(counts), 1e-6).count(), counts) << "seed " << seed;
    }
  }
}

TEST(CumulativeRounder, CountsOfOtherUnits) {
  CumulativeRounder millijoules, raw;
  EXPECT_EQ(millijoules.add_counts(123'456'789, 1e-3).count(), 123'456'789'000);
  EnergyAmount sum;
  for (int i = 0; i < 16'384; ++i) sum += raw.add_counts(1, 0x1p-14);
  EXPECT_EQ(sum.count(), 1'000'000);
}

TEST(CumulativeRounder, BeyondAnEntryIsABug) {
  CumulativeRounder rounder;
  EXPECT_THROW(rounder.add(joules(1e13)), std::logic_error);
  EXPECT_THROW(rounder.add(joules(std::numeric_limits<double>::quiet_NaN())), std::logic_error);
}

TEST(CheckedSum, AddsAndRefusesOverflow) {
  const std::array<EnergyAmount, 3> some{microjoule_amount(1), microjoule_amount(2), microjoule_amount(-5)};
  EXPECT_EQ(checked_sum(some).count(), -2);
  const EnergyAmount most = microjoule_amount(std::numeric_limits<std::int64_t>::max());
  EXPECT_THROW(checked_sum(std::array{most, microjoule_amount(1)}), std::logic_error);
  EXPECT_EQ(checked_sum(std::array{most, microjoule_amount(1), microjoule_amount(-1)}), most);
  EXPECT_EQ(checked_sum({}).count(), 0);
}

TEST(EnergyTotal, HoldsMoreThanAnEntry) {
  EnergyTotal total = 0;
  for (int i = 0; i < 4; ++i) total += std::numeric_limits<std::int64_t>::max();
  EXPECT_GT(total, std::numeric_limits<std::int64_t>::max());
}

}  // namespace
}  // namespace olivine
