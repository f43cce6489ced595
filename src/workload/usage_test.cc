#include "workload/usage.h"

#include <gtest/gtest.h>

#include "base/prng.h"

namespace olivine {
namespace {

constexpr std::int64_t kMs = 1'000'000;

UsageReading reading(std::optional<std::int64_t> run_ms, std::optional<std::int64_t> busy_ms,
                     std::optional<std::int64_t> self_ms = 0) {
  const auto ns = [](std::optional<std::int64_t> ms) { return ms ? std::optional(*ms * kMs) : std::nullopt; };
  UsageReading r;
  r.run_cpu_ns = ns(run_ms);
  r.machine_busy_ns = ns(busy_ms);
  r.self_cpu_ns = ns(self_ms);
  return r;
}

TEST(UsageAccumulator, OthersAreWhatIsBusyBesideRunAndSelf) {
  UsageAccumulator usage(std::nullopt);
  usage.feed(reading(0, 5'000));
  const auto begin = usage.totals();
  usage.feed(reading(100, 5'400, 50));
  const SpanUsage span = usage_between(begin, usage.totals());
  ASSERT_TRUE(span.cpu);
  EXPECT_EQ(span.cpu->run_ns, 100.0 * kMs);
  EXPECT_EQ(span.cpu->self_ns, 50.0 * kMs);
  EXPECT_EQ(span.cpu->others_ns, 250.0 * kMs);
}

// The kernel shows the run's time at once and the machine's in steps of 10 ms.
TEST(UsageAccumulator, TheKernelsStepsAreNotOthers) {
  UsageAccumulator usage(std::nullopt);
  for (std::int64_t ms = 0; ms <= 10'000; ms += 3) {
    const std::int64_t user = ms * 2 / 3, system = ms - user;
    usage.feed(reading(ms, user / 10 * 10 + system / 10 * 10 + 15));
    ASSERT_EQ(usage.totals().others_ns, 0.0) << ms;
  }
}

TEST(UsageAccumulator, OthersFollowWithinTheSteps) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    Prng prng(seed);
    UsageAccumulator usage(std::nullopt);
    std::int64_t run_ms = 0, others_ms = 0;
    usage.feed(reading(0, 0));
    double before = 0.0;
    for (int i = 0; i < 300; ++i) {
      run_ms += static_cast<std::int64_t>(prng.below(100));
      others_ms += static_cast<std::int64_t>(prng.below(7));
      usage.feed(reading(run_ms, (run_ms + others_ms) / 10 * 10));
      ASSERT_GE(*usage.totals().others_ns, before) << "seed " << seed;
      before = *usage.totals().others_ns;
      ASSERT_LE(before, static_cast<double>(others_ms * kMs)) << "seed " << seed;         // no phantom others
      ASSERT_GE(before, static_cast<double>((others_ms - 30) * kMs)) << "seed " << seed;  // nor lost ones
    }
  }
}

TEST(UsageAccumulator, WhatIsNotReadableIsAbsentAndCatchesUp) {
  UsageAccumulator usage(std::nullopt);
  usage.feed(reading(std::nullopt, 1'000));
  EXPECT_FALSE(usage.totals().run_ns);
  EXPECT_FALSE(usage_between(usage.totals(), usage.totals()).cpu);
  usage.feed(reading(40, 1'100));
  const auto begin = usage.totals();
  usage.feed(reading(std::nullopt, std::nullopt, std::nullopt));
  EXPECT_EQ(usage.totals().run_ns, begin.run_ns);
  usage.feed(reading(140, 1'300));
  const SpanUsage span = usage_between(begin, usage.totals());
  ASSERT_TRUE(span.cpu);
  EXPECT_EQ(span.cpu->run_ns, 100.0 * kMs);
  EXPECT_EQ(span.cpu->others_ns, 100.0 * kMs);
}

// The machine's time was first read later than the run's: what the run used before is not taken off the others.
TEST(UsageAccumulator, OthersCountFromTheFirstCommonReading) {
  UsageAccumulator usage(std::nullopt);
  usage.feed(reading(0, std::nullopt));
  usage.feed(reading(1'000, std::nullopt));
  usage.feed(reading(1'100, 50'000));
  usage.feed(reading(1'200, 50'300));
  EXPECT_EQ(usage.totals().others_ns, 200.0 * kMs);
}

TEST(UsageAccumulator, ACounterThatFallsOrIsNegativeTakesNothingBack) {
  UsageAccumulator usage(std::nullopt);
  usage.feed(reading(100, 100));
  usage.feed(reading(200, 300));
  usage.feed(reading(150, 250));
  EXPECT_EQ(usage.totals().run_ns, 100.0 * kMs);
  EXPECT_EQ(usage.totals().others_ns, 100.0 * kMs);
  UsageReading bad = reading(-5, -7, -1);
  bad.run_memory_bytes = -1;
  bad.machine_used_bytes = 10;
  usage.feed(bad);
  EXPECT_EQ(usage.totals().run_ns, 100.0 * kMs);
  EXPECT_FALSE(usage.totals().memory);
}

UsageReading memory(std::int64_t run, std::int64_t used) {
  UsageReading r;
  r.run_memory_bytes = run;
  r.machine_used_bytes = used;
  return r;
}

TEST(UsageAccumulator, MemoryIsTheMeanOfTheSpansEnds) {
  UsageAccumulator usage(1'000);
  usage.feed(memory(100, 300));
  const auto begin = usage.totals();
  usage.feed(memory(300, 700));
  const SpanUsage span = usage_between(begin, usage.totals());
  ASSERT_TRUE(span.memory);
  EXPECT_EQ(span.memory->run_bytes, 200.0);
  EXPECT_EQ(span.memory->others_bytes, 300.0);
  EXPECT_EQ(span.memory->free_bytes, 500.0);
}

TEST(UsageAccumulator, MemoryNeverAddsUpToMoreThanIsThere) {
  UsageAccumulator usage(1'000);
  usage.feed(memory(900, 300));  // shared pages counted in every process
  EXPECT_EQ(usage.totals().memory->run_bytes, 300.0);
  EXPECT_EQ(usage.totals().memory->others_bytes, 0.0);
  usage.feed(memory(10, 5'000));  // more used than the probe found installed
  EXPECT_EQ(usage.totals().memory->free_bytes, 0.0);
  UsageAccumulator unknown(std::nullopt);
  unknown.feed(memory(10, 50));
  EXPECT_EQ(unknown.totals().memory->free_bytes, 0.0);
}

TEST(UsageAccumulator, GpusAreAsLastSeen) {
  UsageAccumulator usage(std::nullopt);
  UsageReading r = reading(0, 0);
  r.gpus = {{"gpu-0", 1, 0, 90.0, 0.0}};
  usage.feed(r);
  ASSERT_EQ(usage_between(usage.totals(), usage.totals()).gpus.size(), 1U);
  usage.feed(reading(1, 1));  // nobody could tell: the span's GPU energy has no user
  EXPECT_TRUE(usage_between(usage.totals(), usage.totals()).gpus.empty());
}

}  // namespace
}  // namespace olivine
