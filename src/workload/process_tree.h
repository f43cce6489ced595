// ProcessTree: CPU time and memory of a command with all its descendants, from procfs, for where no private cgroup can be
// had. The root is our own process (a child subreaper): descendants that double-fork come back to us.
//
// Total = CPU time of what we reaped (wait4 gives a child's own time and that of all it waited for) + for each live
// descendant its own time and that of its reaped children (utime, stime, cutime, cstime). A process that ends between two
// looks is in its parent's cutime or in our rusage, so short-lived children are not lost. Kept monotone: while an exit is
// on its way from a live line to a reaped one the sum may dip for an instant.
//
// Units: ns (procfs counts in 10 ms ticks, rusage in us), bytes. Errors: kinds of procfs. Threads: one. Lifetime: value.
#pragma once

#include <sys/resource.h>
#include <sys/types.h>

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/file_system.h"

namespace olivine {

class ProcessTree {
 public:
  ProcessTree(FileSystem& files, std::string procfs_root, std::int64_t root_pid)
      : files_(files), root_(std::move(procfs_root)), root_pid_(root_pid) {}

  void reaped(pid_t pid, const rusage& usage);
  // A process of Olivine's own among our children: neither it nor what it starts belongs to the run.
  void ignore(std::int64_t pid) { ignored_.insert(pid); }
  bool ignores(std::int64_t pid) const { return ignored_.contains(pid); }
  // Pids seen by the last cpu_ns().
  const std::set<std::int64_t>& pids() const { return pids_; }
  // Looks at all live descendants; cumulative CPU time.
  Result<std::int64_t> cpu_ns();
  // Resident memory of the descendants seen by the last cpu_ns().
  std::int64_t memory_bytes() const { return memory_bytes_; }
  // "sleep (4711)" of the descendants seen by the last cpu_ns().
  const std::vector<std::string>& names() const { return names_; }

 private:
  struct Process {
    std::int64_t parent = 0, cpu_ns = 0, memory_bytes = 0;
    std::string name;
  };
  Result<std::map<std::int64_t, Process>> scan();
  Result<Process> read(std::int64_t pid);
  Result<std::vector<std::int64_t>> children_of(std::int64_t pid);

  FileSystem& files_;
  std::string root_;
  std::int64_t root_pid_;
  std::int64_t reaped_ns_ = 0, total_ns_ = 0, memory_bytes_ = 0;
  bool children_files_ = true;  // /proc/PID/task/TID/children exist (CONFIG_PROC_CHILDREN)
  std::set<std::int64_t> ignored_, pids_;
  std::vector<std::string> names_;
};

}  // namespace olivine
