#include "attribution/attribute.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "base/prng.h"

namespace olivine {
namespace {

constexpr std::int64_t kWattHourUj = 3'600'000'000;

EnergyAmount wh(std::int64_t watt_hours) { return microjoule_amount(watt_hours * kWattHourUj); }
AttributionInput input(DomainKind kind, EnergyAmount energy, Duration length, double idle_w) {
  return {kind, "device", energy, length, watts(idle_w)};
}
SpanUsage cpu_use(double run, double others, double self = 0.0) {
  SpanUsage usage;
  usage.cpu = CpuSpan{run, others, self};
  return usage;
}
Split split_of(const AttributionInput& in, const SpanUsage& usage) {
  CumulativeApportioner carry(5);
  return attribute(in, usage, carry);
}

// METHODS, words: 100 W, idle 40 W, run 25 % and others 25 % of CPU time, 1 h.
const AttributionInput kHour = input(DomainKind::kPackage, wh(100), hours(1), 40.0);
const SpanUsage kQuarterEach = cpu_use(0.25, 0.25);

TEST(AttributeCpu, IdleIsAPowerNotOneMinusUtilisation) {
  const Split s = split_of(kHour, kQuarterEach);
  EXPECT_EQ(s, (Split{wh(30), wh(30), {}, wh(40), {}}));
}

TEST(IdlePolicy, TheFourKnownAnswers) {
  const Split s = split_of(kHour, kQuarterEach);
  const IdleInput idle{s.idle, s.others, s.self, 0.5, 0.25};
  EXPECT_EQ(s.attributed + idle_charged(IdlePolicy::kExclude, idle), wh(30));
  EXPECT_EQ(s.attributed + idle_charged(IdlePolicy::kReserved, idle), wh(40));
  EXPECT_EQ(s.attributed + idle_charged(IdlePolicy::kShare, idle), wh(50));
  EXPECT_EQ(s.attributed + idle_charged(IdlePolicy::kAll, idle), wh(70));
}

TEST(IdlePolicy, ChargesAreNeverMoreThanTheIdleEnergy) {
  for (const IdlePolicy p : {IdlePolicy::kShare, IdlePolicy::kReserved, IdlePolicy::kExclude, IdlePolicy::kAll})
    for (const double part : {-1.0, 0.0, 0.3, 1.0, 7.0}) {
      const EnergyAmount charged = idle_charged(p, {microjoule_amount(7), {}, {}, part, part});
      EXPECT_GE(charged.count(), 0);
      EXPECT_LE(charged.count(), 7);
    }
  EXPECT_EQ(idle_charged(IdlePolicy::kShare, {}).count(), 0);
}

TEST(IdlePolicy, NamesReadBack) {
  for (const char* name : {"share", "reserved", "exclude", "all"}) EXPECT_EQ(name_of(*idle_policy_from(name)), name);
  EXPECT_EQ(idle_policy_from("Share").error().kind, ErrorKind::kInvalid);
}

TEST(AttributeCpu, IdleIsAtMostWhatWasMeasured) {
  const Split s = split_of(input(DomainKind::kPackage, wh(10), hours(1), 40.0), kQuarterEach);
  EXPECT_EQ(s, (Split{{}, {}, {}, wh(10), {}}));
}

TEST(AttributeCpu, UnknownUseIsUnattributedAndNoUseIsIdle) {
  EXPECT_EQ(split_of(kHour, {}).unattributed, wh(100));
  EXPECT_EQ(split_of(kHour, cpu_use(0.0, 0.0)).idle, wh(100));
}

TEST(AttributeCpu, OlivineBearsItsOwnPart) {
  const Split s = split_of(input(DomainKind::kPackage, wh(100), hours(1), 0.0), cpu_use(7.0, 2.0, 1.0));
  EXPECT_EQ(s, (Split{wh(70), wh(20), wh(10), {}, {}}));
}

TEST(AttributeRest, WhatEverybodyNeedsIsIdle) {
  EXPECT_EQ(split_of(input(DomainKind::kRest, wh(5), hours(1), 0.0), kQuarterEach).idle, wh(5));
}

TEST(AttributeDram, ByMemoryHeldAndFreeMemoryIsIdle) {
  SpanUsage usage;
  usage.memory = MemorySpan{75.0, 15.0, 10.0};
  EXPECT_EQ(split_of(input(DomainKind::kDram, wh(100), hours(1), 0.0), usage), (Split{wh(75), wh(15), {}, wh(10), {}}));
  EXPECT_EQ(split_of(input(DomainKind::kDram, wh(100), hours(1), 0.0), kQuarterEach).unattributed, wh(100));
}

SpanUsage gpu_use(std::int32_t run_contexts, std::int32_t other_contexts, double run_sm, double other_sm) {
  SpanUsage usage;
  usage.gpus = {{"other device", 5, 5, 50.0, 50.0}, {"device", run_contexts, other_contexts, run_sm, other_sm}};
  return usage;
}

// METHODS 7: 300 W, idle 60, SM 90 / 30, equal contexts: 210 / 90.
TEST(AttributeGpu, IdleToHoldersOfContextsDynamicBySmUse) {
  const AttributionInput in = input(DomainKind::kGpu, wh(300), hours(1), 60.0);
  EXPECT_EQ(split_of(in, gpu_use(1, 1, 90.0, 30.0)), (Split{wh(210), wh(90), {}, {}, {}}));
  EXPECT_EQ(split_of(in, gpu_use(1, 0, 0.0, 0.0)), (Split{wh(300), {}, {}, {}, {}}));  // holds it, SM use not known
  EXPECT_EQ(split_of(in, gpu_use(0, 0, 0.0, 0.0)).idle, wh(300));
  EXPECT_EQ(split_of(in, {}).unattributed, wh(300));
  EXPECT_EQ(split_of(in, gpu_use(1, 3, 50.0, 50.0)), (Split{wh(135), wh(165), {}, {}, {}}));
}

TEST(AttributeGpu, WhatADriverCannotMeanIsUnknown) {
  const AttributionInput in = input(DomainKind::kGpu, wh(300), hours(1), 60.0);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(split_of(in, gpu_use(-1, 2, 1.0, 1.0)).unattributed, wh(300));
  EXPECT_EQ(split_of(in, gpu_use(1, 1, nan, 1.0)).unattributed, wh(300));
  EXPECT_EQ(split_of(in, gpu_use(1, 1, -3.0, 1.0)).unattributed, wh(300));
}

// METHODS 5: A alone 10 W, siblings B + C 12 W: 10 / 6 / 6, not 7.33 each.
TEST(Smt, AThreadAloneOnACoreDrawsMore) {
  const std::vector<CoreSpan> cores{{10.0, {1.0}}, {12.0, {1.0, 1.0}}};
  const auto power = smt_power_w(cores);
  EXPECT_DOUBLE_EQ(power[0][0], 10.0);
  EXPECT_DOUBLE_EQ(power[1][0], 6.0);
  EXPECT_DOUBLE_EQ(power[1][1], 6.0);
  EXPECT_DOUBLE_EQ(smt_power_w(std::vector<CoreSpan>{{5.0, {0.0, 0.0}}})[0][0], 0.0);
}

// METHODS 6: 12 + 8 W, memory 75/25, bandwidth 10/90: 9.8 / 10.2.
TEST(Dram, StaticByMemoryDynamicByBandwidth) {
  const auto power = dram_power_w(12.0, 8.0, std::array{75.0, 25.0}, std::array{10.0, 90.0});
  EXPECT_DOUBLE_EQ(power[0], 9.8);
  EXPECT_DOUBLE_EQ(power[1], 10.2);
  EXPECT_THROW(dram_power_w(1.0, 1.0, std::array{1.0, 2.0}, std::array{1.0}), std::logic_error);
}

SpanUsage random_usage(Prng& prng) {
  SpanUsage usage;
  const auto amount = [&] {
    return prng.below(3) == 0 ? 0.0 : std::ldexp(prng.uniform(), static_cast<int>(prng.below(60)));
  };
  if (prng.below(5) != 0) usage.cpu = CpuSpan{amount(), amount(), amount()};
  if (prng.below(5) != 0) usage.memory = MemorySpan{amount(), amount(), amount()};
  if (prng.below(3) != 0)
    usage.gpus = {{"device", static_cast<std::int32_t>(prng.below(4)) - 1, static_cast<std::int32_t>(prng.below(3)),
                   prng.between(-5, 100), prng.uniform() * 100}};
  return usage;
}

TEST(AttributeProperty, EverySplitConservesAndNothingIsNegative) {
  constexpr std::array kAllKinds{DomainKind::kPackage, DomainKind::kCore, DomainKind::kUncore, DomainKind::kDram,
                                 DomainKind::kPsys,    DomainKind::kGpu,  DomainKind::kBoard,  DomainKind::kRest};
  for (std::uint64_t seed = 1; seed <= 20'000; ++seed) {
    Prng prng(seed);
    CumulativeApportioner carry(5);
    const DomainKind kind = kAllKinds[prng.below(kAllKinds.size())];
    for (int span = 0; span < 5; ++span) {
      const EnergyAmount energy = microjoule_amount(static_cast<std::int64_t>(prng.next() >> (2 + prng.below(60))));
      const AttributionInput in =
          input(kind, energy, nanoseconds(static_cast<std::int64_t>(prng.next() >> 20)), prng.between(-5.0, 500.0));
      const Split s = attribute(in, random_usage(prng), carry);
      ASSERT_EQ(s.total(), energy) << "seed " << seed;
      for (const EnergyAmount part : {s.attributed, s.others, s.self, s.idle, s.unattributed})
        ASSERT_GE(part.count(), 0) << "seed " << seed;
    }
  }
}

// Cutting a stretch into any spans changes the sums by at most the rounding.
TEST(AttributeProperty, SpansAddUpToTheStretch) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    Prng prng(seed);
    CumulativeApportioner carry(5);
    Split sum;
    const std::int64_t energy_uj = 1'000 + static_cast<std::int64_t>(prng.below(1'000'000));
    constexpr int kSpans = 50;
    for (int i = 0; i < kSpans; ++i)
      sum += attribute(input(DomainKind::kPackage, microjoule_amount(energy_uj), seconds(1), 1e-4), cpu_use(2.0, 1.0),
                       carry);
    const Split whole = split_of(
        input(DomainKind::kPackage, microjoule_amount(energy_uj * kSpans), seconds(kSpans), 1e-4), cpu_use(2.0, 1.0));
    ASSERT_EQ(sum.total(), whole.total());
    ASSERT_NEAR(static_cast<double>(sum.attributed.count()), static_cast<double>(whole.attributed.count()), 2.0)
        << "seed " << seed;
    ASSERT_NEAR(static_cast<double>(sum.idle.count()), static_cast<double>(whole.idle.count()), 2.0) << "seed " << seed;
  }
}

}  // namespace
}  // namespace olivine
