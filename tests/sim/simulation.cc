#include "tests/sim/simulation.h"

#include <fmt/core.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "base/text.h"
#include "sensors/powercap/powercap.h"
#include "testing/fault_file_system.h"
#include "tests/sim/oracle.h"
#include "workload/machine_usage.h"

namespace olivine {
namespace {

constexpr std::size_t kMostFailures = 8;
constexpr int kQuietTicks = 6;

// A GPU's energy counter as NVML shows it: millijoules since the driver was loaded.
class FakeGpu final : public EnergySource {
 public:
  FakeGpu(const FakeMachine& machine, std::size_t meter, int number, std::function<bool()> fails)
      : machine_(machine), meter_(meter), fails_(std::move(fails)) {
    info_.id = machine.meters()[meter].id;
    info_.backend = "fake";
    info_.domain = {DomainKind::kGpu, fmt::format("gpu-{}", number), Plane::kChip, Place::kCounted, Basis::kMeasured};
    info_.unit = 1e-3;
    info_.power_ceiling_w = 800.0;
    info_.update_period = milliseconds(100);
    info_.gain_key = "gain_nvml";
  }
  const SourceInfo& info() const override { return info_; }
  Result<std::uint64_t> read() override {
    if (fails_()) return fail(ErrorKind::kTransient, "the driver does not answer");
    return machine_.meters()[meter_].raw;
  }

 private:
  const FakeMachine& machine_;
  std::size_t meter_;
  std::function<bool()> fails_;
  SourceInfo info_;
};

class Simulation {
 public:
  explicit Simulation(const SimulationOptions& options)
      : options_(options),
        prng_(options.seed),
        machine_(options.seed, FakeMachine::random_options(options.seed), files_, clock_),
        faulty_(files_, [this](const FileCall& call) { return plan(call); }) {
    failing_permille_ = prng_.below(3) == 0 ? 0 : 10 + prng_.below(491);  // 1 to 50 %
    disturbed_ = prng_.below(4) != 0;
    lock_some();
    discover();
    usage_ = std::make_unique<MachineUsage>(files_, "/proc");
  }

  SimulationReport run() {
    const std::int64_t end_ns = clock_.now().mono.ns + options_.length.ns;
    while (clock_.now().mono.ns < end_ns && report_.failures.size() < kMostFailures) one_run();
    return report_;
  }

 private:
  bool fails() { return quiet_ == 0 && prng_.below(1000) < failing_permille_; }

  std::optional<Fault> plan(const FileCall& call) {
    if (call.operation == "read" && !fails()) return std::nullopt;
    if (call.operation != "read") return std::nullopt;
    switch (prng_.below(4)) {
      case 0: return Fault{Fault::Kind::kEmpty, 0};
      case 1: return Fault{Fault::Kind::kGarbage, 0};
      default: return Fault{Fault::Kind::kErrno, prng_.below(2) == 0 ? EIO : EAGAIN};
    }
  }

  // Some machines keep one of several packages to root.
  void lock_some() {
    if (machine_.options().sockets < 2 || prng_.below(8) != 0 || machine_.options().psys) return;
    files_.set_error(machine_.meters()[0].path + "/energy_uj", EACCES);
  }

  void discover() {
    quiet_ = 1;
    Discovery found = discover_powercap(faulty_, Roots{}, read_cpu_identity(files_, "/proc"));
    quiet_ = 0;
    sources_ = std::move(found.sources);
    int gpu = 0;
    for (std::size_t m = 0; m < machine_.meters().size(); ++m)
      if (machine_.meters()[m].kind == FakeMachine::Meter::Kind::kGpu)
        sources_.push_back(std::make_unique<FakeGpu>(machine_, m, gpu++, [this] { return fails(); }));
    for (const auto& source : sources_) {
      description_.sources.push_back(source->info());
      double idle_w = 0.0;
      for (const auto& meter : machine_.meters())
        if (meter.id == source->info().id) idle_w = machine_.idle_w(meter);
      description_.idle.push_back({idle_w, idle_w, idle_w});
    }
    description_.logical_cpus = machine_.options().sockets * machine_.options().cpus_per_socket;
    description_.memory_installed_bytes = machine_.memory_bytes();
    description_.interval = seconds(1);
    if (options_.break_machine) options_.break_machine(description_);
  }

