// ChildSupervisor: waits for whatever happens next in a run: a tick is due, the child or an orphan of it ended, a
// descriptor became readable. Signals that other processes send us are passed on to the child; those of the terminal
// reached it already, being in our process group. When the child stops we stop too, so that the shell sees the job stop.
//
// Double-forked daemons are re-parented to us (child subreaper): their rusage is collected when they end, but only the
// main child's end ends the run.
//
// Units: ns. Errors: creation says what the system refused. Threads: one. Lifetime: owns its descriptors.
#pragma once

#include <sys/resource.h>
#include <sys/types.h>

#include <optional>

#include "base/child_process.h"
#include "base/time.h"

namespace olivine {

struct SupervisorEvent {
  enum class Kind { kTick, kReaped, kChildEnded, kReadable } kind = Kind::kTick;
  std::int64_t missed_ticks = 0;  // kTick: deadlines that went by unused before this one
  pid_t pid = 0;                  // kReaped, kChildEnded
  int status = 0;                 // as wait4
  rusage usage{};
};

class ChildSupervisor {
 public:
  static Result<ChildSupervisor> create(const SignalState& signals, Duration interval);
  ChildSupervisor(ChildSupervisor&& other) noexcept;
  ChildSupervisor& operator=(ChildSupervisor&&) = delete;
  ~ChildSupervisor();

  void watch(pid_t child) { child_ = child; }
  SupervisorEvent wait(int extra_fd = -1);

 private:
  ChildSupervisor(int signal_fd, int timer_fd) : signal_fd_(signal_fd), timer_fd_(timer_fd) {}
  std::optional<SupervisorEvent> reap();
  void read_signals();

  int signal_fd_;
  int timer_fd_;
  pid_t child_ = 0;
  bool reap_pending_ = true;
};

}  // namespace olivine
