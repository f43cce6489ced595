// RunSchedule: the part of `olivine run` that waits and pauses. The plan is made by `olivine plan --follow`, a process of its own
// (docs/adr/0016): here its lines are obeyed. When it ends or fails the work goes on: a plan is no reason to stand still.
//
//   OLIVINE_TRY(auto schedule, RunSchedule::start(app, zone));
//   schedule->wait_for_start();                      // before the command starts
//   schedule->step(...) at each tick; schedule->finish() when the command has ended
//
// Units: ns. Errors: start names the flag. Threads: one. Lifetime: the destructor ends the follower and lets the work go on.
#pragma once

#include <sys/types.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "acting/pauser.h"
#include "apps/cli/app.h"
#include "attribution/attribute.h"
#include "report/run_record.h"

namespace olivine::cli {

class RunSchedule {
 public:
  static Result<std::unique_ptr<RunSchedule>> start(const App& app, const std::string& zone);
  RunSchedule(const RunSchedule&) = delete;
  RunSchedule& operator=(const RunSchedule&) = delete;
  ~RunSchedule();

  // Blocks until the plan says run, or until nobody plans any more.
  void wait_for_start();
  void use(std::unique_ptr<Pauser> pauser) { pauser_ = std::move(pauser); }
  bool may_pause() const { return may_pause_; }
  pid_t follower_pid() const { return follower_; }
  const Pauser* pauser() const { return pauser_.get(); }
  bool paused() const { return pauser_ && pauser_->paused(); }

  struct World {  // what a step needs of the run
    pid_t child = 0;
    std::string run_id;
    Pauser::Processes processes;
    std::function<Split()> settle;  // closes the books at a pause and at its end; what they say so far
    std::function<void(bool)> expect_stops;
    std::function<void(pid_t)> ignore;  // a child of ours that is not the work's
    std::function<std::int64_t()> now_ns;  // since the run's start
  };
  void step(const World& world);
  // A child of ours ended: perhaps one of this class's own.
  void reaped(pid_t pid, const World& world);
  // Signals that came while the work was paused: a request to end lets it go on for good.
  void signalled(std::uint64_t signals, const World& world);
  // The command has ended.
  RecordSchedule finish();
  const std::string& trouble() const { return trouble_; }

 private:
  RunSchedule() = default;
  Status spawn(const App& app, const std::vector<std::string>& arguments);
  std::optional<std::string> next_line();
  void obey(const std::string& line, const World& world);
  void checkpoint(const World& world);
  void pause(const World& world);
  void resume(const World& world);
  void note(std::string action, const World& world);
  void give_up(std::string why, const World& world);
  void read_report(const std::string& line);

  pid_t follower_ = 0;
  int to_follower_ = -1, from_follower_ = -1;
  std::string buffer_, reason_, trouble_;
  std::unique_ptr<Pauser> pauser_;
  RecordSchedule facts_;
  std::string checkpoint_command_, checkpoint_signal_;
  Duration checkpoint_wait_;
  std::optional<std::int64_t> checkpoint_until_ns_;  // a checkpoint is being written
  pid_t checkpoint_pid_ = 0;
  std::int64_t paused_at_ns_ = 0;
  Split at_pause_;
  bool may_pause_ = false, following_ = true;
};

}  // namespace olivine::cli
