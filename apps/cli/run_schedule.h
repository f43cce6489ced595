// RunSchedule: the part of `olivine run` that waits and pauses. The plan is made by `olivine plan --follow`, a process of its own
// (docs/adr/0016): here its lines are obeyed. When it ends or fails the work goes on: a plan is no reason to stand still. Nor is one
// that hangs: a moment after the latest moment of a wait (follower.h) the work goes on without another line.
//
//   "wait", latest 16:20:00 ... 16:20:00.1 and nothing said: it goes on, with a warning; what the plan says later still holds
//
//   OLIVINE_TRY(auto schedule, RunSchedule::start(app, zone));
//   schedule->wait_for_start(app);                   // before the command starts
//   schedule->step(...) at each tick; schedule->finish() when the command has ended
//
// Units: ns. Errors: start names the flag. Threads: one. Lifetime: the
// destructor ends the follower and lets the work go on.
#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "apps/cli/follower.h"
#include "apps/cli/work_pause.h"

namespace olivine::cli {

class RunSchedule {
 public:
  static Result<std::unique_ptr<RunSchedule>> start(const App& app, const std::string& zone);
  RunSchedule(const RunSchedule&) = delete;
  RunSchedule& operator=(const RunSchedule&) = delete;
  ~RunSchedule() = default;

  // Blocks until the plan says run, until nobody plans any more, or until the latest start.
  void wait_for_start(const App& app);
  // Of a run that is cut off before finish(): the plan, and that what came of it is not known.
  RecordSchedule planned() const;
  // The command has started.
  void started(WallTime now) { begun_ = now; }
  // What pauses for it; outlives it.
  void use(WorkPause* pause) { pause_ = pause; }
  bool may_pause() const { return may_pause_; }
  pid_t follower_pid() const { return follower_->pid(); }

  void step(const RunWorld& world);
  // A child of ours ended: perhaps one of this class's own.
  void reaped(pid_t pid, const RunWorld& world);
  // Signals that came while the work was paused: a request to end lets it go on for good.
  void signalled(std::uint64_t signals, const RunWorld& world);
  // The command has ended.
  RecordSchedule finish(WallTime now);
  const std::vector<std::string>& troubles() const { return troubles_; }

 private:
  RunSchedule() = default;
  bool following() const { return !given_up_ && !follower_->ended(); }
  void note(const FollowLine& line);
  bool await_plan(const App& app);
  std::vector<WallInterval> ran(WallTime now) const;
  void obey(const FollowLine& line, const RunWorld& world);
  void started_unplanned(const App& app, bool waited);
  void give_up(std::string why, const RunWorld& world);

  std::unique_ptr<Follower> follower_;
  std::string reason_, known_of_;  // what the intensity is of: a zone or a file
  std::vector<std::string> troubles_;
  WorkPause* pause_ = nullptr;
  RecordSchedule facts_;
  WallTime begun_;
  std::optional<WallTime> ended_;
  bool may_pause_ = false, may_pause_asked_ = false, given_up_ = false;
};

}  // namespace olivine::cli
