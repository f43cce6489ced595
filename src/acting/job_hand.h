// JobHand: what a plan's steps need of somebody else's scheduler: let a job go, hold it back, say whether it is over.
//
// Units: none. Errors: what the scheduler's command says. Threads: one. Lifetime: of the follower.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/subprocess.h"

namespace olivine {

// Starts a program and waits for it: run_program, or a test's.
using ProgramRunner = std::function<Result<ProgramOutput>(const std::vector<std::string>&)>;
// kInvalid with what it said when its exit code is not 0.
Result<std::string> output_of(const ProgramRunner& run, const std::vector<std::string>& words);

class JobHand {
 public:
  virtual ~JobHand() = default;
  // The job shall not run now: hold, suspend or requeue, by what it does. Called again and again while that holds, for a job may start
  // late; what is done already is not done twice.
  virtual Status wait() = 0;
  virtual Status go() = 0;
  virtual Result<bool> ended() = 0;
};

}  // namespace olivine
