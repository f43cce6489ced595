// RunUsage: the live reading of who uses the machine: the run's whole tree (private cgroup where allowed, else the
// process tree with the rusage of what was reaped and task clocks where permitted), everybody, and Olivine itself.
//
// Units: ns of CPU time, bytes. Errors: a part that cannot be read is absent; an absent result means that nothing could be
// read at this tick. Threads: one. Lifetime: files outlive it.
#pragma once

#include <sys/resource.h>
#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/child_process.h"
#include "base/file_system.h"
#include "engine/gpu_holders.h"
#include "sensors/energy_source.h"
#include "sensors/nvml/nvml_client.h"
#include "workload/cgroup.h"
#include "workload/machine_usage.h"
#include "workload/process_tree.h"
#include "workload/usage.h"

namespace olivine {

// kAuto: a private cgroup of version 2, into which a child is born without delay. Entering one of version 1 is a migration,
// for which the kernel makes the child wait up to some 15 ms: only when asked for (kAlways).
enum class CgroupUse { kAuto, kAlways, kNever };
CgroupUse cgroup_use_from(std::string_view setting);
// Of task clocks, where there is no private cgroup. kAuto: from when a process of the run is seen to ignore SIGCHLD.
// kAlways: from the start, and that they cannot be had is a trouble.
enum class TaskClockUse { kAuto, kAlways, kNever };
TaskClockUse task_clock_use_from(std::string_view setting);

class RunUsage {
 public:
  // `id` names the private cgroup.
  RunUsage(FileSystem& files, const Roots& roots, const std::string& id, CgroupUse cgroups, TaskClockUse clocks);

  // Where the child shall start: inside the private cgroup, when there is one.
  ChildPlacement placement() const;
  // Call when the child runs.
  void child_started();
  void reaped(pid_t pid, int status, const rusage& usage);
  // Processes of Olivine's own among our children.
  void ignore(pid_t pid);
  // The GPUs of the run; `meter` may be null.
  void watch_gpus(std::shared_ptr<NvmlMeter> meter, std::vector<std::string> devices);
  std::optional<UsageReading> read();
  // How the run is followed: "private cgroup v1", "process tree and task clocks".
  std::string method() const;
  // Why it is not followed as the settings demand; "" when it is.
  std::string trouble() const;
  // The run's processes as they are now.
  std::vector<pid_t> processes();
  std::string v2_cgroup() const { return cgroup_ ? cgroup_->v2_directory() : std::string(); }
  // Names of processes that outlived the run.
  std::vector<std::string> left_running();
  // Gives the cgroup back; the process tree stands in from then on.
  void close_cgroup();

 private:
  std::vector<GpuUse> gpu_use();
  void start_clocks(Duration wait);
  void primed(int status);

  std::unique_ptr<PrivateCgroup> cgroup_;
  std::unique_ptr<ProcessTree> tree_;
  std::unique_ptr<MachineUsage> machine_;
  std::shared_ptr<NvmlMeter> nvml_;
  std::vector<std::string> gpu_devices_;
  GpuHolders gpu_holders_;
  TaskClockUse clocks_;
  bool procfs_is_this_machines_;
  pid_t primer_ = 0;
  std::string clock_trouble_;
};

}  // namespace olivine
