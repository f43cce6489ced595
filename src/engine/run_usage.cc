#include "engine/run_usage.h"

#include <time.h>
#include <unistd.h>

#include <set>

namespace olivine {
namespace {

constexpr Duration kShortRun = milliseconds(5);  // commands that are over by then pay for no task clocks

std::int64_t own_cpu_ns() {
  timespec t{};
  if (::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t) != 0) return 0;
  return static_cast<std::int64_t>(t.tv_sec) * 1'000'000'000 + t.tv_nsec;
}

template <class T>
std::optional<T> maybe(const Result<T>& result) {
  if (!result) return std::nullopt;
  return *result;
}

}  // namespace

CgroupUse cgroup_use_from(std::string_view setting) {
  if (setting == "always") return CgroupUse::kAlways;
  return setting == "never" ? CgroupUse::kNever : CgroupUse::kAuto;
}

TaskClockUse task_clock_use_from(std::string_view setting) {
  if (setting == "always") return TaskClockUse::kAlways;
  return setting == "never" ? TaskClockUse::kNever : TaskClockUse::kAuto;
}

RunUsage::RunUsage(FileSystem& files, const Roots& roots, const std::string& id, CgroupUse cgroups, TaskClockUse clocks)
    : machine_(std::make_unique<MachineUsage>(files, roots.procfs)),
      clocks_(clocks),
      procfs_is_this_machines_(roots.procfs == "/proc") {
  if (cgroups != CgroupUse::kNever)
    if (auto group = PrivateCgroup::create(files, {roots.procfs, roots.cgroup, id, cgroups == CgroupUse::kAlways}))
      cgroup_ = std::move(*group);
  tree_ = std::make_unique<ProcessTree>(files, roots.procfs, ::getpid());
}

ChildPlacement RunUsage::placement() const {
  return cgroup_ ? ChildPlacement(cgroup_->procs_fds(), cgroup_->directory_fd()) : ChildPlacement();
}

void RunUsage::child_started() {
  if (clocks_ == TaskClockUse::kAlways && !cgroup_) start_clocks(kShortRun);
}

void RunUsage::start_clocks(Duration wait) {
  if (!procfs_is_this_machines_) return;
  const auto started = start_task_clock_primer(wait);
  if (!started) {
    clock_trouble_ = started.error().message;
    return;
  }
  primer_ = *started;
  ignore(primer_);
}

void RunUsage::primed(int status) {
  primer_ = 0;
  if (const auto primed = task_clock_primed(status); !primed) {
    clock_trouble_ = primed.error().message;
    return;
  }
  SystemTaskCounters counters;
  if (const auto followed = tree_->follow(counters); !followed && followed.error().kind != ErrorKind::kNotFound)
    clock_trouble_ = followed.error().message;
}

void RunUsage::reaped(pid_t pid, int status, const rusage& usage) {
  if (pid == primer_)
    primed(status);
  else
    tree_->reaped(pid, usage);
}

std::optional<UsageReading> RunUsage::read() {
  UsageReading reading;
  reading.machine_busy_ns = maybe(machine_->busy_ns());
  reading.self_cpu_ns = own_cpu_ns();
  reading.run_cpu_ns = maybe(cgroup_ ? cgroup_->cpu_ns() : tree_->cpu_ns());
  const bool may_start_clocks = !cgroup_ && clocks_ == TaskClockUse::kAuto && primer_ == 0 && clock_trouble_.empty();
  if (may_start_clocks && !tree_->followed() && tree_->loses_children()) start_clocks({});
  reading.machine_used_bytes = maybe(machine_->used_memory_bytes());
  if (cgroup_) reading.run_memory_bytes = maybe(cgroup_->memory_bytes());
  if (!reading.run_memory_bytes) {
    if (cgroup_) (void)tree_->cpu_ns();
    reading.run_memory_bytes = tree_->memory_bytes();
  }
  if (nvml_) reading.gpus = gpu_use();
  if (!reading.run_cpu_ns || !reading.machine_busy_ns) return std::nullopt;  // attributed later, over the longer span
  return reading;
}

void RunUsage::ignore(pid_t pid) {
  if (pid > 0) tree_->ignore(pid);
}

void RunUsage::watch_gpus(std::shared_ptr<NvmlMeter> meter, std::vector<std::string> devices) {
  nvml_ = std::move(meter);
  gpu_devices_ = std::move(devices);
}

// A process of the run holds its GPU contexts for the run; every other one for others.
std::vector<GpuUse> RunUsage::gpu_use() {
  if (const auto helper = nvml_->helper_pid()) ignore(*helper);
  std::set<std::int64_t> own;
  if (cgroup_) {
    for (const std::int64_t pid : cgroup_->pids()) own.insert(pid);
  } else {
    own = tree_->pids();
  }
  const std::vector<NvmlProcessUse>& list = nvml_->processes();
  return gpu_holders_.use(gpu_devices_, own, list, nvml_->lists());
}

std::string RunUsage::method() const {
  if (cgroup_) return "private cgroup " + cgroup_->version();
  if (tree_->followed()) return "process tree and task clocks";
  return clock_trouble_.empty() ? "process tree" : "process tree (" + clock_trouble_ + ")";
}

std::string RunUsage::trouble() const {
  if (clocks_ != TaskClockUse::kAlways || clock_trouble_.empty()) return "";
  return "CPU time of processes that nobody waits for is not the run's: " + clock_trouble_;
}

std::vector<pid_t> RunUsage::processes() {
  std::vector<pid_t> out;
  if (!cgroup_) (void)tree_->cpu_ns();
  if (cgroup_)
    for (const std::int64_t pid : cgroup_->pids()) out.push_back(static_cast<pid_t>(pid));
  else
    for (const std::int64_t pid : tree_->pids()) out.push_back(static_cast<pid_t>(pid));
  return out;
}

std::vector<std::string> RunUsage::left_running() {
  (void)tree_->cpu_ns();
  return tree_->names();
}

void RunUsage::close_cgroup() { cgroup_.reset(); }

}  // namespace olivine
