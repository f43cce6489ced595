#include "engine/recorder.h"

#include <gtest/gtest.h>

#include "engine/assess.h"
#include "engine/verify.h"
#include "report/render.h"
#include "testing/fake_clock.h"

namespace olivine {
namespace {

// A counter that the test moves; fails when told.
class FakeSource final : public EnergySource {
 public:
  FakeSource() {
    info_.id = "test:package-0";
    info_.backend = "test";
    info_.domain = {DomainKind::kPackage, "package-0", Plane::kChip, Place::kCounted, Basis::kMeasured};
    info_.modulus = 1'000'000'000'000;
    info_.gain_key = "gain_rapl_intel";
  }
  const SourceInfo& info() const override { return info_; }
  Result<std::uint64_t> read() override {
    if (broken) return fail(ErrorKind::kTransient, "read failed");
    return raw;
  }
  std::uint64_t raw = 5000;
  bool broken = false;

 private:
  SourceInfo info_;
};

// Keeps what it is given; the disk can be full for a while.
class MemoryLedger final : public LedgerWriter {
 public:
  Status begin_run(const RunStart& start) override {
    stored.run.start = start;
    return {};
  }
  Status append(const std::string&, const Batch& batch) override {
    ++appends;
    if (full) return fail(ErrorKind::kTransient, "disk full");
    stored.facts.insert(stored.facts.end(), batch.facts.begin(), batch.facts.end());
    stored.gaps.insert(stored.gaps.end(), batch.gaps.begin(), batch.gaps.end());
    if (batch.segment) stored.segments.push_back(*batch.segment);
    return {};
  }
  Status end_run(const std::string&, const RunEnd& end) override {
    stored.run.end = end;
    return {};
  }
  void wait_at_most(Duration limit) override { patience = limit; }
  StoredRun stored;
  Duration patience;
  bool full = false;
  int appends = 0;
};

RunContext test_context() {
  RunContext c;
  const StatedValue one{1.0, 0.9, 1.1, Basis::kAssumed, "test"};
  c.pue = StatedValue{1.2, 1.2, 1.2, Basis::kUserStated, "flag --pue"};
  c.intensity_g_per_kwh = {56.0, 23.0, 92.0, Basis::kReference, "data/zones.csv, FR"};
  c.zone = "FR";
  c.embodied_kg = {1000.0, 700.0, 2500.0, Basis::kAssumed, "test"};
  c.life_years = {5.0, 3.0, 7.0, Basis::kReference, "test"};
  c.utilisation = {0.5, 0.2, 0.9, Basis::kAssumed, "test"};
  c.water_grid_l_per_kwh = one;
  c.gains["gain_rapl_intel"] = {1.0, 0.95, 1.05, Basis::kReference, "test"};
  return c;
}

class RecorderTest : public ::testing::Test {
 protected:
  RecorderTest() {
    MachineDescription machine;
    machine.sources = {source_.info()};
    machine.idle = {{10.0, 5.0, 20.0}};
    machine.logical_cpus = 2;
    RunStart start;
    start.run_id = "r1";
    start.machine_json = to_json(machine);
    start.context_json = to_json(test_context());
    start.command_json = "[\"true\"]";
    start.started = clock_.now();
    recorder_ = std::make_unique<Recorder>(Recorder::Parts{clock_, &ledger_, {&source_}, machine, start});
    EXPECT_TRUE(recorder_->begin());
    recorder_->tick(usage_, false);
  }
  void second(double joules, double run_s) {
    clock_.advance(seconds(1));
    source_.raw += static_cast<std::uint64_t>(joules * 1e6);
    usage_.run_cpu_ns = *usage_.run_cpu_ns + static_cast<std::int64_t>(run_s * 1e9);
    usage_.machine_busy_ns = *usage_.machine_busy_ns + static_cast<std::int64_t>(run_s * 1e9);
    recorder_->tick(usage_, true);
  }
  RunRecord finish() { return recorder_->finish({0, std::nullopt}, test_context()); }

