#include "apps/cli/run_acting.h"

#include <algorithm>

#include "apps/cli/schedule_options.h"

namespace olivine::cli {

Result<RunActing> RunActing::create(const App& app, RunContext& context, const Measuring& measuring) {
  RunActing acting;
  acting.clock_ = &app.clock;
  const ScheduleOptions& s = app.options.of<ScheduleOptions>();
  const bool plan_pauses = !s.finish_within.empty();
  OLIVINE_TRY(acting.budget_, BudgetGuard::create(app, context, plan_pauses));
  if (!s.wanted() && !acting.budget_) return acting;
  OLIVINE_TRY(acting.pause_, WorkPause::create(app));
  if (!s.wanted()) return acting;
  OLIVINE_TRY(acting.schedule_, RunSchedule::start(app, context.zone));
  measuring.let_go();
  acting.schedule_->wait_for_start(app);
  OLIVINE_CHECK_STATUS(measuring.again());
  if (context.zone.empty() && !s.intensity.empty())
    context.warnings.emplace_back(
        "the plan's file does not price this run: olivine grid import FILE --zone ZONE keeps it, then run with --zone "
        "ZONE");
  context.plan = acting.schedule_->planned();
  OLIVINE_TRY(acting.budget_, BudgetGuard::create(app, context, plan_pauses));
  return acting;
}

void RunActing::keep_out_of(RunUsage& usage) const {
  if (schedule_) usage.ignore(schedule_->follower_pid());
}

void RunActing::use(std::unique_ptr<Pauser> pauser) {
  pause_->use(std::move(pauser));
  if (schedule_ && schedule_->may_pause()) schedule_->use(pause_.get());
  if (budget_ && budget_->may_pause()) budget_->use(pause_.get());
  if (budget_) budget_->may_end(pause_.get());
}

ChildPlacement RunActing::placement(const App& app, RunUsage& usage, const std::string& run_id, Recorder& recorder) {
  ChildPlacement placement = usage.placement();
  if (!may_pause()) return placement;
  const auto how = pause_use_from(app.options.of<ScheduleOptions>().pause_with);
  auto pauser = Pauser::create(
      app.files, {how.value_or(PauseUse::kAuto), run_id, app.roots().procfs, app.roots().cgroup, usage.v2_cgroup()});
  if (!pauser) {
    recorder.warn("this run is not paused: " + pauser.error().message);
    return placement;
  }
  for (const int fd : (*pauser)->procs_fds()) placement.procs_fds.push_back(fd);
  usage.ignore((*pauser)->guardian_pid());
  use(std::move(*pauser));
  return placement;
}

void RunActing::stay_outside(const App& app, const std::string& run_id) {
  if (!may_pause()) return;
  auto pauser = Pauser::create(app.files, {PauseUse::kSignals, run_id, app.roots().procfs, app.roots().cgroup, ""});
  use(pauser ? std::move(*pauser) : nullptr);
}

void RunActing::started(const Parts& parts) {
  if (!schedule_ && !budget_) return;
  world_.child = parts.child;
  world_.run_id = parts.run_id;
  world_.processes = [&usage = parts.usage, pause = pause_.get()] {
    if (pause->usable()) usage.ignore(pause->pauser()->guardian_pid());
    return usage.processes();
  };
  world_.settle = [&recorder = parts.recorder, &usage = parts.usage] {
    auto reading = usage.read();
    recorder.settle(reading);
    return recorder.settled();
  };
  world_.ignore = [&usage = parts.usage](pid_t pid) { usage.ignore(pid); };
  world_.expect_stops = [&supervisor = parts.supervisor](bool expected) { supervisor.expect_stops(expected); };
  world_.report_signals = [&supervisor = parts.supervisor](bool wanted) { supervisor.report_signals(wanted); };
  world_.now_ns = [&clock = parts.app.clock, begun_ns = parts.begun_ns] { return clock.now().mono.ns - begun_ns; };
  world_.wall = [&clock = parts.app.clock] { return clock.now().wall; };
  if (schedule_) schedule_->started(world_.wall());
  world_.so_far = [&recorder = parts.recorder, &context = parts.context] { return recorder.so_far(context); };
}

void RunActing::tick() {
  if (pause_) pause_->step(world_);
  if (schedule_) schedule_->step(world_);
  if (budget_) budget_->step(world_);
}

Duration RunActing::look_within(Duration others) const {
  constexpr Duration kLate = milliseconds(100);
  if (!pause_ || !(may_pause() || budget_ || pause_->paused())) return others;
  return others.ns < 0 ? kLate : std::min(kLate, others);
}

void RunActing::settled() {
  if (budget_) budget_->settled(world_, clock_->now().wall);
}

void RunActing::signalled(std::uint64_t signals) {
  if (schedule_) schedule_->signalled(signals, world_);
  if (budget_) budget_->signalled(signals, world_);
  if (pause_ && (signals & kSignalsToEnd) != 0) pause_->end_checkpoint("a signal asked the work to end", world_);
}

void RunActing::reaped(pid_t pid, int status) {
  if (schedule_) schedule_->reaped(pid, world_);
  if (pause_) pause_->reaped(pid, status, world_);
}

void RunActing::finish(Recorder& recorder, const RunContext& context) {
  if (pause_ && pause_->paused()) pause_->end("the work has ended", world_);
  if (schedule_) {
    recorder.scheduled(schedule_->finish(clock_->now().wall));
    for (const std::string& trouble : schedule_->troubles()) recorder.warn(trouble);
  }
  if (budget_) {
    recorder.budgeted(budget_->finish(recorder.so_far(context), clock_->now().wall));
    if (!budget_->trouble().empty()) recorder.warn(budget_->trouble());
  }
  if (!pause_) return;
  if (pause_->checkpoint_runs()) pause_->end_checkpoint("the work had ended", world_);
  for (const std::string& trouble : pause_->troubles()) recorder.warn(trouble);
  pause_->close();
}

void RunActing::leave() {
  if (pause_) pause_->leave();
}

}  // namespace olivine::cli
