// ChildProcess: starts a command so that it cannot tell that we are there.
//
// The child stays in our process group, so that the terminal's Ctrl-C and Ctrl-Z reach it naturally and job control works
// as with env(1). Streams, directory, umask, limits, signal dispositions and mask are those that we inherited. All our
// descriptors are close-on-exec. Before exec the child may move itself into private cgroups by writing "0" into
// descriptors that we opened; a failure there never prevents the exec.
//
// Exit codes as env(1): 127 not found, 126 found but not executable, 125 our own failure to start.
//
// Units: none. Errors: StartError with the exit code. Threads: call from the only thread. Lifetime: SignalState restores
// on destruction.
#pragma once

#include <sys/types.h>

#include <csignal>
#include <string>
#include <vector>

#include "base/result.h"

namespace olivine {

// Blocks every signal that we want to see or forward, so that nothing kills us before the child; keeps what was inherited.
class SignalState {
 public:
  SignalState();
  ~SignalState();
  SignalState(const SignalState&) = delete;
  SignalState& operator=(const SignalState&) = delete;
  void restore_in_child() const;  // async-signal-safe
  const sigset_t& watched() const { return watched_; }

 private:
  sigset_t inherited_mask_{};
  sigset_t watched_{};
  struct sigaction inherited_sigchld_ {};
};

struct StartError {
  int exit_code = 125;
  std::string message;
};

tl::expected<pid_t, StartError> start_child(const std::vector<std::string>& argv, const SignalState& signals,
                                            const std::vector<int>& move_into_fds);

// Ends this process as the child ended: exits with its code, or dies of the same signal without a core of our own.
[[noreturn]] void mirror_exit(int wait_status);

}  // namespace olivine
