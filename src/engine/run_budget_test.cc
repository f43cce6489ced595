#include "engine/run_budget.h"

#include <gtest/gtest.h>

#include "base/prng.h"
#include "engine/assess.h"
#include "report/acted_text.h"

namespace olivine {
namespace {

using Crossed = BudgetWatch::Crossed;

RunContext context_of(IdlePolicy policy) {
  RunContext c;
  c.idle_policy = policy;
  c.reserved_part = 0.25;
  c.pue = StatedValue{1.2, 1.2, 1.2, Basis::kUserStated, "flag --pue"};
  c.intensity_g_per_kwh = {360.0, 300.0, 400.0, Basis::kReference, "test"};
  c.life_years = c.utilisation = c.embodied_kg = {1.0, 1.0, 1.0, Basis::kAssumed, "test"};
  c.price_per_kwh = StatedValue{0.5, 0.5, 0.5, Basis::kUserStated, "flag --price"};
  return c;
}

MachineDescription machine_of(bool whole_node) {
  MachineDescription machine;
  for (const DomainKind kind : {DomainKind::kPackage, DomainKind::kDram}) {
    SourceInfo info;
    info.id = "test:" + std::string(name_of(kind));
    info.backend = "test";
    info.domain = {kind, "0", Plane::kChip, Place::kCounted, Basis::kMeasured};
    info.modulus = 1'000'000'000'000;
    machine.sources.push_back(info);
    machine.idle.push_back({10.0, 5.0, 20.0});
  }
  machine.logical_cpus = 2;
  machine.memory_installed_bytes = 1 << 30;
  if (whole_node) machine.rest_of_node = RestOfNode{60, 20, 150, 0.9, 0.86, 0.96};
  return machine;
}

// The live count and the record's total are the same number, whatever the policy and the plane.
TEST(EnergySoFar, IsTheRecordsTotal) {
  Prng prng(5);
  for (int i = 0; i < 200; ++i) {
    const auto policy = static_cast<IdlePolicy>(prng.below(4));
    const bool whole_node = prng.below(2) == 0;
    AssessmentInput in;
    in.machine = machine_of(whole_node);
    in.context = context_of(policy);
    Pipeline pipeline(in.machine);
    TickSample sample;
    sample.settle = true;
    UsageReading usage{0, 0, 0, 0, 0, {}};
    std::uint64_t raw = 1000;
    for (int second = 0; second < 5; ++second) {
      sample.now.mono.ns = sample.now.boot_ns = sample.now.wall.ns = (second + 1) * std::int64_t{1'000'000'000};
      sample.readings = {{ReadingState::kValue, raw}, {ReadingState::kValue, raw / 3}};
      sample.usage = usage;
      pipeline.feed(sample);
      raw += prng.below(90'000'000);
      const auto run = static_cast<std::int64_t>(prng.below(900'000'000)),
                 others = static_cast<std::int64_t>(prng.below(900'000'000));
      usage.run_cpu_ns = *usage.run_cpu_ns + run;
      usage.machine_busy_ns = *usage.machine_busy_ns + run + others;
    }
    const EnergySoFar so_far = energy_so_far(in.machine, pipeline.summary(), in.context);  // while it runs
    pipeline.finish();
    in.summary = pipeline.summary();
    const RunRecord record = assess(in);
    ASSERT_TRUE(record.energy.total.exact);
    EXPECT_TRUE(so_far.complete);
    // The loss of the power supply is apportioned among five parts there: each may round by one.
    EXPECT_LE(std::abs(record.energy.total.exact->count() - so_far.energy.count()), whole_node ? 3 : 0) << i;
  }
}

TEST(EnergySoFar, AMeterThatWasNeverReadLeavesALowerBound) {
  const MachineDescription machine = machine_of(false);
  PipelineSummary summary;
  summary.duration_ns = 5;
  summary.components.resize(2);
  summary.components[0].split.attributed = microjoule_amount(7);
  summary.components[0].good_reads = 3;
  summary.run_cpu_ns = summary.others_cpu_ns = summary.self_cpu_ns = 1.0;
  const EnergySoFar so_far = energy_so_far(machine, summary, context_of(IdlePolicy::kShare));
  EXPECT_FALSE(so_far.complete);
  EXPECT_EQ(so_far.energy.count(), 7);
  RunContext unmetered = context_of(IdlePolicy::kExclude);
  summary.components[1].good_reads = 2;
  EXPECT_TRUE(energy_so_far(machine, summary, unmetered).complete);
  unmetered.unmetered = {"GPU 0"};
  EXPECT_FALSE(energy_so_far(machine, summary, unmetered).complete);
}

EnergySoFar used_kj(double kj) { return {microjoule_amount(static_cast<std::int64_t>(kj * 1e9)), true}; }
WallTime at_hour(double hour) { return {static_cast<std::int64_t>(hour * 3.6e12)}; }

TEST(RunBudget, CarbonIsPricedByTheHour) {
  int asked = 0;
  const auto price = [&](WallTime hour) {
    ++asked;
    return hour.ns == at_hour(10).ns ? 360.0 : 720.0;
  };
  auto budget = RunBudget::create(*budget_from("100g"), context_of(IdlePolicy::kShare), price);
  ASSERT_TRUE(budget);
  EXPECT_EQ(budget->step(used_kj(100), at_hour(10.1)), Crossed::kNothing);
  EXPECT_NEAR(budget->used(), 12.0, 1e-9);  // 100 kJ / 3600 kJ x 1.2 x 360
  EXPECT_EQ(budget->step(used_kj(200), at_hour(10.9)), Crossed::kNothing);
  EXPECT_EQ(asked, 1);
  EXPECT_EQ(budget->step(used_kj(500), at_hour(11)), Crossed::kNear);
  EXPECT_NEAR(budget->used(), 24.0 + 72.0, 1e-9);
  EXPECT_EQ(asked, 2);
  EXPECT_EQ(budget->used_text(), "96 g CO2e");
  budget->grant();
  EXPECT_EQ(budget->watch().granted(), 200.0);
}

TEST(RunBudget, EnergyIsBeforePueAndMoneyAfter) {
  const RunContext context = context_of(IdlePolicy::kShare);
  auto energy = RunBudget::create(*budget_from("1kWh"), context, {});
  auto money = RunBudget::create(*budget_from("3 eur"), context, {});
  ASSERT_TRUE(energy && money);
  EXPECT_EQ(energy->step(used_kj(3600), at_hour(0)), Crossed::kSpent);
  EXPECT_EQ(money->step(used_kj(3600), at_hour(0)), Crossed::kNothing);
  EXPECT_NEAR(money->used(), 0.6, 1e-12);
  EnergySoFar unknown = used_kj(3600 * 5.1);
  unknown.complete = false;
  EXPECT_EQ(money->step(unknown, at_hour(0)), Crossed::kSpent);
  EXPECT_EQ(money->used_text(), "at least 3.06 EUR");
  energy->step(used_kj(3600 * 4.5), at_hour(1));
  energy->grant();
  EXPECT_DOUBLE_EQ(energy->watch().granted(), 5.5 * 3.6e6);  // on top of what is used
}

TEST(RunBudget, MoneyNeedsAPriceInItsCurrency) {
  RunContext context = context_of(IdlePolicy::kShare);
  const auto message = [&](const char* text) {
    return RunBudget::create(*budget_from(text), context, {}).error().message;
  };
  EXPECT_NE(message("3usd").find("the price is in EUR"), std::string::npos);
  context.price_per_kwh->value = -0.1;
  EXPECT_NE(message("3eur").find("nothing is ever used"), std::string::npos);
  context.price_per_kwh.reset();
  EXPECT_NE(message("3eur").find("--price 0.30"), std::string::npos);
}

RecordBudget stopped() {
  RecordBudget b;
  b.kind = "carbon";
  b.unit = "g";
  b.on_budget = "stop";
  b.amount = b.granted = 500.0;
  b.used = 512.0;
  b.events = {{60'000'000'000, "near", 401.0}, {90'000'000'000, "spent", 500.5}, {90'000'000'000, "terminate", 500.5}};
  return b;
}

TEST(RunBudget, IsAFactOfTheClosing) {
  RunClosing closing;
  closing.budget = stopped();
  const auto back = closing_from_json(to_json(closing));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(*back->budget, stopped());
}

TEST(RunBudget, Line) {
  const TextStyle plain{.width = 400};
  EXPECT_EQ(budget_line(stopped(), plain),
            "budget    512 g CO2e of 500 g CO2e used (102 %), counted while it ran; 80 % after 1 min 00 s; used up "
            "after 1 min 30 s; ended after 1 min 30 s\n");
}

}  // namespace
}  // namespace olivine
