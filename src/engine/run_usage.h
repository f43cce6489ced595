// RunUsage: the live reading of who uses the machine: the run's whole tree (private cgroup where allowed, else the
// process tree with the rusage of what was reaped), everybody, and Olivine itself.
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

class RunUsage {
 public:
  // `id` names the private cgroup.
  RunUsage(FileSystem& files, const Roots& roots, const std::string& id, CgroupUse cgroups);

  // Where the child shall start: inside the private cgroup, when there is one.
  ChildPlacement placement() const;
  void reaped(pid_t pid, const rusage& usage);
  // Processes of Olivine's own among our children.
  void ignore(pid_t pid);
  // The GPUs of the run; `meter` may be null.
  void watch_gpus(std::shared_ptr<NvmlMeter> meter, std::vector<std::string> devices);
  // `full`: also what costs more (memory of a process tree); false reads only CPU times.
  std::optional<UsageReading> read(bool full);
  // How the run is followed: "private cgroup v1", "process tree".
  std::string method() const;
  // Names of processes that outlived the run.
  std::vector<std::string> left_running();
  // Gives the cgroup back; the process tree stands in from then on.
  void close_cgroup();

 private:
  std::vector<GpuUse> gpu_use();

  Roots roots_;
  std::unique_ptr<PrivateCgroup> cgroup_;
  std::unique_ptr<ProcessTree> tree_;
  std::unique_ptr<MachineUsage> machine_;
  std::shared_ptr<NvmlMeter> nvml_;
  std::vector<std::string> gpu_devices_;
};

}  // namespace olivine
