// run: measures a command and everything it starts, and ends as the command ended.
//
// Order: settings are checked before the command starts (exit 2 on a mistake); the first reading is taken just before it
// starts, the last one right after it ended. Nothing that fails in us from then on changes its output, its exit code or
// its signals; with --strict the exit code is 125.
#include <fmt/core.h>
#include <sys/wait.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "apps/cli/app.h"
#include "apps/cli/commands.h"
#include "apps/cli/run_schedule.h"
#include "apps/cli/schedule_options.h"
#include "base/child_supervisor.h"
#include "base/own_pages.h"
#include "base/text.h"
#include "engine/mark_intake.h"
#include "engine/prepare.h"
#include "engine/recorder.h"
#include "engine/redact.h"
#include "engine/run_usage.h"
#include "workload/mark_channel.h"

namespace olivine::cli {
namespace {

constexpr Duration kFirstCommit = milliseconds(100);  // a run that is killed early has its first readings
constexpr Duration kCommitEvery = milliseconds(500);  // docs/adr/0005: what a kill may leave unattributed, against 0.2 % of a core

struct Measurement {
  Preparation prepared;
  RunContext context;
};

Result<Measurement> measurement_of(const App& app) {
  Measurement m{prepare(app.files, app.roots(), app.clock, app.config, app.discover_options()), {}};
  const Preparation& p = m.prepared;
  OLIVINE_TRY(m.context, make_context(p.setup, p.machine, app.config, p.zone, app.clock.now().wall));
  return m;
}

std::string command_json(const App& app) {
  std::vector<std::string> argv = redact_argv(app.options.child);
  if (app.config.flag("keep_command") == false) argv.resize(1);
  return nlohmann::json(argv).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

// When this process started, in clock ticks: with its pid and the boot it names us for ever.
std::int64_t own_start_ticks(const App& app) {
  const auto stat = read_text(app.files, app.roots().procfs + "/self/stat");
  if (!stat) return 0;
  const auto fields = split_words(std::string_view(*stat).substr(stat->rfind(')') + 1));
  return fields.size() > 19 ? parse_i64(fields[19]).value_or(0) : 0;
}

RunStart start_of(const App& app, const Measurement& m) {
  RunStart start;
  start.started = app.clock.now();
  start.run_id = new_run_id(start.started.wall);
  start.name = app.options.name;
  start.project = app.config.get("project");
  start.command_json = command_json(app);
  start.machine_json = to_json(m.prepared.machine);
  start.context_json = to_json(m.context);
  start.boot_id = m.prepared.setup.facts.boot_id;
  start.owner_pid = ::getpid();
  start.owner_start_ticks = own_start_ticks(app);
  return start;
}

// What the work says about itself: looked at when it says something, at least at every tick, and at most a few times between
// two ticks, however much is said.
class Marks {
 public:
  Marks(const App& app, Recorder& recorder) : clock_(app.clock), recorder_(recorder) {
    if (app.config.flag("marks").value_or(true))
      if (auto channel = MarkChannel::create()) channel_.emplace(std::move(*channel));
  }

  int fd() const { return channel_ && looks_ < kMostLooks ? channel_->fd() : -1; }
  // True: something was said that is worth a reading of its own.
  bool look() {
    if (!channel_) return false;
    ++looks_;
    bool kept = false;
    const std::int64_t now_ns = clock_.now().mono.ns;
    const bool complete = channel_->read([&](std::string_view line) { kept = intake_.line(line, now_ns) || kept; });
    intake_.looked(now_ns, complete);
    if (kept) recorder_.marks(intake_.take());
    if (!kept || now_ns - settled_ns_ < kLeastBetween.ns) return false;
    settled_ns_ = now_ns;
    return true;
  }
  void tick() { looks_ = 0; }
  // Takes the pipe away and hands out what there is to say. What the work says from now on goes nowhere.
  std::vector<std::string> close() {
    for (int i = 0; i < kMostLooks + kMostLooks; ++i) {  // a full pipe; who floods on is not waited for
      look();
      if (!channel_ || !channel_->has_more()) break;
    }
    channel_.reset();
    return intake_.notes();
  }

 private:
  static constexpr int kMostLooks = 8;
  static constexpr Duration kLeastBetween = milliseconds(100);

  const Clock& clock_;
  Recorder& recorder_;
  std::optional<MarkChannel> channel_;
  MarkIntake intake_;
  int looks_ = 0;
  std::int64_t settled_ns_ = 0;
};

// The loop of a run. Returns the child's wait status.
class Loop {
 public:
  struct Schedule {
    RunSchedule* follow = nullptr;  // null: no plan
    RunSchedule::World world;
  };
  Loop(ChildSupervisor& supervisor, Recorder& recorder, RunUsage& usage, Marks& marks, Duration interval, Schedule schedule)
      : supervisor_(supervisor), recorder_(recorder), usage_(usage), marks_(marks), schedule_(std::move(schedule)),
        ticks_to_first_commit_(std::max<std::int64_t>(1, kFirstCommit.ns / interval.ns)),
        ticks_per_commit_(std::max<std::int64_t>(1, kCommitEvery.ns / interval.ns)) {}

  int run() {
    while (true) {
      const SupervisorEvent event = supervisor_.wait(marks_.fd());
      if (event.kind == SupervisorEvent::Kind::kTick) {
        recorder_.count_missed(event.missed_ticks);
        tick();
        if (schedule_.follow != nullptr) schedule_.follow->step(schedule_.world);
      } else if (event.kind == SupervisorEvent::Kind::kSignal) {
        if (schedule_.follow != nullptr) schedule_.follow->signalled(event.signals, schedule_.world);
      } else if (event.kind == SupervisorEvent::Kind::kReadable) {
        if (marks_.look()) settle();
      } else {
        usage_.reaped(event.pid, event.status, event.usage);
        if (schedule_.follow != nullptr) schedule_.follow->reaped(event.pid, schedule_.world);
        if (event.kind == SupervisorEvent::Kind::kChildEnded) return event.status;
      }
    }
  }

 private:
  // Counters are read at every tick, who used the machine only when it is settled: CPU times are cumulative.
  void tick() {
    marks_.look();
    marks_.tick();
    const bool due = ++ticks_ == ticks_to_first_commit_ || ticks_ % ticks_per_commit_ == 0;
    if (ticks_ == ticks_to_first_commit_) release_start_pages();  // a command that is over by then needs them at its end
    if (!due) return recorder_.tick(std::nullopt, false);
    settle();
  }
  void settle() {
    auto reading = usage_.read();
    recorder_.tick(reading, reading.has_value());
  }

  ChildSupervisor& supervisor_;
  Recorder& recorder_;
  RunUsage& usage_;
  Marks& marks_;
  Schedule schedule_;
  std::int64_t ticks_to_first_commit_, ticks_per_commit_;
  std::int64_t ticks_ = 0;
};

// Helpers of a pool end a moment after the command, when they see its pipe closed: only what outlives that is named.
std::vector<std::string> left_running(ChildSupervisor& supervisor, RunUsage& usage) {
  constexpr int kLooks = 10;
  constexpr timespec kPause{0, 3'000'000};
  for (int look = 1;; ++look) {
    while (const auto ended = supervisor.reap()) usage.reaped(ended->pid, ended->status, ended->usage);
    std::vector<std::string> names = usage.left_running();
    if (names.empty() || look == kLooks) return names;
    ::nanosleep(&kPause, nullptr);
  }
}

void write_outputs(const App& app, const RunRecord& record) {
  Status status;
  if (app.options.json) {
    const std::string json = render_json(record) + "\n";
    if (app.options.json_file.empty()) say(json);
    else status = write_file(app.options.json_file, json);
  }
  const bool to_file = !app.options.output_file.empty();
  if (status && to_file) status = write_file(app.options.output_file, render_summary(record, app.style(false)));
  if (!status) say(fmt::format("olivine: {}\n", status.error().message));
  const bool json_instead = app.options.json && app.options.json_file.empty();
  if (!app.options.quiet && !to_file && !json_instead) say(render_summary(record, app.style(true)));
}

// Without us the work would run all the same.
[[noreturn]] void run_unmeasured(const App& app, const SignalState& signals, const Error& why) {
  say(fmt::format("olivine: not measured: {}\n", why.message));
  const auto child = start_child(app.options.child, signals, {});
  if (!child) {
    say(fmt::format("olivine: {}\n", child.error().message));
    ::_exit(child.error().exit_code);
  }
  int status = 0;
  while (::waitpid(*child, &status, 0) < 0 && errno == EINTR) {
  }
  mirror_exit(status);
}

std::unique_ptr<Ledger> ledger_for_run(const App& app, const Measurement& m, std::string& trouble) {
  auto ledger = open_ledger(app);
  if (!ledger) {
    trouble = "this run is not kept in the ledger: " + ledger.error().message;
    return nullptr;
  }
  if (const auto closed = close_interrupted_runs(app, **ledger, m.prepared.sensors.found, m.prepared.setup.facts.boot_id); !closed)
    trouble = "a run that was cut off could not be closed: " + closed.error().message;
  if (trouble.empty()) trouble = (*ledger)->notice();
  return std::move(*ledger);
}

// Waits for the start that the plan chooses, before anything of the run is set up. Null without a plan.
Result<std::unique_ptr<RunSchedule>> scheduled_start(App& app, Measurement& m) {
  if (!app.options.of<ScheduleOptions>().wanted()) return nullptr;
  OLIVINE_TRY(auto schedule, RunSchedule::start(app, m.context.zone));
  m = {};  // no sensor stays open while we wait, perhaps for hours
  schedule->wait_for_start();
  OLIVINE_TRY(m, measurement_of(app));  // the hour is another one now
  return schedule;
}

// With a plan that may pause: how; a trouble, not an error, when it cannot be had.
ChildPlacement placement_of(const App& app, RunUsage& usage, const std::string& run_id, RunSchedule* schedule, Recorder& recorder) {
  ChildPlacement placement = usage.placement();
  if (schedule == nullptr || !schedule->may_pause()) return placement;
  const auto use = pause_use_from(app.options.of<ScheduleOptions>().pause_with);
  auto pauser = Pauser::create(app.files, {use.value_or(PauseUse::kAuto), run_id, app.roots().procfs, app.roots().cgroup, usage.v2_cgroup()});
  if (!pauser) {
    recorder.warn("this run is not paused: " + pauser.error().message);
    return placement;
  }
  for (const int fd : (*pauser)->procs_fds()) placement.procs_fds.push_back(fd);
  usage.ignore((*pauser)->guardian_pid());
  schedule->use(std::move(*pauser));
  return placement;
}

// The command could not enter a cgroup that was made for it: it is followed, and paused, process by process.
void stay_outside(const App& app, RunUsage& usage, const std::string& run_id, RunSchedule* schedule) {
  usage.close_cgroup();
  if (schedule == nullptr || !schedule->may_pause()) return;
  auto pauser = Pauser::create(app.files, {PauseUse::kSignals, run_id, app.roots().procfs, app.roots().cgroup, ""});
  schedule->use(pauser ? std::move(*pauser) : nullptr);
}

Loop::Schedule schedule_of(const App& app, RunSchedule* schedule, ChildSupervisor& supervisor, Recorder& recorder, RunUsage& usage,
                           pid_t child, const RunStart& start) {
  if (schedule == nullptr) return {};
  RunSchedule::World world;
  world.child = child;
  world.run_id = start.run_id;
  world.processes = [&usage, schedule] {
    if (schedule->pauser() != nullptr) usage.ignore(schedule->pauser()->guardian_pid());
    return usage.processes();
  };
  world.settle = [&recorder, &usage] {
    auto reading = usage.read();
    recorder.tick(reading, true);
    return recorder.settled();
  };
  world.ignore = [&usage](pid_t pid) { usage.ignore(pid); };
  world.expect_stops = [&supervisor](bool expected) { supervisor.expect_stops(expected); };
  world.now_ns = [&app, begun = start.started.mono.ns] { return app.clock.now().mono.ns - begun; };
  return {schedule, std::move(world)};
}

// The record of a command that could not be started.
int not_started(const App& app, const StartError& error, RunUsage& usage, Recorder& recorder, const RunContext& context) {
  say(fmt::format("olivine: {}\n", error.message));
  recorder.tick(usage.read(), true);
  recorder.finish({error.exit_code, std::nullopt}, context, {&app.files, app.grid_data_path()});
  usage.close_cgroup();
  return error.exit_code;
}

void tell_how_it_went(RunSchedule* schedule, RunUsage& usage, Recorder& recorder) {
  recorder.followed_by(usage.method());
  if (const std::string why = usage.trouble(); !why.empty()) recorder.warn(why);
  if (schedule == nullptr) return;
  recorder.scheduled(schedule->finish());
  if (!schedule->trouble().empty()) recorder.warn(schedule->trouble());
}

// Quiet is about the summary: a record that is lost is news also to who wants none.
void tell_of_loss(const App& app, const std::string& lost) {
  if (app.options.quiet && !lost.empty()) say(fmt::format("olivine: {}\n", lost));
}

Recorder::Exit exit_of(int status) {
  Recorder::Exit exit;
  if (WIFEXITED(status)) exit.code = WEXITSTATUS(status);
  else exit.signal = WTERMSIG(status);
  return exit;
}

}  // namespace

int run_command(App& app) {
  auto prepared = measurement_of(app);
  if (!prepared) {
    say(fmt::format("olivine: {}\n", prepared.error().message));
    return kExitUsage;
  }
  Measurement& m = *prepared;
  const auto waited = scheduled_start(app, m);
  if (!waited) {
    say(fmt::format("olivine: {}\n", waited.error().message));
    return kExitUsage;
  }
  release_start_pages();  // of options, settings and tables: before those of the ledger come
  RunSchedule* schedule = waited->get();
  const bool strict = app.config.flag("strict").value_or(false);
  const SignalState signals;
  auto supervisor = ChildSupervisor::create(signals, m.prepared.machine.interval);
  if (!supervisor) {
    if (strict) return report_error(supervisor.error()), kExitOurFailure;
    run_unmeasured(app, signals, supervisor.error());
  }
  std::string trouble;
  const auto ledger = ledger_for_run(app, m, trouble);
  const std::string unopened = ledger ? "" : trouble;
  const RunStart start = start_of(app, m);
  RunUsage usage(app.files, app.roots(), start.run_id, cgroup_use_from(app.config.get("cgroup")),
                 task_clock_use_from(app.config.get("task_clock")));
  if (schedule != nullptr) usage.ignore(schedule->follower_pid());  // before the first reading: its time would hide the work's
  usage.watch_gpus(m.prepared.sensors.nvml, m.prepared.sensors.gpu_devices);
  std::vector<EnergySource*> sources;
  for (const auto& source : m.prepared.sensors.found.sources) sources.push_back(source.get());
  Recorder recorder({app.clock, ledger.get(), sources, m.prepared.machine, start});
  if (const auto begun = recorder.begin(); !begun && trouble.empty()) trouble = begun.error().message;
  if (!trouble.empty()) recorder.warn(trouble);
  if (strict && !trouble.empty()) {
    say(fmt::format("olivine: {}\n", trouble));
    return kExitOurFailure;
  }
  Marks marks(app, recorder);
  recorder.tick(usage.read(), false);
  const auto child = supervisor->start(app.options.child, signals, placement_of(app, usage, start.run_id, schedule, recorder));
  if (!child) return not_started(app, child.error(), usage, recorder, m.context);
  release_inherited_descriptors(true);
  usage.ignore(supervisor->witness_pid());
  if (!child->placed) stay_outside(app, usage, start.run_id, schedule);
  usage.child_started();
  const int status = Loop(*supervisor, recorder, usage, marks, m.prepared.machine.interval,
                          schedule_of(app, schedule, *supervisor, recorder, usage, child->pid, start)).run();
  recorder.mark_notes(marks.close());
  recorder.left_running(left_running(*supervisor, usage));
  recorder.tick(usage.read(), true);
  tell_how_it_went(schedule, usage, recorder);
  const RunRecord record = recorder.finish(exit_of(status), m.context, {&app.files, app.grid_data_path()});
  usage.close_cgroup();
  write_outputs(app, record);
  tell_of_loss(app, unopened.empty() ? recorder.lost() : unopened);
  std::fflush(stderr);
  if (strict && (!record.warnings.empty() && record.warnings != m.context.warnings)) return kExitOurFailure;
  mirror_exit(status);
}

}  // namespace olivine::cli
