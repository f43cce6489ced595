// Programs that we start beside the work: a checkpoint command, sbatch, kubectl, our own helpers.
//
// They get the usual signals and mask, whatever ours are, and the directory that we are in. A path without a slash is looked up on PATH.
//
//   OLIVINE_TRY(const ProgramOutput squeue, run_program({"squeue", "--json"}));
//   if (squeue.exit_code != 0) ... squeue.err
//
// Units: bytes. Errors: kNotFound when there is no such program; what it says and its exit code are no error. Output beyond the limit is
// kInvalid; one that has not ended within its limit is told to (SIGTERM, two seconds later SIGKILL) and kTransient. Threads: one: descriptors are close-on-exec. Lifetime: spawn leaves the pid for the caller to wait for.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace olivine {

struct SpawnWish {
  std::vector<std::string> words;                     // the first is the program's name as it sees it
  std::string path;                                   // "" is words[0]
  std::vector<std::string> environment;               // "NAME=value", beside ours or in place of them
  int stdin_fd = -1, stdout_fd = -1, stderr_fd = -1;  // -1: ours
  int fd_3 = -1;                                      // its descriptor 3; -1: none
  bool own_group = false;                             // of processes; else ours
  bool own_session = false;                           // and group: no signals of the terminal
};
Result<pid_t> spawn(const SpawnWish& wish);

struct ProgramOutput {
  std::string out, err;
  int exit_code = 0;  // 128 + N for signal N
};
inline constexpr std::size_t kMostProgramOutput = std::size_t{64} << 20;
// Waits for its end, within `limit` if there is one. `input` goes to its standard input.
Result<ProgramOutput> run_program(const std::vector<std::string>& words, const std::string& input = {},
                                  std::optional<Duration> limit = {});

}  // namespace olivine
