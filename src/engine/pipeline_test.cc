#include "engine/pipeline.h"

#include <gtest/gtest.h>

#include "testing/fake_clock.h"

namespace olivine {
namespace {

constexpr std::uint64_t kModulus = 1'000'000'000'000'000;

SourceInfo source(DomainKind kind, const std::string& device) {
  SourceInfo s;
  s.id = "test:" + device;
  s.backend = "test";
  s.domain = {kind, device, Plane::kChip, usual_place(kind), Basis::kMeasured};
  s.modulus = kModulus;
  return s;
}

// Drives a pipeline: sets raw counters and use, then ticks.
class Bench {
 public:
  explicit Bench(MachineDescription machine) : machine_(machine), pipeline_(std::move(machine)) {
    raw_.assign(machine_.sources.size(), RawReading{ReadingState::kValue, 1000});
    usage_ = UsageReading{0, 0, 0, 0, 0, {}};
  }
  void add_joules(std::size_t source, double j) { raw_[source].raw += static_cast<std::uint64_t>(j * 1e6); }
  void set_state(std::size_t source, ReadingState state) { raw_[source].state = state; }
  void use(double run_s, double others_s, double self_s = 0.0) {
    usage_->run_cpu_ns = *usage_->run_cpu_ns + static_cast<std::int64_t>(run_s * 1e9);
    usage_->self_cpu_ns = *usage_->self_cpu_ns + static_cast<std::int64_t>(self_s * 1e9);
    usage_->machine_busy_ns = *usage_->machine_busy_ns + static_cast<std::int64_t>((run_s + others_s + self_s) * 1e9);
  }
  void advance(Duration d) { clock_.advance(d); }
  void tick(bool settle = true, bool with_usage = true) {
    TickSample sample{clock_.now(), raw_, with_usage ? usage_ : std::nullopt, settle, {}};
    for (RawReading& r : sample.readings)
      if (r.state != ReadingState::kValue) r.raw = 0;
    keep(pipeline_.feed(sample));
  }
  void cut() {
    TickSample sample{clock_.now(), raw_, UsageReading{}, true, {}};
    keep(pipeline_.feed(sample));
  }
  void finish() { keep(pipeline_.finish()); }
  const ComponentSummary& component(std::size_t i) const { return pipeline_.summary().components[i]; }
  std::vector<EnergyFact> facts;
  std::vector<GapFact> gaps;

