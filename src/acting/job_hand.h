// JobHand: what a plan's steps need of somebody else's scheduler: let a job go, hold it back, say what it does.
//
// Units: none. Errors: what the scheduler's command says. Threads: one. Lifetime: of the follower.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/subprocess.h"

namespace olivine {

// Starts a program and waits for it: run_program, or a test's.
using ProgramRunner = std::function<Result<ProgramOutput>(const std::vector<std::string>&)>;
// kInvalid with what it said when its exit code is not 0.
Result<std::string> output_of(const ProgramRunner& run, const std::vector<std::string>& words);

// What a scheduler says of a job now.
struct JobLook {
  std::string state;  // in its words: "RUNNING"; "" when it does not know the job any more
  bool runs = false;  // it, or any task of it
  bool ended = false;
  std::optional<bool> well;        // of an ended one; absent: not said
  std::optional<int> code;         // its exit code, where it is said
  std::optional<int> signal = {};  // or that which ended it
  bool ending = false;             // its run is over: whether the job is, or begins anew, a later look says
};

class JobHand {
 public:
  virtual ~JobHand() = default;
  // The job shall not run now: hold, suspend or requeue, by what it does. Called again and again while that holds, for a job may start
  // late; what is done already is not done twice.
  virtual Status wait() = 0;
  virtual Status go() = 0;
  virtual Result<JobLook> look() = 0;
};

}  // namespace olivine
