#include "apps/cli/run_schedule.h"

#include <fmt/core.h>

#include <algorithm>
#include <csignal>
#include <utility>

#include "apps/cli/run_expectation.h"
#include "apps/cli/schedule_options.h"
#include "base/text.h"
#include "base/wall_time_text.h"

namespace olivine::cli {
namespace {

constexpr int kPlanSoonMs = 10'000;  // then it is said that it is waited for

std::string text_of(Duration d) { return fmt::format("{}ms", (d.ns + 999'999) / 1'000'000); }

// What `plan --follow` is asked for these options.
Result<PlanOptions> plan_asked(const ScheduleOptions& s, const std::string& zone, const Expectation& expectation) {
  const Duration expected = expectation.duration;
  const bool only_start = !s.start_within.empty();
  OLIVINE_TRY(const Duration within, named(only_start ? "--start-within" : "--finish-within",
                                           parse_duration(only_start ? s.start_within : s.finish_within)));
  if (!only_start && within < expected)
    return fail(ErrorKind::kInvalid, fmt::format("--finish-within {}: the work is expected to take {}",
                                                 format_duration(within), format_duration(expected)));
  if (!s.start.empty()) OLIVINE_CHECK_STATUS(named("--plan-start", parse_wall_time(s.start)));
  PlanOptions asked;
  asked.duration = text_of(expected);
  asked.deadline = text_of(only_start ? within + expected : within);
  asked.margin = only_start ? "0s" : s.margin.empty() ? text_of(expectation.margin) : s.margin;
  asked.no_pause = only_start;
  if (!zone.empty()) asked.zones = {zone};
  asked.objective = s.objective;
  asked.intensity = s.intensity;
  asked.start = s.start;
  asked.slot = s.slot;
  asked.pause_cost = s.pause_cost;
  asked.pause_time = s.pause_time;
  asked.min_run = s.min_run;
  if (s.pause_above != "auto") asked.pause_above = s.pause_above;
  asked.speed = s.speed;
  return asked;
}

}  // namespace

Result<std::unique_ptr<RunSchedule>> RunSchedule::start(const App& app, const std::string& zone) {
  const ScheduleOptions& s = app.options.of<ScheduleOptions>();
  if (zone.empty() && s.intensity.empty())
    return fail(ErrorKind::kInvalid,
                "waiting for cleaner electricity needs to know where: --zone, e.g. --zone FR (olivine grid zones TEXT "
                "finds it)");
  OLIVINE_TRY(const Expectation expected, expectation_of(app));
  OLIVINE_TRY(const PlanOptions asked, plan_asked(s, zone, expected));
  std::unique_ptr<RunSchedule> schedule(new RunSchedule());
  schedule->may_pause_ = schedule->may_pause_asked_ = s.start_within.empty();
  schedule->facts_.policy =
      schedule->may_pause_ ? "finish within " + s.finish_within : "start within " + s.start_within;
  schedule->facts_.objective = s.objective;
  schedule->facts_.zone = zone;
  schedule->known_of_ = zone.empty() ? printable(s.intensity) : printable(zone);
  OLIVINE_TRY(const std::string program, grid_program_path(app.files));
  OLIVINE_TRY(schedule->follower_, Follower::start(program, asked));
  if (!schedule->await_plan(app))
    return fail(ErrorKind::kInvalid, "no plan could be made for this run (see above); nothing was started");
  if (app.options.quiet) return schedule;
  if (!expected.origin.empty())
    app.tell(fmt::format("{} expected, {}", format_duration(expected.duration), expected.origin));
  if (schedule->may_pause_ && s.margin.empty() && !expected.margin_origin.empty())
    app.tell(fmt::format("{} kept free at the end: {}", format_duration(expected.margin), expected.margin_origin));
  return schedule;
}

// False when the follower has ended without one.
bool RunSchedule::await_plan(const App& app) {
  if (follower_->begun(std::min(kPlanSoonMs, follower_->until_latest_ms()))) return true;
  const auto latest = follower_->latest();
  if (!follower_->ended() && latest && SystemClock().now().wall < *latest)
    app.tell(fmt::format("no plan is made yet; without one the work starts at {}Z at the latest",
                         format_utc(*latest).substr(0, 19)));
  while (!follower_->ended() && !follower_->overdue())
    if (follower_->begun(follower_->until_latest_ms())) return true;
  return !follower_->ended();
}

void RunSchedule::note(const FollowLine& line) {
  reason_ = line.reason;
  if (!line.made) return;
  facts_.planned = line.made->planned;
  facts_.plan = line.made->plan;
  facts_.source = line.made->source;
  if (facts_.zone.empty()) facts_.zone = line.made->zone;
}

RecordSchedule RunSchedule::planned() const {
  RecordSchedule planned = facts_;
  planned.watched = false;
  return planned;
}

void RunSchedule::wait_for_start(const App& app) {
  const std::int64_t begun_ns = SystemClock().now().boot_ns;
  bool told = false;
  while (following()) {
    if (follower_->overdue()) {
      troubles_.push_back("the plan is silent past the latest start; the work was started without it");
      app.tell(troubles_.back());
      break;
    }
    const auto line = follower_->next(follower_->until_latest_ms());
    if (!line) continue;  // it ended, or not yet
    note(*line);
    if (line->action == "run") {
      started_unplanned(app, told);
      break;
    }
    if (line->action != "wait") continue;
    told = true;
    app.tell("waiting: " + printable(reason_));
  }
  if (told) facts_.waited_ns = SystemClock().now().boot_ns - begun_ns;
  if (!following()) troubles_.push_back("the plan ended before the start; the work was started at once");
}

// Where nothing is known that could be waited for, the follower says "no ..." in place of an intensity: the reader must know.
void RunSchedule::started_unplanned(const App& app, bool waited) {
  if (!reason_.starts_with("no ")) return;
  const std::string objective = facts_.objective + " intensity";
  const std::string why = reason_.starts_with("no " + objective)
                              ? fmt::format("no {} of {} is known for now", objective, known_of_)
                              : printable(reason_);
  troubles_.push_back(fmt::format("{}: started {}", why, waited ? "without waiting longer" : "at once"));
  app.tell(troubles_.back());
}

void RunSchedule::step(const RunWorld& world) {
  while (following()) {
    const auto line = follower_->next(0);
    if (!line) break;
    obey(*line, world);
  }
  if (pause_ != nullptr && (pause_->paused() || pause_->preparing()) && following() && follower_->overdue()) {
    troubles_.push_back("the plan is silent past the latest moment to go on; the work goes on without it");
    follower_->waits_no_more();
    pause_->end(troubles_.back(), world);
  }
  if (pause_ != nullptr)
    if (std::string failure = pause_->take_failure(); !failure.empty()) give_up(std::move(failure), world);
  if (!following() && may_pause_) give_up("the plan ended unexpectedly; the work goes on without pauses", world);
}

void RunSchedule::obey(const FollowLine& line, const RunWorld& world) {
  note(line);
  if (!may_pause_ || pause_ == nullptr) return;
  if (line.action == "wait") pause_->begin(reason_, world);
  if (line.action == "run") pause_->end(reason_, world);
}

void RunSchedule::give_up(std::string why, const RunWorld& world) {
  reason_ = std::move(why);
  troubles_.push_back(reason_);
  given_up_ = true;
  may_pause_ = false;
  if (pause_ != nullptr) pause_->end(reason_, world);
}

void RunSchedule::reaped(pid_t pid, const RunWorld& world) {
  if (pid == world.child) ended_ = world.wall();
  if (pid != follower_->pid()) return;
  follower_->forget();
  step(world);  // what it said last, and that it said no more
}

void RunSchedule::signalled(std::uint64_t signals, const RunWorld& world) {
  if (pause_ == nullptr || !may_pause_) return;
  if (pause_->preparing() && (signals & kSignalsToEnd) != 0)
    return give_up("a signal asked the work to end while its checkpoint was written: it is not paused any more", world);
  if (!pause_->paused()) return;
  if ((signals & kSignalsToEnd) != 0)
    return give_up("a signal asked the work to end while it was paused: it goes on, to act on it", world);
  if ((signals & kSignalsToStop) != 0) ::raise(SIGSTOP);  // as the shell expects; the work is stopped already
  if ((signals & signal_bit(SIGCONT)) != 0) pause_->renew(world);
}

// From the command's start to its end, without the pauses: a checkpoint, and work that somebody else let go on, are work.
std::vector<WallInterval> RunSchedule::ran(WallTime now) const {
  std::vector<WallInterval> spans;
  WallTime from = begun_;
  const auto add = [&](WallTime until) {
    if (from < until) spans.push_back({from, until});  // the wall clock may be set back
  };
  if (pause_ != nullptr)
    for (const WallInterval& stop : pause_->stops()) {
      add(stop.begin);
      from = stop.end;
    }
  add(ended_.value_or(now));
  return spans;
}

RecordSchedule RunSchedule::finish(WallTime now) {
  if (pause_ != nullptr && may_pause_asked_) {
    const RecordSchedule& paused = pause_->facts();
    facts_.executor = pause_->executor();
    facts_.pauses = paused.pauses;
    facts_.paused_ns = paused.paused_ns;
    facts_.paused_attributed_uj = paused.paused_attributed_uj;
    facts_.paused_measured_uj = paused.paused_measured_uj;
    facts_.events = paused.events;
  }
  if (!following()) return facts_;
  const auto report = follower_->finish(ran(now));
  if (!report) troubles_.emplace_back("the plan was silent at the end: what it saved is not known");
  if (report) {
    facts_.planned = report->planned;
    facts_.actual = report->actual;
    facts_.source = report->source;
    facts_.plan = report->plan;
    facts_.segments = report->segments;
    facts_.at_once = report->at_once;
    if (facts_.zone.empty()) facts_.zone = report->zone;
  }
  return facts_;
}

}  // namespace olivine::cli