  FakeClock clock_;
  FakeSource source_;
  MemoryLedger ledger_;
  UsageReading usage_{0, 0, 0, 0, 0, {}};
  std::unique_ptr<Recorder> recorder_;
};

TEST_F(RecorderTest, WhatIsStoredVerifies) {
  for (int i = 0; i < 5; ++i) second(30.5, 1.0);
  const RunRecord record = finish();
  EXPECT_EQ(record.energy.measured_node.exact->count(), 152'500'000);
  EXPECT_EQ(record.energy.idle.exact->count(), 50'000'000);
  const auto differences = verify_run(ledger_.stored);
  ASSERT_TRUE(differences) << differences.error().message;
  EXPECT_TRUE(differences->empty()) << differences->front().key;
}

TEST_F(RecorderTest, VerifyNamesAChangedFactAndAChangedRecord) {
  for (int i = 0; i < 3; ++i) second(30.5, 1.0);
  finish();
  ledger_.stored.facts[1].attributed_uj += 5;
  ledger_.stored.facts[1].idle_uj -= 5;
  std::string& json = ledger_.stored.run.end->record_json;
  json.replace(json.find("\"done\""), 6, "\"fine\"");
  const auto differences = verify_run(ledger_.stored);
  ASSERT_TRUE(differences);
  std::vector<std::string> keys;
  for (const Difference& d : *differences) keys.push_back(d.key);
  EXPECT_EQ(keys, (std::vector<std::string>{"facts[1].attributed_uj", "facts[1].idle_uj", "record.status"}));
}

TEST_F(RecorderTest, AFullDiskLosesNothingThatComesBeforeItHasRoomAgain) {
  second(10.0, 1.0);
  ledger_.full = true;
  for (int i = 0; i < 4; ++i) second(10.0, 1.0);
  EXPECT_EQ(ledger_.stored.facts.size(), 1U);
  ledger_.full = false;
  second(10.0, 1.0);
  const RunRecord record = finish();
  EXPECT_EQ(ledger_.stored.facts.size(), 6U);
  EXPECT_EQ(record.energy.measured_node.exact->count(), 60'000'000);
  EXPECT_EQ(record.warnings.size(), 1U);
  EXPECT_TRUE(verify_run(ledger_.stored)->empty());
}

// Another process's lock, say: tried again a moment later, and nothing was lost.
TEST_F(RecorderTest, ALedgerThatIsTakenForAMomentIsNoTroubleAndNoneIsWaitedForLong) {
  EXPECT_LT(ledger_.patience, milliseconds(50));
  ledger_.full = true;
  second(10.0, 1.0);
  ledger_.full = false;
  second(10.0, 1.0);
  const int appends = ledger_.appends;
  recorder_->settle(usage_);
  EXPECT_EQ(ledger_.appends, appends) << "a pause ends before anything is written";
  const RunRecord record = finish();
  EXPECT_EQ(ledger_.patience, seconds(2));
  EXPECT_TRUE(record.warnings.empty());
  EXPECT_TRUE(verify_run(ledger_.stored)->empty());
}

TEST_F(RecorderTest, ALedgerThatStaysTakenIsSaidAndWaitedForOnce) {
  second(10.0, 1.0);
  ledger_.full = true;
  second(10.0, 1.0);
  const RunRecord record = finish();
  EXPECT_LT(ledger_.patience, milliseconds(50)) << "for the end, after the last part had its time";
  EXPECT_EQ(recorder_->lost(), "the last part of this run is not in the ledger: disk full");
  EXPECT_EQ(record.warnings.back(), recorder_->lost());
}

TEST_F(RecorderTest, FiguresFollowTheFormulas) {
  for (int i = 0; i < 10; ++i) second(30.0, 2.0);  // both CPUs busy: all dynamic energy is the run's
  const RunRecord r = finish();
  EXPECT_EQ(r.energy.total.exact->count(), 300'000'000);
  EXPECT_NEAR(in_grams(r.emissions.location_average.value->mean()), 300.0 / 3.6e6 * 1.2 * 56.0, 1e-9);
  EXPECT_NEAR(in_joules(r.energy.total.value->upper()), 315.0,
              0.1);  // the gain only: idle is charged to the run either way
  EXPECT_NEAR(in_grams(r.emissions.embodied.value->mean()), 1e6 / 5.0 * 10.0 / 3600.0 / 8760.0 / 0.5, 1e-6);
  EXPECT_EQ(r.energy.total.basis.weakest_used(), Basis::kDerived);
  EXPECT_EQ(r.energy.measured_node.basis.weakest_used(), Basis::kMeasured);
  EXPECT_FALSE(r.emissions.market.known());
  for (const auto& name : figure_names(r)) EXPECT_TRUE(explain_figure(r, name, {})) << name;
}

TEST_F(RecorderTest, ANeverReadableMeterMakesTheTotalUnknownWithALowerBound) {
  MachineDescription machine;
  machine.sources = {source_.info(), source_.info()};
  machine.sources[1].id = "test:gpu-0";
  machine.sources[1].domain.kind = DomainKind::kGpu;
  FakeSource gpu;
  gpu.broken = true;
  Recorder recorder({clock_, nullptr, {&source_, &gpu}, machine, ledger_.stored.run.start});
  recorder.tick(usage_, false);
  clock_.advance(seconds(1));
  source_.raw += 100'000'000;
  usage_.run_cpu_ns = *usage_.run_cpu_ns + 1'000'000'000;
  usage_.machine_busy_ns = *usage_.machine_busy_ns + 1'000'000'000;
  recorder.tick(usage_, true);
  const RunRecord r = recorder.finish({0, std::nullopt}, test_context());
  EXPECT_FALSE(r.energy.total.known());
  EXPECT_NEAR(in_joules(*r.energy.total.at_least), 100.0, 1e-6);  // METHODS: CPU 100 J, GPU unreadable: null, lower 100
  EXPECT_FALSE(r.emissions.location_average.known());
}

TEST(MachineJson, ReadsBackWhatItWrote) {
  FakeSource source;
  MachineDescription m;
  m.sources = {source.info()};
  m.idle = {{1.5, 0.5, 2.5}};
  m.cpu_model = CpuPowerModel{};
  m.cpu_model->full_w = m.cpu_model->full_upper_w = 123.456789;
  m.memory_installed_bytes = 1LL << 40;
  m.rest_of_node = RestOfNode{60, 20, 150, 0.93, 0.86, 0.96};
  const auto back = machine_from_json(to_json(m));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(to_json(*back), to_json(m));
  EXPECT_EQ(back->sources[0], m.sources[0]);
  for (const char* bad : {"", "{}", "[]", "{\"schema\":\"olivine.machine/2\"}", "{\"schema\":\"olivine.machine/1\"}"})
    EXPECT_FALSE(machine_from_json(bad)) << bad;
}

TEST(ContextJson, ReadsBackWhatItWrote) {
  const RunContext c = test_context();
  const auto back = context_from_json(to_json(c));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(to_json(*back), to_json(c));
  EXPECT_FALSE(context_from_json("{\"schema\":\"olivine.context/1\"}"));
}

}  // namespace
}  // namespace olivine
