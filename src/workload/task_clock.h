// TaskClock: the CPU time of a set of tasks and of everything they start from then on, counted by the kernel (perf's
// task-clock event, inherited by every new thread and process). It sees what nobody waits for: a process whose parent
// ignores SIGCHLD is reaped by the kernel and its time is in no rusage and no cutime. Allowed for one's own processes
// while kernel.perf_event_paranoid is at most 2. The run pays for it: some 6 us for each process, 0.4 us for each switch
// between its threads (measured in a virtual machine), so it is meant for runs that need it.
//
// Opening. `look` lists the tasks with their CPU time so far, every listed task gets a counter, `look` lists again. What is
// new in the second list was started in between: it may have inherited a counter or not, so all is closed and tried again,
// up to 4 times. A task that is listed before any counter is open has inherited none: nothing is ever counted twice. What
// slips through the last try, and the end of a process after the kernel has closed its counters (giving its memory back),
// is missing: the clock is a lower bound.
//
//   look: tasks 7 and 8, 120 ms so far; then 7 runs 30 ms, 8 ends after 5 ms, 7's child runs 2 ms:  ns() = 157 ms
//
// The first counter on a machine makes the kernel switch on its scheduler hooks and wait for every CPU, 10 to 15 ms. So a
// process of ours, the primer, does that beside the run; a counter opened within a second of it costs 15 us.
//
// Formula source: perf_event_open(2), PERF_COUNT_SW_TASK_CLOCK and `inherit`.
// Units: ns. Errors: kPermission, kUnsupported (no perf here, too many tasks), kNotFound (nothing lives). Threads: one.
// Lifetime: owns its counters' descriptors.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace olivine {

class TaskCounter {
 public:
  virtual ~TaskCounter() = default;
  // CPU time since it was opened.
  virtual Result<std::int64_t> read_ns() = 0;
};

class TaskCounters {
 public:
  virtual ~TaskCounters() = default;
  // For one thread (0: our own) and all that it starts; kNotFound when it has ended.
  virtual Result<std::unique_ptr<TaskCounter>> open(std::int64_t task) = 0;
};

class SystemTaskCounters final : public TaskCounters {
 public:
  Result<std::unique_ptr<TaskCounter>> open(std::int64_t task) override;
};

class TaskClock {
 public:
  struct Look {
    std::vector<std::int64_t> tasks;  // thread ids
    std::int64_t cpu_ns = 0;          // of the whole run so far
  };
  static Result<TaskClock> open(TaskCounters& counters, const std::function<Result<Look>()>& look);

  // CPU time of the run: what the look before the opening said, and what the counters counted since.
  Result<std::int64_t> ns();

 private:
  std::int64_t base_ns_ = 0;
  std::vector<std::unique_ptr<TaskCounter>> counters_;
};

// Starts the primer, a child of ours that waits, opens a counter, and ends by itself in some 15 ms more, or with us. Its exit status is 0 or the errno that
// perf_event_open gave. kTransient when it cannot be started.
Result<pid_t> start_task_clock_primer(Duration wait);
// What the primer's status, as from wait4, says.
Status task_clock_primed(int wait_status);

}  // namespace olivine
