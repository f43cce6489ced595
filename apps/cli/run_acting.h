// RunActing: all that `olivine run` does to the work beside measuring it: a plan that starts and pauses it, and a budget. Without
// --start-within, --finish-within and --budget it is empty, and every call returns at once.
//
// Units: by type. Errors: create names the flag. Threads: one. Lifetime: of the run; its end lets paused work go on.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "apps/cli/budget_guard.h"
#include "apps/cli/run_schedule.h"
#include "base/child_supervisor.h"
#include "engine/recorder.h"
#include "engine/run_usage.h"

namespace olivine::cli {

class RunActing {
 public:
  struct Measuring {
    std::function<void()> let_go;   // closes the sensors: none stays open while we wait, perhaps for hours
    std::function<Status()> again;  // opens them again and makes the context anew, for the hour is another one then
  };
  // Checks the flags, then waits for the start that the plan chooses. `context` is that of the run.
  static Result<RunActing> create(const App& app, RunContext& context, const Measuring& measuring);
  // Before the first reading: the follower's time would hide the work's.
  void keep_out_of(RunUsage& usage) const;

  // Where the command must start so that it can be paused; what it needs is made here. A trouble, not an error, when it cannot be had.
  ChildPlacement placement(const App& app, RunUsage& usage, const std::string& run_id, Recorder& recorder);
  // The command could not enter a cgroup that was made for it: it is followed, and paused, process by process.
  void stay_outside(const App& app, const std::string& run_id);
  struct Parts {  // outlive this
    const App& app;
    ChildSupervisor& supervisor;
    Recorder& recorder;
    RunUsage& usage;
    const RunContext& context;
    pid_t child = 0;
    std::string run_id;
    std::int64_t begun_ns = 0;  // monotonic
  };
  void started(const Parts& parts);

  void tick();
  // When to call it at the latest, also where readings are rare: a tenth of a second late the plan is obeyed, or missed. `others`: what
  // else has to be looked at by then; negative, also of the answer: whenever.
  Duration look_within(Duration others) const;
  void settled();
  void signalled(std::uint64_t signals);
  void reaped(pid_t pid, int status);  // as wait4
  // The command has ended, and the last reading was taken: facts and troubles go to the recorder.
  void finish(Recorder& recorder, const RunContext& context);
  void leave();  // when all has been said: waits for what was asked to end
  // Of the run's budget; nothing without one.
  std::optional<Budget> budget_left() const { return budget_ ? std::optional(budget_->left()) : std::nullopt; }
  // What olivine ends with in place of the command's own code.
  std::optional<int> exit_code() const {
    return budget_ && budget_->stopped() ? std::optional(kExitBudget) : std::nullopt;
  }

 private:
  bool may_pause() const { return (schedule_ && schedule_->may_pause()) || (budget_ && budget_->may_pause()); }
  void use(std::unique_ptr<Pauser> pauser);

  std::unique_ptr<WorkPause> pause_;  // outlives those that use it
  std::unique_ptr<RunSchedule> schedule_;
  std::unique_ptr<BudgetGuard> budget_;
  const Clock* clock_ = nullptr;
  RunWorld world_;
};

}  // namespace olivine::cli
