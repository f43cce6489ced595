#include "apps/cli/work_pause.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>

#include "acting/signal_taken.h"
#include "apps/cli/schedule_options.h"
#include "base/subprocess.h"
#include "base/text.h"

namespace olivine::cli {
namespace {
constexpr Duration kCheckpointGrace = seconds(5);
}  // namespace

Result<std::unique_ptr<WorkPause>> WorkPause::create(const App& app) {
  const ScheduleOptions& s = app.options.of<ScheduleOptions>();
  std::unique_ptr<WorkPause> pause(new WorkPause());
  pause->checkpoint_command_ = s.checkpoint_command;
  pause->checkpoint_signal_ = s.checkpoint_signal;
  pause->files_ = &app.files;
  pause->procfs_root_ = app.roots().procfs;
  OLIVINE_TRY(pause->checkpoint_wait_, named("--checkpoint-wait", parse_duration(s.checkpoint_wait)));
  return pause;
}

void WorkPause::begin(const std::string& why, const RunWorld& world) {
  if (!pauser_ || checkpoint_until_ns_ || forbidden_) return;
  thaw_due_ = false;
  if (paused()) return;
  why_ = why;
  const bool asked = ask_for_checkpoint(world);
  if (checkpoint_command_.empty() && !asked) return stop(world);
  checkpoint_until_ns_ = world.now_ns() + checkpoint_wait_.ns;
  world.report_signals(true);
  if (!checkpoint_command_.empty() && checkpoint_pid_ == 0)
    start_checkpoint_command(world);  // or the last one is waited for
}

// True when a checkpoint signal was sent. One without a handler would end the work.
bool WorkPause::ask_for_checkpoint(const RunWorld& world) {
  if (checkpoint_signal_.empty()) return false;
  const int signal = checkpoint_signal_ == "USR1" ? SIGUSR1 : SIGUSR2;
  if (takes_signal(*files_, procfs_root_, world.child, signal)) return ::kill(world.child, signal) == 0;
  trouble(fmt::format("the command had no handler for SIG{} yet: {}", checkpoint_signal_,
                      checkpoint_command_.empty() ? "paused without a checkpoint" : "it was not sent"));
  return false;
}

void WorkPause::start_checkpoint_command(const RunWorld& world) {
  // Our standard streams are gone (release_inherited_descriptors): what it says goes to standard error.
  SpawnWish wish;
  wish.words = {"sh", "-c", checkpoint_command_};
  wish.path = "/bin/sh";
  wish.environment = {fmt::format("OLIVINE_PID={}", world.child), "OLIVINE_RUN_ID=" + world.run_id};
  const int nothing = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  wish.stdin_fd = nothing;
  wish.stdout_fd = STDERR_FILENO;
  wish.own_session = true;
  const auto started = spawn(wish);
  ::close(nothing);
  if (!started) return trouble("the checkpoint command: " + started.error().message);
  world.ignore(checkpoint_pid_ = checkpoint_group_ = *started);
}

void WorkPause::end_checkpoint(const std::string& why, const RunWorld& world) {
  if (checkpoint_group_ == 0) return;
  if (checkpoint_kill_ns_) return kill_checkpoint();  // asked once more
  if (::kill(-checkpoint_group_, SIGTERM) != 0) {     // it is over already
    checkpoint_group_ = 0;
    return;
  }
  ::kill(-checkpoint_group_, SIGCONT);
  checkpoint_kill_ns_ = world.now_ns() + kCheckpointGrace.ns;
  trouble("the checkpoint command was ended before it was done: " + why);
}

void WorkPause::kill_checkpoint() {
  if (checkpoint_group_ != 0) ::kill(-checkpoint_group_, SIGKILL);
  checkpoint_group_ = 0;
  checkpoint_kill_ns_.reset();
}

// Of a command that was asked to end: whether anybody of its group is left.
bool WorkPause::checkpoint_left() {
  if (checkpoint_group_ == 0 || ::kill(-checkpoint_group_, 0) == 0) return checkpoint_group_ != 0;
  checkpoint_group_ = 0;
  checkpoint_kill_ns_.reset();
  return false;
}

void WorkPause::leave() {
  if (!checkpoint_kill_ns_) return;
  sigset_t to_end;
  sigemptyset(&to_end);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) sigaddset(&to_end, signal);
  constexpr timespec kNap{0, 20'000'000};
  constexpr std::int64_t kNaps = kCheckpointGrace.ns / kNap.tv_nsec;
  for (std::int64_t nap = 0; nap < kNaps; ++nap) {
    while (::waitpid(-checkpoint_group_, nullptr, WNOHANG) > 0) {}
    if (!checkpoint_left()) return;
    if (::sigtimedwait(&to_end, nullptr, &kNap) > 0) break;
  }
  kill_checkpoint();
}

