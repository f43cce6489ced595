// WorkPause: how the work of `olivine run` is paused and let go on, whoever wants it, a plan or a budget: a checkpoint first, the
// books closed at both ends, and what was done kept.
//
//   pause.use(pauser);            // without one nothing is ever paused
//   pause.begin(why, world); ... pause.step(world) at each tick; pause.end(why, world)
//
// A checkpoint command is in a session of its own: the terminal's signals are not for it. A signal that asks the work to end ends it too
// (end_checkpoint): SIGTERM to its group, and SIGKILL after five seconds or at the next such signal. So does the end of the work.
//
// A checkpoint signal is sent only to a command that has a handler for it (acting/signal_taken.h); else the pause comes at once.
//
// Units: ns, uJ. Errors: a pause that fails leaves the work running and says why in troubles(). Threads: one. Lifetime: its end lets
// the work go on.
#pragma once

#include <sys/types.h>

#include <csignal>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "acting/pauser.h"
#include "apps/cli/app.h"
#include "attribution/attribute.h"
#include "engine/energy_so_far.h"
#include "report/run_record.h"

namespace olivine::cli {

struct RunWorld {  // what acting needs of the run
  pid_t child = 0;
  std::string run_id;
  Pauser::Processes processes;
  // Closes the books at a pause and at its end; what they say so far. The ledger is written later: its lock may be another's, and
  // nothing of a pause waits for that.
  std::function<Split()> settle;
  std::function<void(bool)> expect_stops, report_signals;
  std::function<void(pid_t)> ignore;     // a child of ours that is not the work's
  std::function<std::int64_t()> now_ns;  // since the run's start
  std::function<WallTime()> wall;
  std::function<EnergySoFar()> so_far;
};

// Signals that came while the work was paused, as SupervisorEvent has them.
constexpr std::uint64_t signal_bit(int signal) { return std::uint64_t{1} << (signal - 1); }
constexpr std::uint64_t kSignalsToEnd =
    signal_bit(SIGINT) | signal_bit(SIGTERM) | signal_bit(SIGHUP) | signal_bit(SIGQUIT);
constexpr std::uint64_t kSignalsToStop = signal_bit(SIGTSTP) | signal_bit(SIGTTIN) | signal_bit(SIGTTOU);

class WorkPause {
 public:
  static Result<std::unique_ptr<WorkPause>> create(const App& app);  // with the flags about checkpoints
  WorkPause(const WorkPause&) = delete;
  WorkPause& operator=(const WorkPause&) = delete;
  ~WorkPause() = default;

  void use(std::unique_ptr<Pauser> pauser) { pauser_ = std::move(pauser); }
  bool usable() const { return pauser_ != nullptr; }
  const Pauser* pauser() const { return pauser_.get(); }
  std::string executor() const { return pauser_ ? pauser_->name() : std::string(); }
  bool paused() const { return pauser_ && pauser_->paused(); }
  bool preparing() const { return checkpoint_until_ns_.has_value(); }  // a checkpoint is being written before the pause

  void begin(const std::string& why, const RunWorld& world);  // nothing when it is paused or about to be
  void end(const std::string& why, const RunWorld& world);
  // Time for a checkpoint to be written is over? Work that could not be let go is tried again.
  void step(const RunWorld& world);
  // A child of ours ended: perhaps the checkpoint command, or the guardian. The status is wait4's.
  void reaped(pid_t pid, int status, const RunWorld& world);
  // It runs, whatever we think (somebody sent SIGCONT): stop it again.
  void renew(const RunWorld& world);
  // No pause from now on: the work is to end.
  void forbid() { forbidden_ = true; }
  bool checkpoint_runs() const { return checkpoint_group_ != 0 && !checkpoint_kill_ns_; }
  // The checkpoint command, if one runs, has no more to do. Its end is waited for in leave().
  void end_checkpoint(const std::string& why, const RunWorld& world);
  // The command has ended.
  void close() { pauser_.reset(); }
  // Before we end: waits for a checkpoint command that was ended, at most as long as its grace.
  void leave();

  // Why the last pause could not be made; "" when it was.
  std::string take_failure() { return std::exchange(failure_, {}); }
  const std::vector<std::string>& troubles() const { return troubles_; }  // each once
  // Pauses, their length and energy, and events.
  const RecordSchedule& facts() const { return facts_; }
  // When it did not run; all of them.
  const std::vector<WallInterval>& stops() const { return stops_; }

 private:
  WorkPause() = default;
  bool ask_for_checkpoint(const RunWorld& world);
  void start_checkpoint_command(const RunWorld& world);
  void kill_checkpoint();
  bool checkpoint_left();
  void stop(const RunWorld& world);
  void note(std::string action, const RunWorld& world);
  void trouble(std::string what);

  std::unique_ptr<Pauser> pauser_;
  std::string checkpoint_command_, checkpoint_signal_, procfs_root_;
  FileSystem* files_ = nullptr;
  Duration checkpoint_wait_;
  std::optional<std::int64_t> checkpoint_until_ns_;  // one is being written
  pid_t checkpoint_pid_ = 0, checkpoint_group_ = 0;  // the latter until nobody of it is left
  std::optional<std::int64_t> checkpoint_kill_ns_;   // it was asked to end
  std::string why_, failure_;
  std::vector<std::string> troubles_;
  std::int64_t paused_at_ns_ = 0;
  Split at_pause_;
  std::vector<WallInterval> stops_;
  RecordSchedule facts_;
  bool forbidden_ = false;
  bool thaw_due_ = false;  // letting the work go on failed
};

}  // namespace olivine::cli
