// ChildProcess: starts a command so that it cannot tell that we are there.
//
// The child stays in our process group, so that the terminal's Ctrl-C and Ctrl-Z reach it naturally and job control works
// as with env(1). Streams, directory, umask, limits, signal dispositions and mask are those that we inherited. All our
// descriptors are close-on-exec. The child may start inside a private cgroup: born there where the kernel can do that
// (clone3 with CLONE_INTO_CGROUP, 0.3 ms), else by writing "0" into cgroup.procs files before exec (a migration, which
// waits some 15 ms for the kernel). A failure to get in never prevents the exec; it is reported beside the pid.
//
// Exit codes as env(1): 127 not found, 126 found but not executable, 125 our own failure to start.
//
//   protect_standard_streams();                       // first thing in main
//   const SignalState signals;                        // before any thread starts
//   const auto child = start_child({"python", "train.py"}, signals, {});
//   if (!child) return child.error().exit_code;
//   release_inherited_descriptors(true);
//
// Units: none. Errors: StartError with the exit code. Threads: call from the only thread. Lifetime: SignalState restores
// on destruction.
#pragma once

#include <sys/types.h>

#include <csignal>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace olivine {

// Opens /dev/null (close-on-exec) on those of descriptors 0, 1, 2 that are closed; stdout for reading only, so that printing an
// answer to it is an error. Without it the first file that we open
// would become "stderr", and words meant for the user would go into it. The child still finds them closed.
void protect_standard_streams();

// Lets go of what only the child needs: standard input (and output, when told) become /dev/null here, and inherited
// descriptors above 2 are closed. Otherwise a pipe that the child closes would stay open through us, and its reader would
// wait for its end until the run is over. Knows inherited ones by the missing close-on-exec flag, which all of ours have.
void release_inherited_descriptors(bool standard_output_too);

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
  struct sigaction inherited_sigchld_{};
};

// Where the child shall start.
struct ChildPlacement {
  ChildPlacement() = default;
  // NOLINTNEXTLINE(google-explicit-constructor): descriptors alone are a placement
  ChildPlacement(std::vector<int> fds) : procs_fds(std::move(fds)) {}
  ChildPlacement(std::vector<int> fds, int directory_fd) : procs_fds(std::move(fds)), cgroup_fd(directory_fd) {}

  std::vector<int> procs_fds;  // open cgroup.procs files
  int cgroup_fd = -1;          // open directory of a v2 cgroup; when the child is born there, procs_fds are not used
};

struct StartError {
  int exit_code = 125;
  std::string message;
};

struct StartedChild {
  pid_t pid = 0;
  bool placed = true;  // false: at least one of the wished-for cgroups could not be entered
};

tl::expected<StartedChild, StartError> start_child_placed(const std::vector<std::string>& argv,
                                                          const SignalState& signals, const ChildPlacement& placement);
// The same for callers that do not care where it landed.
tl::expected<pid_t, StartError> start_child(const std::vector<std::string>& argv, const SignalState& signals,
                                            const ChildPlacement& placement);

// Why a command could not be started now, for who starts it later: it is looked up as start_child does (PATH where it names no folder,
// a file that may be executed). A missing interpreter of a script is only found by starting it.
std::optional<StartError> cannot_start(const std::string& command);

// Ends this process as the child ended: exits with its code, or dies of the same signal without a core of our own.
[[noreturn]] void mirror_exit(int wait_status);

}  // namespace olivine