  UsageReading read_usage() {
    UsageReading reading;
    if (auto busy = usage_->busy_ns(); busy && !fails()) reading.machine_busy_ns = *busy;
    if (auto used = usage_->used_memory_bytes()) reading.machine_used_bytes = *used;
    if (auto text = read_line(files_, "/sys/fs/cgroup/run/cpu.stat"))
      if (auto usec = parse_i64(split_words(*text).at(1))) reading.run_cpu_ns = *usec * 1000;
    if (auto bytes = read_u64(files_, "/sys/fs/cgroup/run/memory.current"))
      reading.run_memory_bytes = static_cast<std::int64_t>(*bytes);
    reading.self_cpu_ns = machine_.truth().self_cpu_ns;
    for (int g = 0; g < machine_.options().gpus; ++g) {
      const auto load = machine_.gpu_load(g);
      reading.gpus.push_back({fmt::format("gpu-{}", g), load.run_contexts, load.other_contexts, load.run_sm_percent,
                              load.other_sm_percent});
    }
    return reading;
  }

  TickSample read_sample(bool settle) {
    TickSample sample;
    sample.now = clock_.now();
    for (std::size_t s = 0; s < sources_.size(); ++s) {
      RawReading reading;
      if (const auto raw = sources_[s]->read()) {
        reading = {ReadingState::kValue, *raw};
      } else {
        reading.state = raw.error().kind == ErrorKind::kGone ? ReadingState::kGone : ReadingState::kFailed;
        oracle_->read_failed(s);
        ++report_.failed_reads;
      }
      if (options_.break_reading) options_.break_reading(reading);
      sample.readings.push_back(reading);
    }
    UsageReading usage = read_usage();
    if (usage.machine_busy_ns) sample.usage = std::move(usage);
    sample.settle = settle;
    return sample;
  }

  void complain(const std::string& what) {
    if (report_.failures.size() < kMostFailures)
      report_.failures.push_back(fmt::format("seed {}, at {:.1f} s: {}", options_.seed,
                                             static_cast<double>(clock_.now().mono.ns) * 1e-9, what));
  }

  void begin_oracle() {
    oracle_ = std::make_unique<Oracle>(machine_, description_, [this](const std::string& what) { complain(what); });
  }

  Duration next_step() {
    if (quiet_ > 0) return seconds(1);
    const double wrap_s = static_cast<double>(machine_.options().range_uj) * 1e-6 / kPackageCeilingW;
    const auto longest_ms = static_cast<std::uint64_t>(std::min(60.0, wrap_s / 3.0) * 1000.0);
    return milliseconds(static_cast<std::int64_t>(prng_.below(8) == 0 ? 1 + prng_.below(1000)
                                                                      : longest_ms / 2 + prng_.below(longest_ms / 2)));
  }