 private:
  void keep(const PipelineOutput& out) {
    facts.insert(facts.end(), out.facts.begin(), out.facts.end());
    gaps.insert(gaps.end(), out.gaps.begin(), out.gaps.end());
    for (const EnergyFact& f : out.facts) {
      EXPECT_EQ(f.measured_uj, f.attributed_uj + f.others_uj + f.self_uj + f.idle_uj + f.unattributed_uj);
      EXPECT_GE(f.measured_uj, 0);
    }
  }
  FakeClock clock_;
  MachineDescription machine_;
  Pipeline pipeline_;
  std::vector<RawReading> raw_;
  std::optional<UsageReading> usage_;
};

MachineDescription one_package(double idle_w = 0.0) {
  MachineDescription m;
  m.sources = {source(DomainKind::kPackage, "package-0")};
  m.idle = {{idle_w, idle_w, idle_w}};
  m.logical_cpus = 4;
  return m;
}

constexpr double kWattHourUj = 3.6e9;

// METHODS, words: 100 W, idle 40 W, run 25 % and others 25 % of CPU time, 1 h.
TEST(Pipeline, IdleIsAPowerOfTheMachine) {
  Bench bench(one_package(40.0));
  bench.tick();
  bench.advance(hours(1));
  bench.add_joules(0, 360'000);
  bench.use(3600.0, 3600.0);
  bench.tick();
  bench.finish();
  const Split& s = bench.component(0).split;
  EXPECT_EQ(s.idle.count(), 40 * static_cast<std::int64_t>(kWattHourUj));
  EXPECT_EQ(s.attributed.count(), 30 * static_cast<std::int64_t>(kWattHourUj));
  EXPECT_EQ(s.others.count(), 30 * static_cast<std::int64_t>(kWattHourUj));
}

TEST(Pipeline, AFailedReadLosesNoEnergyAndInventsNone) {
  Bench bench(one_package());
  bench.tick();
  for (int i = 0; i < 10; ++i) {
    bench.advance(seconds(1));
    bench.add_joules(0, 1.5);
    bench.use(1.0, 0.0);
    bench.set_state(0, i % 3 == 1 ? ReadingState::kFailed : ReadingState::kValue);
    bench.tick();
  }
  bench.finish();
  EXPECT_EQ(bench.component(0).split.total().count(), 15'000'000);
  EXPECT_EQ(bench.component(0).gap_ns, 0);  // bridged by the counter
  EXPECT_EQ(bench.component(0).failed_reads, 3);
}

TEST(Pipeline, EnergyBehindTheLastGoodReadIsANamedGap) {
  Bench bench(one_package());
  bench.tick();
  bench.advance(seconds(1));
  bench.add_joules(0, 2.0);
  bench.use(1.0, 0.0);
  bench.tick();
  bench.set_state(0, ReadingState::kGone);
  bench.advance(seconds(3));
  bench.add_joules(0, 9.0);
  bench.use(3.0, 0.0);
  bench.tick();
  bench.finish();
  EXPECT_EQ(bench.component(0).split.total().count(), 2'000'000);
  ASSERT_EQ(bench.gaps.size(), 1U);
  EXPECT_EQ(bench.gaps[0].reason, "unreadable");
  EXPECT_EQ(bench.component(0).gap_ns, 3'000'000'000);
}

TEST(Pipeline, UnknownUseIsAttributedLaterOverTheLongerSpan) {
  Bench bench(one_package());
  bench.tick();
  bench.advance(seconds(1));
  bench.add_joules(0, 4.0);
  bench.use(1.0, 1.0);
  bench.tick(true, false);
  EXPECT_TRUE(bench.facts.empty());
  bench.advance(seconds(1));
  bench.add_joules(0, 4.0);
  bench.use(1.0, 1.0);
  bench.tick();
  bench.finish();
  EXPECT_EQ(bench.component(0).split.attributed.count(), 4'000'000);
  EXPECT_EQ(bench.component(0).split.unattributed.count(), 0);
}

// METHODS 2: package 60, DRAM 8, psys 75 -> 75.
TEST(Pipeline, AnEnclosingMeterAddsTheRest) {
  MachineDescription m = one_package();
  m.sources.push_back(source(DomainKind::kDram, "dram-0"));
  m.sources.push_back(source(DomainKind::kPsys, "psys"));
  Bench bench(m);
  bench.tick();
  bench.advance(seconds(1));
  bench.add_joules(0, 60);
  bench.add_joules(1, 8);
  bench.add_joules(2, 75);
  bench.use(1.0, 0.0);
  bench.tick();
  bench.finish();
  std::int64_t total = 0;
  for (const EnergyFact& f : bench.facts) total += f.measured_uj;
  EXPECT_EQ(total, 75'000'000);
  EXPECT_EQ(bench.component(2).split.idle.count(), 7'000'000);
}

TEST(Pipeline, WithAnEnclosingMeterAMissingChildWaitsAndNothingIsCountedTwice) {
  MachineDescription m = one_package();
  m.sources.push_back(source(DomainKind::kPsys, "psys"));
  Bench bench(m);
  bench.tick();
  for (int i = 0; i < 40; ++i) {
    bench.advance(seconds(1));
    bench.add_joules(0, 60);
    bench.add_joules(1, 75);
    bench.use(1.0, 0.0);
    bench.set_state(0, i < 30 && i > 3 ? ReadingState::kFailed : ReadingState::kValue);
    bench.tick();
  }
  bench.finish();
  EXPECT_EQ(bench.component(0).split.total().count() + bench.component(1).split.total().count(), 40 * 75'000'000LL);
}

TEST(Pipeline, ModelledCpuFollowsTheLoad) {
  MachineDescription m;
  m.logical_cpus = 4;
  CpuPowerModel cpu;
  cpu.full_w = 100.0;
  cpu.full_lower_w = 90.0;
  cpu.full_upper_w = 110.0;
  for (std::size_t i = 0; i < kCpuKnots; ++i)
    cpu.knots[i] = cpu.lower[i] = cpu.upper[i] = 0.2 + 0.08 * static_cast<double>(i);
  m.cpu_model = cpu;
  Bench bench(m);
  bench.tick();
  bench.advance(seconds(10));
  bench.use(20.0, 0.0);  // 2 of 4 CPUs: load 0.5, 60 W
  bench.tick();
  bench.finish();
  EXPECT_NEAR(static_cast<double>(bench.component(0).split.total().count()), 600e6, 2.0);
  EXPECT_NEAR(static_cast<double>(bench.component(0).split.idle.count()), 200e6, 2.0);
  EXPECT_GT(bench.component(0).model_upper_j, 600.0);
}

TEST(Pipeline, AfterACutEnergyIsUnattributedAndTheDurationStays) {
  Bench bench(one_package(10.0));
  bench.tick();
  bench.advance(seconds(1));
  bench.add_joules(0, 20);
  bench.use(1.0, 0.0);
  bench.tick();
  bench.advance(seconds(5));
  bench.add_joules(0, 100);
  bench.cut();
  bench.finish();
  EXPECT_EQ(bench.component(0).split.unattributed.count(), 100'000'000);
  EXPECT_EQ(bench.component(0).split.idle.count(), 10'000'000);
  EXPECT_EQ(bench.component(0).gap_ns, 0);
}

TEST(Pipeline, PowerSamplesAreIntegratedAndALongHoleIsAGap) {
  MachineDescription m = one_package();
  m.sources[0].signal = SignalKind::kPowerGauge;
  m.sources[0].unit = 1e-6;
  Bench bench(m);
  bench.add_joules(0, 10.0);  // the gauge now shows 10 W (plus 1,000 uW)
  bench.tick();
  for (int i = 0; i < 10; ++i) {
    bench.advance(milliseconds(100));
    bench.use(0.1, 0.0);
    bench.tick();
  }
  bench.advance(seconds(60));
  bench.use(60, 0.0);
  bench.tick();
  bench.finish();
  EXPECT_NEAR(static_cast<double>(bench.component(0).split.total().count()), 10e6, 2000.0);
  EXPECT_EQ(bench.component(0).gap_ns, 60'000'000'000);
}

TEST(Pipeline, AnotherNumberOfReadingsIsABug) {
  Pipeline pipeline(one_package());
  EXPECT_THROW(pipeline.feed(TickSample{}), std::logic_error);
}

}  // namespace
}  // namespace olivine
