// GroupWitness: tells whether a signal that we got went to our whole process group or to us alone.
//
// A signal of the terminal or of `kill %1` goes to every process of the group, so the measured command has it already; one
// that is sent to our pid alone has to be passed on. The kernel does not say which it was. So a small process of ours
// stands in the group with all signals blocked: what is pending there as well, went to the group. Passing on every signal
// would make a command count two SIGINTs where one was sent, and the second one often means "stop at once".
//
// While we are stopped because the command is, the witness also watches the command and continues us when somebody
// continues or kills it directly, so that a stop can never outlast the command's own.
//
// Units: none. Errors: start says why not; without a witness the caller goes by the signal's origin. Threads: one.
// Lifetime: the process ends with this object, and by itself when ours dies.
#pragma once

#include <sys/types.h>

#include <array>
#include <cstdint>

#include "base/child_process.h"

namespace olivine {

class GroupWitness {
 public:
  GroupWitness() = default;  // no witness
  // Call right before the command starts: only then are the two of them sent the same signals.
  static Result<GroupWitness> start();
  GroupWitness(GroupWitness&& other) noexcept;
  GroupWitness& operator=(GroupWitness&& other) noexcept;
  ~GroupWitness();

  bool present() const { return pid_ > 0; }
  pid_t pid() const { return pid_; }
  // One signal of this number that came to us: did it go to the group? Waits up to a few ms for an answer.
  bool group_got(int signal);
  // Continue us (SIGCONT) as soon as `child` is no longer stopped; until the next call of any kind.
  void watch_stopped(pid_t child);
  void stop();
  void forget();  // it was reaped elsewhere

 private:
  using Counts = std::array<std::uint8_t, 65>;  // by signal number
  bool query();
  bool opposite_seen(int signal, bool forget);
  void close_pipes();

  pid_t pid_ = 0;
  int command_fd_ = -1, answer_fd_ = -1;
  Counts seen_{};
};

}  // namespace olivine
