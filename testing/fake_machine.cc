#include "testing/fake_machine.h"

#include <fmt/core.h>

#include <algorithm>

namespace olivine {
namespace {

constexpr std::int64_t kUwPerW = 1'000'000;
constexpr std::int64_t kNjPerUj = 1'000;
constexpr std::int64_t kGigabyte = std::int64_t{1} << 30;
constexpr std::int64_t kGpuIdleW = 50, kGpuFullW = 300;
constexpr const char* kDevices = "/sys/devices/virtual/powercap/";

}  // namespace

FakeMachineOptions FakeMachine::random_options(std::uint64_t seed) {
  Prng prng(seed * 7919 + 1);
  FakeMachineOptions options;
  options.sockets = 1 + static_cast<int>(prng.below(4));
  options.cpus_per_socket = 2 << prng.below(4);
  options.gpus = static_cast<int>(prng.below(3));
  options.dram = prng.below(4) != 0;
  options.server = prng.below(4) != 0;
  options.mmio = prng.below(4) == 0;
  options.psys = !options.server && prng.below(2) == 0;
  constexpr std::uint64_t kRanges[] = {262'143'328'850, 65'712'999'613, 65'532'610'987};
  options.range_uj = kRanges[prng.below(3)];
  if (prng.below(10) == 0) options.range_uj = 30'000'000'000;  // wraps every few minutes
  options.gain_error = prng.below(2) == 0 ? 0.0 : 0.05;
  options.update_period = milliseconds(prng.below(3) == 0 ? 100 : 1);
  return options;
}

FakeMachine::FakeMachine(std::uint64_t seed, const FakeMachineOptions& options, MemoryFileSystem& files,
                         FakeClock& clock)
    : options_(options), files_(files), clock_(clock), prng_(seed) {
  idle_w_ = 10 + static_cast<std::int64_t>(prng_.below(30));
  watts_per_cpu_ = 2 + static_cast<std::int64_t>(prng_.below(8));
  rest_w_ = 5 + static_cast<std::int64_t>(prng_.below(40));
  using Kind = Meter::Kind;
  for (int s = 0; s < options_.sockets; ++s) {
    const int zone = options_.sockets - 1 - s;  // the order of registration says nothing about the socket
    const std::string id = fmt::format("intel-rapl:{}", zone), folder = "intel-rapl/" + id;
    add_meter(Kind::kPackage, s, id, folder, fmt::format("package-{}", s));
    add_meter(Kind::kCore, s, id + ":0", folder + "/" + id + ":0", "core");
    if (options_.dram) add_meter(Kind::kDram, s, id + ":1", folder + "/" + id + ":1", "dram");
  }
  if (options_.psys) {
    const std::string id = fmt::format("intel-rapl:{}", options_.sockets);
    add_meter(Kind::kPsys, 0, id, "intel-rapl/" + id, "psys");
  }
  if (options_.mmio) add_meter(Kind::kMmio, 0, "intel-rapl-mmio:0", "intel-rapl-mmio/intel-rapl-mmio:0", "package-0");
  for (int g = 0; g < options_.gpus; ++g) add_meter(Kind::kGpu, g, fmt::format("gpu-{}", g), "", "");
  write_identity();
  spawn(kSelf, INT64_MAX / 2);
  spawn(kRun, INT64_MAX / 2);
  for (int i = 0; i < options_.sockets; ++i) spawn(kOthers, 60'000);
  set_powers();
  show();
  publish();
}

void FakeMachine::add_meter(Meter::Kind kind, int socket, const std::string& zone, const std::string& folder,
                            const std::string& name) {
  Meter meter;
  meter.kind = kind;
  meter.socket = socket;
  // Shown power is cut off to whole microwatts: stay a little inside the stated gain.
  meter.gain = 1.0 + 0.999 * prng_.between(-options_.gain_error, options_.gain_error);
  if (kind == Meter::Kind::kGpu) {
    meter.id = "fake:" + zone;
  } else {
    meter.id = "powercap:" + zone;
    meter.path = kDevices + folder;
    meter.offset = prng_.below(options_.range_uj);  // where the counter stands at the start
    files_.write(meter.path + "/name", name + "\n");
    files_.write(meter.path + "/max_energy_range_uj", fmt::format("{}\n", options_.range_uj));
    files_.link("/sys/class/powercap/" + zone, meter.path);
  }
  meters_.push_back(std::move(meter));
}

void FakeMachine::write_identity() {
  files_.write("/sys/class/powercap/intel-rapl/enabled", "1\n");
  const int model = options_.server ? 0x6a : 0x9e;  // Ice Lake server; a client part
  files_.write("/proc/cpuinfo",
               fmt::format("processor\t: 0\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: {}\n"
                           "model name\t: Fake CPU\nflags\t\t: fpu\n",
                           model));
}

std::int64_t FakeMachine::socket_load(int socket) const {
  std::int64_t load = 0;
  for (const Process& p : processes_)
    if (p.socket == socket) load += p.load_permille;
  return load;
}

void FakeMachine::spawn(Owner owner, std::int64_t lives_ms) {
  Process p;
  p.owner = owner;
  p.socket = static_cast<int>(prng_.below(static_cast<std::uint64_t>(options_.sockets)));
  const std::int64_t room = std::max<std::int64_t>(0, options_.cpus_per_socket * 1000 - socket_load(p.socket));
  const std::int64_t wish = owner == kSelf ? 1 : 100 + static_cast<std::int64_t>(prng_.below(1900));
  p.load_permille = std::min(room, wish);
  p.bytes = static_cast<std::int64_t>(prng_.below(512)) << 20;
  p.ends_ms = now_ms_ + lives_ms;
  processes_.push_back(p);
}

void FakeMachine::happen() {
  std::erase_if(processes_, [&](const Process& p) { return p.ends_ms <= now_ms_; });
  if (processes_.size() < 40)
    spawn(prng_.below(2) == 0 ? kRun : kOthers, 200 + static_cast<std::int64_t>(prng_.below(60'000)));
  next_event_ms_ = now_ms_ + 50 + static_cast<std::int64_t>(prng_.below(8'000));
  set_powers();
}

std::int64_t FakeMachine::idle_uw(int) const { return idle_w_ * kUwPerW; }

void FakeMachine::set_powers() {
  std::int64_t node_uw = rest_w_ * kUwPerW;
  for (Meter& meter : meters_) {
    const std::int64_t package_uw =
        idle_uw(meter.socket) + socket_load(meter.socket) * watts_per_cpu_ * (kUwPerW / 1000);
    switch (meter.kind) {
      case Meter::Kind::kPackage:
      case Meter::Kind::kMmio: meter.power_uw = package_uw; break;
      case Meter::Kind::kCore: meter.power_uw = package_uw / 2; break;
      case Meter::Kind::kDram: meter.power_uw = 3 * kUwPerW + used_bytes(false) / 4096; break;
      case Meter::Kind::kPsys: meter.power_uw = node_uw; break;
      case Meter::Kind::kGpu: {
        const GpuLoad load = gpu_load(meter.socket);
        const double sm = (load.run_sm_percent + load.other_sm_percent) / 100.0;
        meter.power_uw = kGpuIdleW * kUwPerW + static_cast<std::int64_t>(sm * (kGpuFullW - kGpuIdleW) * kUwPerW);
        break;
      }
    }
    if (meter.kind == Meter::Kind::kPackage || meter.kind == Meter::Kind::kDram) node_uw += meter.power_uw;
    meter.shown_power_uw = static_cast<std::int64_t>(static_cast<double>(meter.power_uw) / meter.gain);
  }
}

void FakeMachine::work(std::int64_t ms) {
  for (Meter& meter : meters_) {
    meter.true_nj += meter.power_uw * ms;
    meter.shown_nj += meter.shown_power_uw * ms;
    if (meter.kind == Meter::Kind::kPackage) idle_nj_ += idle_uw(meter.socket) * ms;
  }
  for (const Process& p : processes_) {
    cpu_ns_[p.owner] += p.load_permille * ms * 1000;
    dynamic_nj_[p.owner] += p.load_permille * watts_per_cpu_ * (kUwPerW / 1000) * ms;
  }
  now_ms_ += ms;
}

void FakeMachine::work_until(std::int64_t end_ms) {
  while (now_ms_ < end_ms) {
    if (now_ms_ >= next_event_ms_) happen();
    work(std::min(end_ms, next_event_ms_) - now_ms_);
  }
}

void FakeMachine::advance(Duration d) {
  const std::int64_t end_ms = now_ms_ + d.ns / 1'000'000;
  const std::int64_t period_ms = std::max<std::int64_t>(1, options_.update_period.ns / 1'000'000);
  work_until(std::max(now_ms_, end_ms / period_ms * period_ms));
  if (now_ms_ % period_ms == 0) show();
  work_until(end_ms);
  clock_.advance(milliseconds(d.ns / 1'000'000));
  publish();
}

void FakeMachine::show() {
  for (Meter& meter : meters_) {
    meter.true_uj = meter.true_nj / kNjPerUj;
    meter.shown_uj = meter.shown_nj / kNjPerUj;
    const std::uint64_t counted = static_cast<std::uint64_t>(meter.shown_uj) + meter.offset;
    meter.raw = meter.kind == Meter::Kind::kGpu ? counted / 1000 : counted % (options_.range_uj + 1);
  }
}

void FakeMachine::publish() {
  for (const Meter& meter : meters_)
    if (meter.present && !meter.path.empty()) files_.write(meter.path + "/energy_uj", fmt::format("{}\n", meter.raw));
  const std::int64_t busy_ns = cpu_ns_[kRun] + cpu_ns_[kOthers] + cpu_ns_[kSelf];
  const std::int64_t system_ns = busy_ns / 5;
  constexpr std::int64_t kTick = 10'000'000;
  files_.write("/proc/stat",
               fmt::format("cpu  {} 0 {} 12345 67 0 0 0 0 0\n", (busy_ns - system_ns) / kTick, system_ns / kTick));
  files_.write("/proc/meminfo", fmt::format("MemTotal:       {} kB\nMemFree:        1 kB\nMemAvailable:   {} kB\n",
                                            memory_bytes() / 1024, (memory_bytes() - used_bytes(false)) / 1024));
  files_.write("/sys/fs/cgroup/run/cpu.stat", fmt::format("usage_usec {}\n", cpu_ns_[kRun] / 1000));
  files_.write("/sys/fs/cgroup/run/memory.current", fmt::format("{}\n", used_bytes(true)));
}

void FakeMachine::suspend(Duration d, bool counters_survive) {
  clock_.suspend(d);
  if (counters_survive) return;
  for (std::size_t i = 0; i < meters_.size(); ++i) reset_counter(i);
}

// The counter goes on from zero (a GPU's never falls: its driver keeps it).
void FakeMachine::reset_counter(std::size_t index) {
  Meter& meter = meters_[index];
  if (meter.kind == Meter::Kind::kGpu) return;
  const std::uint64_t modulus = options_.range_uj + 1;
  meter.offset = modulus - static_cast<std::uint64_t>(meter.shown_nj / kNjPerUj) % modulus;
  show();
  publish();
}

void FakeMachine::vanish(std::size_t index) {
  meters_[index].present = false;
  files_.remove(meters_[index].path + "/energy_uj");
}

void FakeMachine::appear(std::size_t index) {
  meters_[index].present = true;
  publish();
}

FakeMachine::Truth FakeMachine::truth() const {
  return {dynamic_nj_[kRun] / kNjPerUj,
          dynamic_nj_[kOthers] / kNjPerUj,
          dynamic_nj_[kSelf] / kNjPerUj,
          idle_nj_ / kNjPerUj,
          cpu_ns_[kRun],
          cpu_ns_[kOthers],
          cpu_ns_[kSelf]};
}

FakeMachine::GpuLoad FakeMachine::gpu_load(int gpu) const {
  GpuLoad load;
  for (const Process& p : processes_) {
    if (p.owner == kSelf || p.bytes % 3 != gpu) continue;  // some processes use this GPU
    const double sm = std::min(25.0, static_cast<double>(p.load_permille) / 40.0);
    if (load.run_sm_percent + load.other_sm_percent + sm > 100.0) continue;
    (p.owner == kRun ? load.run_contexts : load.other_contexts) += 1;
    (p.owner == kRun ? load.run_sm_percent : load.other_sm_percent) += sm;
  }
  return load;
}

double FakeMachine::idle_w(const Meter& meter) const {
  if (meter.kind == Meter::Kind::kPackage || meter.kind == Meter::Kind::kMmio)
    return static_cast<double>(idle_uw(meter.socket)) * 1e-6;
  return meter.kind == Meter::Kind::kGpu ? static_cast<double>(kGpuIdleW) : 0.0;
}

std::int64_t FakeMachine::memory_bytes() const { return 64 * kGigabyte; }

std::int64_t FakeMachine::used_bytes(bool of_run) const {
  std::int64_t bytes = of_run ? 0 : kGigabyte;
  for (const Process& p : processes_)
    if (!of_run || p.owner == kRun) bytes += p.bytes;
  return std::min(bytes, memory_bytes());
}

}  // namespace olivine
