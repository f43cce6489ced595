// ChildSupervisor: waits for whatever happens next in a run: a tick is due, the child or an orphan of it ended, a
// descriptor became readable.
//
// Signals. What went to our whole process group (terminal, `kill %1`) has reached the child and is not passed on; what was
// sent to us alone is, with its value (GroupWitness tells them apart; without it the signal's origin decides). When the
// child has left our group, everything is passed on. Signals that our own doing brought upon us (a closed pipe, a file
// size limit) never are.
//
// Stops. When the child stops we stop by the same signal, so that the shell sees the job stop; ticks that pass meanwhile
// come back as missed.
//
// A stop that our own caller brought about (expect_stops) does not stop us. Then signals are reported as events too, beside being
// passed on: what is stopped cannot act on them. So they are where the caller asks for them (report_signals).
//
// Double-forked daemons are re-parented to us (child subreaper): their rusage is collected when they end, but only the
// main child's end ends the run.
//
// Units: ns. Errors: creation says what the system refused. Threads: one. Lifetime: owns its descriptors.
#pragma once

#include <sys/resource.h>
#include <sys/types.h>

#include <cstdint>
#include <optional>

#include "base/child_process.h"
#include "base/group_witness.h"
#include "base/time.h"

struct signalfd_siginfo;

namespace olivine {

struct SupervisorEvent {
  enum class Kind { kTick, kReaped, kChildEnded, kReadable, kSignal, kNothing } kind = Kind::kTick;
  std::int64_t missed_ticks = 0;  // kTick: deadlines that went by unused before this one
  pid_t pid = 0;                  // kReaped, kChildEnded
  std::uint64_t signals = 0;      // kSignal: bit n - 1 for signal n
  int status = 0;                 // as wait4
  rusage usage{};                 // its own and that of all children it waited for
};

class ChildSupervisor {
 public:
  // Ticks are due at creation + n * interval on the monotonic clock. An interval of 0 gives none.
  static Result<ChildSupervisor> create(const SignalState& signals, Duration interval);
  ChildSupervisor(ChildSupervisor&& other) noexcept;
  ChildSupervisor& operator=(ChildSupervisor&&) = delete;
  ~ChildSupervisor();

  // Starts the witness and the command, and watches it.
  tl::expected<StartedChild, StartError> start(const std::vector<std::string>& argv, const SignalState& signals,
                                               const ChildPlacement& placement);
  // For a child that was started by other means: no witness.
  void watch(pid_t child) { child_ = child; }
  // The process of ours that stands beside the command; 0 without one.
  pid_t witness_pid() const { return witness_.pid(); }
  // While true, the child may stop without stopping us.
  void expect_stops(bool expected) {
    expect_stops_ = expected;
    if (!expected && !report_signals_) seen_ = 0;
  }
  void report_signals(bool wanted) { report_signals_ = wanted; }
  // Blocks until the next event. A readable `extra_fd` is reported until the caller has emptied it. kNothing: none came in
  // `at_most`, where that is not negative.
  SupervisorEvent wait(int extra_fd = -1, Duration at_most = {-1});
  // Who has ended already, without waiting: kReaped or kChildEnded, or nothing.
  std::optional<SupervisorEvent> reap();

 private:
  ChildSupervisor(int signal_fd, int timer_fd) : signal_fd_(signal_fd), timer_fd_(timer_fd) {}
  void stop_with_child(int signal);
  void read_signals();
  bool concerns_child(const signalfd_siginfo& info);
  void forward(const signalfd_siginfo& info) const;

  int signal_fd_;
  int timer_fd_;
  pid_t child_ = 0;
  bool reap_pending_ = true;
  bool expect_stops_ = false, report_signals_ = false;
  std::uint64_t seen_ = 0;  // signals that came and are to be reported
  GroupWitness witness_;
};

}  // namespace olivine
