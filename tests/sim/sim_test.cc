// Fifty simulated days in the gate; tests/sim/sim_long_test.cc has five hundred.

#include <gtest/gtest.h>

#include "tests/sim/simulation.h"

namespace olivine {
namespace {

class SimulatedDays : public ::testing::TestWithParam<std::uint64_t> {};

// Five seeds a test, so that they run side by side. A failure prints its seed.
TEST_P(SimulatedDays, WhatIsSaidIsTrue) {
  for (std::uint64_t seed = GetParam(); seed < GetParam() + 5; ++seed) {
    const SimulationReport report = simulate({.seed = seed});
    for (const std::string& failure : report.failures) ADD_FAILURE() << failure;
    EXPECT_GT(report.ticks, 1000) << "seed " << seed;
    EXPECT_GT(report.facts, 100) << "seed " << seed;
  }
}
INSTANTIATE_TEST_SUITE_P(Gate, SimulatedDays, ::testing::Range<std::uint64_t>(1, 51, 5));

// The days hold what they are meant to hold.
TEST(Simulation, TheDaysAreHardOnes) {
  SimulationReport sum;
  for (std::uint64_t seed = 101; seed <= 106; ++seed) {
    const SimulationReport report = simulate({.seed = seed, .length = hours(6)});
    sum.gaps += report.gaps;
    sum.failed_reads += report.failed_reads;
    sum.wraps += report.wraps;
    sum.resets += report.resets;
    sum.cuts += report.cuts;
  }
  EXPECT_GT(sum.gaps, 20);
  EXPECT_GT(sum.failed_reads, 1000);
  EXPECT_GT(sum.wraps, 20);
  EXPECT_GT(sum.resets, 5);
  EXPECT_GT(sum.cuts, 3);
}

// Gains are fixed for a machine, so that one machine is one draw. It is missed when one in ten of its ranges is.
TEST(Simulation, NineteenOfTwentyRangesHoldTheTruth) {
  std::int64_t machines = 0, missed = 0;
  for (std::uint64_t seed = 2001; seed <= 2080; ++seed) {
    const SimulationReport report = simulate({.seed = seed, .length = hours(1)});
    if (report.ranges == 0) continue;
    ++machines;
    missed += report.missed_ranges * 10 > report.ranges ? 1 : 0;
  }
  EXPECT_GE(machines, 60);
  EXPECT_LE(missed * 20, machines) << missed << " of " << machines;
}

// Whether the checks find this kind of broken monitor within some days.
bool is_caught(const std::function<void(SimulationOptions&)>& damage) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    SimulationOptions options{.seed = seed, .length = hours(6)};
    damage(options);
    if (!simulate(options).failures.empty()) return true;
  }
  return false;
}

TEST(SimulationProof, AnErrorReadAsZeroIsCaught) {
  EXPECT_TRUE(is_caught([](SimulationOptions& o) {
    o.break_reading = [](RawReading& r) {
      if (r.state != ReadingState::kValue) r = {ReadingState::kValue, 0};
    };
  }));
}

TEST(SimulationProof, ARangeTakenForTheModulusIsCaught) {
  EXPECT_TRUE(is_caught([](SimulationOptions& o) {
    o.break_machine = [](MachineDescription& m) {
      for (SourceInfo& s : m.sources)
        if (s.modulus) --*s.modulus;
    };
  }));
}

TEST(SimulationProof, ACoreCountedBesideItsPackageIsCaught) {
  EXPECT_TRUE(is_caught([](SimulationOptions& o) {
    o.break_machine = [](MachineDescription& m) {
      for (SourceInfo& s : m.sources)
        if (s.domain.kind == DomainKind::kCore) s.domain.place = Place::kCounted;
    };
  }));
}

// Most days have gaps, whose ranges are wide; one machine in a dozen is undisturbed.
TEST(SimulationProof, AGainThatNobodyStatedIsCaught) {
  std::int64_t missed = 0;
  for (std::uint64_t seed = 1; seed <= 60 && missed == 0; ++seed) {
    SimulationOptions options{.seed = seed, .length = hours(1)};
    options.break_machine = [](MachineDescription& m) {
      for (SourceInfo& s : m.sources) s.gain_key = "unstated";
    };
    missed += simulate(options).missed_ranges;
  }
  EXPECT_GT(missed, 0);
}

TEST(SimulationProof, IdlePowerTakenForUseIsCaught) {
  EXPECT_TRUE(is_caught([](SimulationOptions& o) {
    o.break_machine = [](MachineDescription& m) {
      for (IdlePower& idle : m.idle) idle = {};
    };
  }));
}

}  // namespace
}  // namespace olivine
