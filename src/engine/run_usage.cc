#include "engine/run_usage.h"

#include <time.h>
#include <unistd.h>

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

RunUsage::RunUsage(FileSystem& files, const Roots& roots, const std::string& id, bool allow_cgroup)
    : files_(files), roots_(roots), machine_(std::make_unique<MachineUsage>(files, roots.procfs)) {
  if (allow_cgroup)
    if (auto group = PrivateCgroup::create(files, roots.procfs, roots.cgroup, id)) cgroup_ = std::move(*group);
  tree_ = std::make_unique<ProcessTree>(files, roots.procfs, ::getpid());
}

std::vector<int> RunUsage::child_fds() const { return cgroup_ ? cgroup_->procs_fds() : std::vector<int>{}; }

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
  if (!reading.run_cpu_ns || !reading.machine_busy_ns) return std::nullopt;  // attributed later, over the longer span
  return reading;
}

std::string RunUsage::method() const {
  return cgroup_ ? "private cgroup " + cgroup_->version() : std::string("process tree");
}

std::vector<std::string> RunUsage::left_running() {
  (void)tree_->cpu_ns();
  return tree_->names();
}

void RunUsage::close() { cgroup_.reset(); }

}  // namespace olivine
