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

#include "base/file_system.h"
#include "sensors/energy_source.h"
#include "workload/cgroup.h"
#include "workload/machine_usage.h"
#include "workload/process_tree.h"
#include "workload/usage.h"

namespace olivine {

class RunUsage {
 public:
  // `id` names the private cgroup. `allow_cgroup` false: process tree only.
  RunUsage(FileSystem& files, const Roots& roots, const std::string& id, bool allow_cgroup);

  // Files into which the child writes "0" before exec, so that it starts inside the private cgroup.
  std::vector<int> child_fds() const;
  void reaped(pid_t pid, const rusage& usage);
  // `full`: also what costs more (memory of a process tree); false reads only CPU times.
  std::optional<UsageReading> read(bool full);
  // How the run is followed: "private cgroup v1", "process tree".
  std::string method() const;
  // Names of processes that outlived the run.
  std::vector<std::string> left_running();
  // Gives the cgroup back.
  void close();

 private:
  FileSystem& files_;
  Roots roots_;
  std::unique_ptr<PrivateCgroup> cgroup_;
  std::unique_ptr<ProcessTree> tree_;
  std::unique_ptr<MachineUsage> machine_;
};

}  // namespace olivine
