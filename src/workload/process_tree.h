// ProcessTree: CPU time and memory of a command with all its descendants, from procfs, for where no private cgroup can be
// had. The root is our own process (a child subreaper): descendants that double-fork come back to us.
//
// Two lower bounds, and the larger one is the total.
// 1. What waits know: CPU time of what we reaped (wait4 gives a child's own time and that of all it waited for) + for each live
// descendant its own time and that of its reaped children (cutime, cstime). A process that ends between two looks is in
// its parent's cutime or in our rusage, so short-lived children are not lost, unless their parent ignores SIGCHLD.
// 2. After follow(): what the kernel counted in the tasks that lived then and in all that they started (TaskClock).
// Kept monotone: while an exit is on its way from a live line to a reaped one the sum may dip for an instant.
//
//   a parent of 40 ms that ignores SIGCHLD, 300 children of 3 ms: by 1. 40 ms, by 2. some 940 ms: 940 ms
//
// Units: ns (own time of a live process from its CPU clock, cutime in 10 ms ticks, rusage in us), bytes. Errors: kinds of procfs. Threads: one. Lifetime: value.
#pragma once

#include <sys/resource.h>
#include <sys/types.h>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/file_system.h"
#include "workload/task_clock.h"

namespace olivine {

class ProcessTree {
 public:
  ProcessTree(FileSystem& files, std::string procfs_root, std::int64_t root_pid)
      : files_(files), root_(std::move(procfs_root)), root_pid_(root_pid) {}

  // It ended: its number may be another's from now on, also of one that was ignored.
  void reaped(pid_t pid, const rusage& usage);
  // A process of the tree was seen to ignore SIGCHLD: what it starts is lost without follow(). Looks at each process now
  // and then, of those that the last cpu_ns() saw. (One that sets SA_NOCLDWAIT alone does not show it.)
  bool loses_children();
  // Gives all live descendants task clocks; on an error the tree goes on as before.
  Status follow(TaskCounters& counters);
  bool followed() const { return clock_.has_value(); }
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
    std::int64_t parent = 0, threads = 0, cpu_ns = 0, memory_bytes = 0;
    std::string name;
  };
  Result<std::map<std::int64_t, Process>> scan();
  Result<Process> read(std::int64_t pid);
  Result<TaskClock::Look> look();
  Result<std::vector<std::int64_t>> children_of(std::int64_t pid, std::int64_t thread_count);

  FileSystem& files_;
  std::string root_;
  std::int64_t root_pid_;
  std::int64_t reaped_ns_ = 0, total_ns_ = 0, memory_bytes_ = 0;
  std::optional<TaskClock> clock_;
  std::map<std::int64_t, unsigned> looks_;  // for loses_children(), of each live process
  bool children_files_ = true;              // /proc/PID/task/TID/children exist (CONFIG_PROC_CHILDREN)
  std::set<std::int64_t> ignored_, pids_;
  std::vector<std::string> names_;
};

}  // namespace olivine
