#include "engine/run_usage.h"

#include <time.h>
#include <unistd.h>

#include <set>

namespace olivine {
namespace {

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

RunUsage::RunUsage(FileSystem& files, const Roots& roots, const std::string& id, CgroupUse cgroups)
    : roots_(roots), machine_(std::make_unique<MachineUsage>(files, roots.procfs)) {
  if (cgroups != CgroupUse::kNever)
    if (auto group = PrivateCgroup::create(files, {roots.procfs, roots.cgroup, id, cgroups == CgroupUse::kAlways})) cgroup_ = std::move(*group);
  tree_ = std::make_unique<ProcessTree>(files, roots.procfs, ::getpid());
}

ChildPlacement RunUsage::placement() const {
  return cgroup_ ? ChildPlacement(cgroup_->procs_fds(), cgroup_->directory_fd()) : ChildPlacement();
}

void RunUsage::reaped(pid_t pid, const rusage& usage) { tree_->reaped(pid, usage); }

std::optional<UsageReading> RunUsage::read(bool full) {
  UsageReading reading;
  reading.machine_busy_ns = maybe(machine_->busy_ns());
  reading.self_cpu_ns = own_cpu_ns();
  reading.run_cpu_ns = maybe(cgroup_ ? cgroup_->cpu_ns() : tree_->cpu_ns());
  if (full) {
    reading.machine_used_bytes = maybe(machine_->used_memory_bytes());
    const auto memory = cgroup_ ? maybe(cgroup_->memory_bytes()) : std::optional<std::int64_t>();
    if (memory) {
      reading.run_memory_bytes = memory;
    } else {
      if (cgroup_) (void)tree_->cpu_ns();
      reading.run_memory_bytes = tree_->memory_bytes();
    }
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
  std::vector<GpuUse> uses;
  for (const std::string& device : gpu_devices_) uses.push_back({device, 0, 0, 0.0, 0.0});
  for (const NvmlProcessUse& process : nvml_->processes())
    for (GpuUse& use : uses) {
      if (use.device != "gpu-" + process.uuid) continue;
      const bool mine = own.contains(process.pid);
      ++(mine ? use.run_contexts : use.other_contexts);
      (mine ? use.run_sm_percent : use.other_sm_percent) += process.sm_percent.value_or(0.0);
    }
  return uses;
}

std::string RunUsage::method() const {
  return cgroup_ ? "private cgroup " + cgroup_->version() : std::string("process tree");
}

std::vector<std::string> RunUsage::left_running() {
  (void)tree_->cpu_ns();
  return tree_->names();
}

void RunUsage::close_cgroup() { cgroup_.reset(); }

}  // namespace olivine
