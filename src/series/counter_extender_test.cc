#include "series/counter_extender.h"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

#include "base/prng.h"
#include "testing/fake_clock.h"

namespace olivine {
namespace {

using Outcome = CounterOutcome;

// Feeds values one second apart and keeps the sum of what was believed.
class Bench {
 public:
  explicit Bench(CounterLimits limits) : extender_(limits) {}
  CounterStep after(Duration d, std::uint64_t raw) {
    clock_.advance(d);
    return feed(raw);
  }
  CounterStep feed(std::uint64_t raw) {
    const CounterStep step = extender_.feed(raw, clock_.now());
    sum += step.has_counts() ? step.counts : 0;
    resets += step.outcome == Outcome::kReset ? 1 : 0;
    return step;
  }
  FakeClock& clock() { return clock_; }
  std::uint64_t sum = 0;
  int resets = 0;

 private:
  FakeClock clock_;
  CounterExtender extender_;
};

CounterLimits thousand() { return {1000, 50.0, milliseconds(0)}; }

// The header's examples.
TEST(CounterExtender, Table) {
  struct Step {
    std::uint64_t raw;
    Outcome outcome;
    std::uint64_t counts;
  };
  const std::vector<std::vector<Step>> rows{
      {{100, Outcome::kFirst, 0},
       {130, Outcome::kDelta, 30},
       {990, Outcome::kImplausible, 0},
       {160, Outcome::kDelta, 30}},
      {{990, Outcome::kFirst, 0}, {15, Outcome::kWrapped, 25}, {15, Outcome::kDelta, 0}},
      {{700, Outcome::kFirst, 0},
       {10, Outcome::kImplausible, 0},
       {30, Outcome::kImplausible, 0},
       {55, Outcome::kReset, 0},
       {60, Outcome::kDelta, 5}},
      {{700, Outcome::kFirst, 0}, {10, Outcome::kImplausible, 0}, {760, Outcome::kDelta, 60}},  // misread once
      {{20, Outcome::kFirst, 0}, {5, Outcome::kImplausible, 0}, {30, Outcome::kReset, 0}},      // nobody can tell
      {{0, Outcome::kFirst, 0},
       {500, Outcome::kImplausible, 0},
       {510, Outcome::kImplausible, 0},
       {540, Outcome::kReset, 0},
       {541, Outcome::kDelta, 1}},
      {{0, Outcome::kFirst, 0},
       {500, Outcome::kImplausible, 0},
       {300, Outcome::kImplausible, 0},
       {700, Outcome::kImplausible, 0},
       {40, Outcome::kDelta, 40}},  // doubts that do not agree
      {{999, Outcome::kFirst, 0}, {0, Outcome::kWrapped, 1}},
      {{1000, Outcome::kImplausible, 0},
       {5, Outcome::kFirst, 0},
       {1000, Outcome::kImplausible, 0},
       {6, Outcome::kDelta, 1}},
  };
  for (std::size_t row = 0; row < rows.size(); ++row) {
    Bench bench(thousand());
    for (std::size_t i = 0; i < rows[row].size(); ++i) {
      const CounterStep step = bench.after(seconds(1), rows[row][i].raw);
      EXPECT_EQ(step.outcome, rows[row][i].outcome)
          << "row " << row << " step " << i << " is " << name_of(step.outcome);
      EXPECT_EQ(step.counts, rows[row][i].counts) << "row " << row << " step " << i;
    }
  }
}

TEST(CounterExtender, AFailedReadIsBridged) {
  Bench bench(thousand());
  bench.feed(900);
  const CounterStep step = bench.after(seconds(10), 100);  // nine reads failed in between
  EXPECT_EQ(step.outcome, Outcome::kWrapped);
  EXPECT_EQ(step.counts, 200U);
}

TEST(CounterExtender, MoreThanATurnMayHaveGoneByIsUnknown) {
  Bench bench(thousand());
  bench.feed(100);
  EXPECT_EQ(bench.after(milliseconds(19'999), 130).outcome, Outcome::kDelta);
  EXPECT_EQ(bench.after(seconds(20), 160).outcome, Outcome::kReset);  // 50 counts/s x 20 s = one turn
  EXPECT_EQ(bench.after(seconds(1), 170).outcome, Outcome::kDelta);
}

TEST(CounterExtender, LatePublicationCountsTowardsTheTurn) {
  Bench bench({1000, 50.0, seconds(2)});
  bench.feed(100);
  EXPECT_EQ(bench.after(seconds(1), 240).outcome, Outcome::kDelta);  // 50/s over 1 s and what came 2 s late
  EXPECT_EQ(bench.after(seconds(18), 300).outcome, Outcome::kReset);
}

TEST(CounterExtender, WithoutARangeADropIsNeverAWrap) {
  Bench bench({std::nullopt, 50.0, milliseconds(0)});
  bench.feed(990);
  EXPECT_EQ(bench.after(seconds(1), 15).outcome, Outcome::kImplausible);
  EXPECT_EQ(bench.after(seconds(1), 20).outcome, Outcome::kImplausible);
  EXPECT_EQ(bench.after(seconds(1), 25).outcome, Outcome::kReset);
  EXPECT_EQ(bench.after(hours(24), 1'000'000).outcome, Outcome::kDelta);  // no turn to be unsure about
}

TEST(CounterExtender, AfterASleepNothingIsKnown) {
  Bench bench({std::nullopt, 50.0, milliseconds(0)});
  bench.feed(10);
  bench.clock().suspend(seconds(60));
  const CounterStep step = bench.after(seconds(1), 40);
  EXPECT_EQ(step.outcome, Outcome::kReset);
  EXPECT_EQ(bench.clock().now().mono - step.since.mono, seconds(1));
  EXPECT_EQ(bench.after(seconds(1), 45).counts, 5U);
}

TEST(CounterExtender, AStepOfTheWallClockChangesNothing) {
  Bench bench(thousand());
  bench.feed(10);
  bench.clock().step_wall(hours(-48));
  EXPECT_EQ(bench.after(seconds(1), 40).outcome, Outcome::kDelta);
  bench.clock().step_wall(hours(24 * 365));
  EXPECT_EQ(bench.after(seconds(1), 60).outcome, Outcome::kDelta);
}

TEST(CounterExtender, SinceIsTheLastAcceptedReading) {
  Bench bench(thousand());
  const Now first = bench.feed(100).since;
  EXPECT_EQ(bench.after(seconds(1), 900).since, first);
  EXPECT_EQ(bench.after(seconds(1), 120).since, first);
  EXPECT_EQ(bench.after(seconds(1), 130).since.mono - first.mono, seconds(2));
}

TEST(CounterExtender, RangesUpTo64Bits) {
  const std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  Bench bench({most, 1e9, milliseconds(0)});
  bench.feed(most - 10);
  const CounterStep step = bench.after(seconds(1), 5);
  EXPECT_EQ(step.outcome, Outcome::kWrapped);
  EXPECT_EQ(step.counts, 15U);
}

// 10^6 wraps at random phase: the error is 0.
TEST(CounterExtenderProperty, AMillionWrapsAreExact) {
  Prng prng(42);
  const std::uint64_t modulus = 262'143'328'851;
  Bench bench({modulus, 1500e6, milliseconds(1)});
  std::uint64_t truth = prng.below(modulus), wraps = 0;
  const std::uint64_t start = truth;
  bench.feed(truth % modulus);
  while (wraps < 1'000'000) {
    const Duration step = milliseconds(static_cast<std::int64_t>(1 + prng.below(174'000)));
    const auto most = static_cast<std::uint64_t>(1500e6 * in_seconds(step));
    const std::uint64_t grown = most - most / 5 * prng.below(2) - prng.below(most / 100 + 1);
    wraps += (truth % modulus + grown) / modulus;
    truth += grown;
    bench.after(step, truth % modulus);
  }
  EXPECT_EQ(bench.sum, truth - start);
  EXPECT_EQ(bench.resets, 0);
}

// Random counters with misreadings, resets, sleeps and long silences. Whatever is believed is true: over the believed
// spans the sum of counts is what the counter truly counted.
TEST(CounterExtenderProperty, WhatIsBelievedIsTrue) {
  for (std::uint64_t seed = 1; seed <= 3'000; ++seed) {
    Prng prng(seed);
    const std::uint64_t modulus = 1'000'000;
    const double ceiling = 1000.0;  // counts/s: a turn takes 1,000 s at least
    Bench bench({modulus, ceiling, milliseconds(0)});
    std::uint64_t truth = 100'000 + prng.below(400'000), offset = 0;  // raw = (truth - offset) mod modulus
    std::uint64_t believed_at = truth, believed = 0;
    bench.feed(truth);
    int quiet = 0;  // readings that nothing disturbs, so that a reset can be told from a wrap and a misreading
    for (int i = 0; i < 60; ++i) {
      const Duration step = milliseconds(static_cast<std::int64_t>(100 + prng.below(quiet > 0 ? 1'000 : 100'000)));
      truth += static_cast<std::uint64_t>(ceiling * in_seconds(step) * prng.uniform());
      const std::uint64_t raw = (truth - offset) % modulus;
      const bool far_from_the_ends = raw > 150'000 && raw < 850'000;
      if (quiet == 0 && prng.below(20) == 0) bench.clock().suspend(seconds(100));
      CounterStep fed;
      if (quiet == 0 && far_from_the_ends && prng.below(10) == 0) {
        offset = truth;  // the counter is set to zero just now
        fed = bench.after(step, 0);
        quiet = 8;
      } else if (quiet == 0 && far_from_the_ends && prng.below(10) == 0) {
        fed = bench.after(step, prng.below(100));  // misread once: a few digits of the number
        quiet = 8;
      } else {
        fed = bench.after(step, raw);
        quiet -= quiet > 0 ? 1 : 0;
      }
      if (fed.has_counts()) believed += truth - believed_at;
      if (fed.outcome != Outcome::kImplausible) believed_at = truth;
      ASSERT_EQ(bench.sum, believed) << "seed " << seed << " step " << i << " " << name_of(fed.outcome);
    }
  }
}

// Any values at all: never more counts than the ceiling allows, never a throw.
TEST(CounterExtenderProperty, NonsenseNeverGivesMoreThanTheCeilingAllows) {
  for (std::uint64_t seed = 1; seed <= 20'000; ++seed) {
    Prng prng(seed);
    std::optional<std::uint64_t> modulus;
    if (prng.below(3) != 0) modulus = 1 + (prng.next() >> prng.below(64));
    Bench bench({modulus, 50.0, milliseconds(10)});
    double allowed = 0.0;
    for (int i = 0; i < 20; ++i) {
      const Duration step = milliseconds(static_cast<std::int64_t>(prng.below(3'000)));
      const CounterStep fed = bench.after(step, prng.next() >> prng.below(64));
      allowed = 50.0 * (in_seconds(bench.clock().now().mono - fed.since.mono) + 0.01);
      ASSERT_LE(static_cast<double>(fed.counts), allowed + 1e-9) << "seed " << seed;
      ASSERT_TRUE(!modulus || fed.counts < *modulus) << "seed " << seed;
    }
  }
}

}  // namespace
}  // namespace olivine