void WorkPause::step(const RunWorld& world) {
  if (checkpoint_until_ns_ && world.now_ns() >= *checkpoint_until_ns_) stop(world);
  if (checkpoint_kill_ns_ && checkpoint_left() && world.now_ns() >= *checkpoint_kill_ns_) kill_checkpoint();
  if (thaw_due_) end(why_, world);
}

void WorkPause::stop(const RunWorld& world) {
  checkpoint_until_ns_.reset();
  thaw_due_ = false;
  if (paused()) return;  // it could not be let go
  at_pause_ = world.settle();
  world.expect_stops(true);
  const auto stopped = pauser_->pause(world.processes);
  paused_at_ns_ = world.now_ns();
  if (paused()) stops_.push_back({world.wall(), world.wall()});
  if (!stopped) {
    thaw_due_ = paused();  // what was stopped of it could not be let go
    world.expect_stops(thaw_due_);
    failure_ = "the work could not be paused: " + stopped.error().message;
    return;
  }
  ++facts_.pauses;
  note("pause", world);
}

void WorkPause::end(const std::string& why, const RunWorld& world) {
  checkpoint_until_ns_.reset();
  if (!paused()) return;
  why_ = why;
  const Split now = world.settle();
  facts_.paused_attributed_uj += now.attributed.count() - at_pause_.attributed.count();
  facts_.paused_measured_uj += now.total().count() - at_pause_.total().count();
  facts_.paused_ns += world.now_ns() - paused_at_ns_;
  const auto resumed = pauser_->resume();
  stops_.back().end = world.wall();
  if (!resumed) {
    trouble("letting the work go on: " + resumed.error().message);
    at_pause_ = now;
    paused_at_ns_ = world.now_ns();
    thaw_due_ = true;
    return;
  }
  thaw_due_ = false;
  world.expect_stops(false);
  note("run", world);
}

void WorkPause::renew(const RunWorld& world) {
  const std::string why = why_;
  end(why, world);
  why_ = why;
  stop(world);
}

void WorkPause::note(std::string action, const RunWorld& world) {
  if (facts_.events.size() < kMostActedEvents) facts_.events.push_back({world.now_ns(), std::move(action), why_});
}

void WorkPause::trouble(std::string what) {
  if (std::find(troubles_.begin(), troubles_.end(), what) == troubles_.end()) troubles_.push_back(std::move(what));
}

void WorkPause::reaped(pid_t pid, int status, const RunWorld& world) {
  if (pid == checkpoint_pid_) {
    checkpoint_pid_ = 0;
    if (checkpoint_kill_ns_) return;  // by us; its children may be left
    checkpoint_group_ = 0;
    if (!paused() && !checkpoint_until_ns_) world.report_signals(false);
    if (WIFSIGNALED(status))
      trouble(fmt::format("the checkpoint command was ended by signal {}", WTERMSIG(status)));
    else if (WEXITSTATUS(status) != 0)
      trouble(fmt::format("the checkpoint command ended with exit code {}", WEXITSTATUS(status)));
    if (checkpoint_until_ns_ && checkpoint_signal_.empty()) stop(world);
  }
  if (pauser_ && pid == pauser_->guardian_pid()) {
    if (paused()) end(why_, world);
    pauser_->guardian_ended();
    trouble("the guardian of paused work was killed; it is started anew at the next pause");
  }
}

}  // namespace olivine::cli