  void disturb() {
    if (quiet_ > 0) return disturb_quietly();
    if (!disturbed_) return;
    if (prng_.below(40) == 0) clock_.step_wall(seconds(static_cast<std::int64_t>(prng_.below(200'000)) - 100'000));
    if (prng_.below(300) == 0) {
      machine_.suspend(seconds(2 + static_cast<std::int64_t>(prng_.below(3'600))), prng_.below(2) == 0);
      oracle_->disturb_all();
    }
    if (prng_.below(60) == 0) toggle_zone();
    if (prng_.below(150) == 0) quiet_ = 2 * kQuietTicks;
  }

  // A counter is set back while nothing else happens and far from its ends: nobody could tell it from a wrap there.
  void disturb_quietly() {
    if (--quiet_ != kQuietTicks) return;
    const std::size_t m = prng_.below(machine_.meters().size());
    const auto& meter = machine_.meters()[m];
    constexpr std::uint64_t kFarUj = 15'000'000'000;
    if (!meter.present || meter.kind == FakeMachine::Meter::Kind::kGpu) return;
    if (meter.raw < kFarUj || meter.raw + kFarUj > machine_.options().range_uj) return;
    machine_.reset_counter(m);
    oracle_->disturb(m);
    reset_meter_ = m;
  }

  void toggle_zone() {
    const std::size_t m = prng_.below(machine_.meters().size());
    const auto& meter = machine_.meters()[m];
    if (meter.path.empty()) return;
    if (meter.present) return machine_.vanish(m);
    machine_.appear(m);
  }

  void one_run() {
    ++report_.runs;
    begin_oracle();
    Pipeline pipeline(description_);
    std::vector<TickSample> samples;
    std::size_t committed = 0;
    const std::uint64_t ticks = 5 + prng_.below(600), settle_every = 1 + prng_.below(5);
    const bool is_cut = prng_.below(4) == 0;
    for (std::uint64_t tick = 0; tick <= ticks && report_.failures.size() < kMostFailures; ++tick) {
      if (tick > 0) {
        disturb();
        machine_.advance(next_step());
      }
      oracle_->tick(clock_.now());
      if (reset_meter_) oracle_->disturb(*reset_meter_);
      if (quiet_ == 0) reset_meter_.reset();
      samples.push_back(read_sample(tick % settle_every == 0 || tick == ticks));
      ++report_.ticks;
      if (!is_cut) oracle_->take(pipeline.feed(samples.back()));
      if (samples.back().settle) committed = samples.size();
    }
    if (is_cut) return cut_off(samples, committed);
    finish(pipeline, false);
    compare_with_replay(samples);
  }

  // The monitor was killed; a later command replays what was committed and reads the counters once more.
  void cut_off(std::vector<TickSample>& samples, std::size_t committed) {
    ++report_.cuts;
    samples.resize(committed);
    machine_.advance(seconds(1 + static_cast<std::int64_t>(prng_.below(30))));
    oracle_->tick(clock_.now());
    TickSample last = read_sample(true);
    last.usage = UsageReading{};
    samples.push_back(last);
    Pipeline pipeline(description_);
    for (const TickSample& sample : samples) oracle_->take(pipeline.feed(sample));
    finish(pipeline, true);
  }

  void finish(Pipeline& pipeline, bool cut) {
    oracle_->take(pipeline.finish());
    oracle_->finish(pipeline.summary(), cut);
    report_.ranges += oracle_->ranges();
    report_.missed_ranges += oracle_->missed_ranges();
    report_.facts += static_cast<std::int64_t>(oracle_->facts().size());
    report_.gaps += static_cast<std::int64_t>(oracle_->gaps().size());
    for (const ComponentSummary& c : pipeline.summary().components) {
      report_.wraps += c.wraps;
      report_.resets += c.resets;
    }
  }

  void compare_with_replay(const std::vector<TickSample>& samples) {
    const auto decoded = decode_segment(encode_segment(samples));
    if (!decoded || *decoded != samples) return complain("the segment codec changes the samples");
    Pipeline pipeline(description_);
    std::vector<EnergyFact> facts;
    std::vector<GapFact> gaps;
    const auto keep = [&](const PipelineOutput& out) {
      facts.insert(facts.end(), out.facts.begin(), out.facts.end());
      gaps.insert(gaps.end(), out.gaps.begin(), out.gaps.end());
    };
    for (const TickSample& sample : *decoded) keep(pipeline.feed(sample));
    keep(pipeline.finish());
    if (facts != oracle_->facts() || gaps != oracle_->gaps()) complain("the replay differs from the live run");
  }

  SimulationOptions options_;
  Prng prng_;
  MemoryFileSystem files_;
  FakeClock clock_;
  FakeMachine machine_;
  FaultFileSystem faulty_;
  std::uint64_t failing_permille_ = 0;
  bool disturbed_ = false;
  int quiet_ = 0;
  std::optional<std::size_t> reset_meter_;
  std::vector<std::unique_ptr<EnergySource>> sources_;
  MachineDescription description_;
  std::unique_ptr<MachineUsage> usage_;
  std::unique_ptr<Oracle> oracle_;
  SimulationReport report_;
};

}  // namespace

SimulationReport simulate(const SimulationOptions& options) { return Simulation(options).run(); }

}  // namespace olivine
