// run: measures a command and everything it starts, and ends as the command ended.
//
// Order: settings are checked before the command starts (exit 2 on a mistake); the first reading is taken just before it
// starts, the last one right after it ended. Nothing that fails in us from then on changes its output, its exit code or
// its signals; with --strict the exit code is 125.
#include <fmt/core.h>
#include <sys/wait.h>
#include <unistd.h>

#include "apps/cli/app.h"
#include "apps/cli/commands.h"
#include "apps/cli/run_acting.h"
#include "apps/cli/run_scopes.h"
#include "apps/cli/run_start.h"
#include "apps/cli/schedule_options.h"
#include "base/child_supervisor.h"
#include "base/own_pages.h"
#include "base/text.h"
#include "engine/mark_intake.h"
#include "engine/prepare.h"
#include "engine/recorder.h"
#include "engine/run_usage.h"
#include "workload/mark_channel.h"
#include "workload/process_end.h"

namespace olivine::cli {
namespace {

constexpr Duration kFirstCommit = milliseconds(100);  // a run that is killed early has its first readings
// docs/adr/0005: what a kill may leave unattributed, against 0.2 % of a core
constexpr Duration kCommitEvery = milliseconds(500);
constexpr Duration kClosingTime = milliseconds(200);  // for runs that were cut off, before the command starts

struct Measurement {
  Preparation prepared;
  RunContext context;
};

// Of a job of Slurm: what sacct joins it by.
void add_scheduler(const App& app, RunContext& context) {
  for (const auto& [variable, name] :
       {std::pair{"SLURM_JOB_ID", "slurm_job"}, std::pair{"SLURM_JOB_UID", "slurm_uid"},
        std::pair{"SLURM_JOB_ACCOUNT", "slurm_account"}, std::pair{"SLURM_JOB_PARTITION", "slurm_partition"},
        std::pair{"SLURM_JOB_NODELIST", "slurm_nodes"}, std::pair{"SLURM_PROCID", "slurm_task"}})
    if (const std::string value = app.variable(variable); !value.empty()) context.host.push_back({name, value});
}

Result<RunContext> context_of(const App& app, const Preparation& p) {
  OLIVINE_TRY(RunContext context, make_context(p.setup, p.machine, app.config, p.zone, app.clock.now().wall));
  add_scheduler(app, context);
  return context;
}

Result<Measurement> measurement_of(const App& app) {
  Measurement m{prepare(app.files, app.roots(), app.clock, app.config, app.discover_options()), {}};
  OLIVINE_TRY(m.context, context_of(app, m.prepared));
  return m;
}

RunStart start_of(const App& app, const Measurement& m) {
  RunStart start = run_start(app, app.clock.now(), app.options.child);
  start.name = app.options.name;
  start.machine_json = to_json(m.prepared.machine);
  start.context_json = to_json(m.context);
  return start;
}

// What the work says about itself: looked at when it says something, at least at every tick, and at most a few times between
// two ticks, however much is said.
class Marks {
 public:
  Marks(const App& app, Recorder& recorder, const RunContext& context)
      : files_(app.files), clock_(app.clock), recorder_(recorder), scopes_(app, context, recorder) {
    if (app.config.flag("marks").value_or(true))
      if (auto channel = MarkChannel::create()) channel_.emplace(std::move(*channel));
    if (channel_) scopes_.listen_at(channel_->path());
  }

  int fd() const { return channel_ && looks_ < kMostLooks ? channel_->fd() : -1; }
  // True: something was said that is worth a reading of its own.
  bool look() {
    if (!channel_) return false;
    ++looks_;
    bool kept = false;
    const std::int64_t now_ns = clock_.now().mono.ns;
    const bool complete =
        channel_->read([&](std::string_view line) { kept = scopes_.line(line) || intake_.line(line, now_ns) || kept; });
    intake_.looked(now_ns, complete);
    if (kept) hand_on();
    return reading_is_due(kept, now_ns);
  }
  // Ends the scopes of processes that have died; what they said before that is read first. Nobody is looked at where no scope is open.
  void end_those_of_the_dead() {
    if (!channel_) return;
    std::vector<std::int64_t> dead;
    const std::set<std::int64_t> pids = intake_.processes();
    auto next = pids.upper_bound(looked_at_);
    for (std::size_t i = 0; i < std::min(kMostProcesses, pids.size()); ++i, ++next) {
      if (next == pids.end()) next = pids.begin();
      looked_at_ = *next;
      if (has_ended(files_, *next)) dead.push_back(*next);
    }
    if (dead.empty()) return;
    look();
    if (channel_->has_more()) return;
    bool kept = false;
    for (const std::int64_t pid : dead) kept = intake_.died(pid, clock_.now().mono.ns) || kept;
    if (kept) hand_on();
  }
  // A word of a scope that came too soon after a reading waits for a tick.
  bool overdue() { return scopes_.wants_reading() && reading_is_due(true, clock_.now().mono.ns); }
  void tick() {
    looks_ = 0;
    rested_ns_ = clock_.now().mono.ns;
  }
  void settled() { rested_ns_ = clock_.now().mono.ns; }
  // Where ticks are rare: when to look at the latest, as quotas are kept or more was said than is looked at. Negative: at the next tick.
  Duration look_within() {
    if (!channel_ || (!scopes_.active() && looks_ < kMostLooks)) return {-1};
    return {std::max<std::int64_t>(0, rested_ns_ + kCommitEvery.ns - clock_.now().mono.ns)};
  }
  RunScopes& scopes() { return scopes_; }
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
  void hand_on() {
    std::vector<Mark> marks = intake_.take();
    scopes_.marks(marks);
    recorder_.marks(std::move(marks));
  }
  bool reading_is_due(bool wanted, std::int64_t now_ns) {
    if (!wanted || now_ns - settled_ns_ < kLeastBetween.ns) return false;
    settled_ns_ = now_ns;
    return true;
  }

  static constexpr int kMostLooks = 8;
  static constexpr Duration kLeastBetween = milliseconds(100);
  static constexpr std::size_t kMostProcesses = 32;  // looked at in one go, in turn

  FileSystem& files_;
  const Clock& clock_;
  Recorder& recorder_;
  RunScopes scopes_;
  std::optional<MarkChannel> channel_;
  MarkIntake intake_;
  int looks_ = 0;
  std::int64_t settled_ns_ = 0, rested_ns_ = 0;
  std::int64_t looked_at_ = 0;  // the last process
};

// The loop of a run. Returns the child's wait status.
class Loop {
 public:
  Loop(ChildSupervisor& supervisor, Recorder& recorder, RunUsage& usage, Marks& marks, Duration interval,
       RunActing& acting)
      : supervisor_(supervisor),
        recorder_(recorder),
        usage_(usage),
        marks_(marks),
        acting_(acting),
        ticks_are_rare_(interval > kCommitEvery),
        ticks_to_first_commit_(std::max<std::int64_t>(1, kFirstCommit.ns / interval.ns)),
        ticks_per_commit_(std::max<std::int64_t>(1, kCommitEvery.ns / interval.ns)) {}

  int run() {
    while (true) {
      const SupervisorEvent event =
          supervisor_.wait(marks_.fd(), acting_.look_within(ticks_are_rare_ ? marks_.look_within() : Duration{-1}));
      if (event.kind == SupervisorEvent::Kind::kTick) {
        recorder_.count_missed(event.missed_ticks);
        tick();
        acting_.tick();
      } else if (event.kind == SupervisorEvent::Kind::kSignal) {
        acting_.signalled(event.signals);
      } else if (event.kind == SupervisorEvent::Kind::kReadable) {
        if (marks_.look()) settle();
        acting_.tick();
      } else if (event.kind == SupervisorEvent::Kind::kNothing) {
        if (marks_.look_within().ns == 0) look_between();
        acting_.tick();
      } else {
        usage_.reaped(event.pid, event.status, event.usage);
        acting_.reaped(event.pid, event.status);
        if (event.kind == SupervisorEvent::Kind::kChildEnded) return event.status;
      }
    }
  }

 private:
  void look_between() {
    const bool due = marks_.look() || marks_.scopes().active();
    marks_.tick();
    if (due) settle();
  }
  // Counters are read at every tick, who used the machine only when it is settled: CPU times are cumulative.
  void tick() {
    marks_.look();
    marks_.tick();
    const bool due = ++ticks_ == ticks_to_first_commit_ || ticks_ % ticks_per_commit_ == 0;
    if (ticks_ == ticks_to_first_commit_)
      release_start_pages();  // a command that is over by then needs them at its end
    if (!due && !marks_.overdue()) return recorder_.tick(std::nullopt, false);
    settle();
  }
  void settle() {
    marks_.end_those_of_the_dead();
    auto reading = usage_.read();
    recorder_.tick(reading, reading.has_value());
    acting_.settled();
    marks_.scopes().settled(acting_.budget_left());
    marks_.settled();
  }

  ChildSupervisor& supervisor_;
  Recorder& recorder_;
  RunUsage& usage_;
  Marks& marks_;
  RunActing& acting_;
  bool ticks_are_rare_;
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
    if (app.options.json_file.empty())
      say(json);
    else
      status = write_file(app.options.json_file, json);
  }
  const bool to_file = !app.options.output_file.empty();
  if (status && to_file) {
    TextStyle style = app.style(false);
    style.fit = false;  // a file is no terminal
    status = write_file(app.options.output_file, render_summary(record, style));
  }
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
  while (::waitpid(*child, &status, 0) < 0 && errno == EINTR) {}
  mirror_exit(status);
}

std::unique_ptr<Ledger> ledger_for_run(const App& app, const Measurement& m, std::string& trouble) {
  auto ledger = open_ledger(app);
  if (!ledger) {
    trouble = "this run is not kept in the ledger: " + ledger.error().message;
    return nullptr;
  }
  if (const auto closed =
          close_interrupted_runs(app, **ledger, m.prepared.sensors.found, m.prepared.setup.facts.boot_id, kClosingTime);
      !closed)
    trouble = "a run that was cut off could not be closed: " + closed.error().message;
  if (trouble.empty()) trouble = (*ledger)->notice();
  return std::move(*ledger);
}

// The record of a command that could not be started.
int not_started(const App& app, const StartError& error, RunUsage& usage, Recorder& recorder,
                const RunContext& context) {
  say(fmt::format("olivine: {}\n", error.message));
  recorder.tick(usage.read(), true);
  recorder.finish({error.exit_code, std::nullopt}, context, {&app.files, app.grid_data_path()});
  usage.close_cgroup();
  return error.exit_code;
}

void tell_how_it_went(RunActing& acting, RunUsage& usage, Recorder& recorder, const RunContext& context, Marks& marks) {
  recorder.followed_by(usage.method());
  if (const std::string why = usage.trouble(); !why.empty()) recorder.warn(why);
  acting.finish(recorder, context);
  marks.scopes().finish(acting.budget_left());
}

// Quiet is about the summary: a record that is lost is news also to who wants none.
void tell_of_loss(const App& app, const std::string& lost) {
  if (app.options.quiet && !lost.empty()) say(fmt::format("olivine: {}\n", lost));
  std::fflush(stderr);
}

int usage_error(const Error& error) {
  say(fmt::format("olivine: {}\n", error.message));
  return kExitUsage;
}

// A typing error is not found out only when the wait is over.
std::optional<int> missing_command(const App& app) {
  if (!app.options.of<ScheduleOptions>().wanted()) return std::nullopt;
  const auto error = cannot_start(app.options.child.front());
  if (!error) return std::nullopt;
  say(fmt::format("olivine: {}\n", error->message));
  return error->exit_code;
}

Recorder::Exit exit_of(int status) {
  Recorder::Exit exit;
  if (WIFEXITED(status))
    exit.code = WEXITSTATUS(status);
  else
    exit.signal = WTERMSIG(status);
  return exit;
}

}  // namespace

int run_command(App& app) {
  auto prepared = measurement_of(app);
  if (!prepared) return usage_error(prepared.error());
  Measurement& m = *prepared;
  if (const auto missing = missing_command(app)) return *missing;
  auto acting = RunActing::create(app, m.context,
                                  {.let_go = [&] { m = {}; },
                                   .again = [&]() -> Status {
                                     OLIVINE_TRY(m, measurement_of(app));
                                     return {};
                                   }});
  if (!acting) return usage_error(acting.error());
  release_start_pages();  // of options, settings and tables: before those of the ledger come
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
  acting->keep_out_of(usage);
  usage.watch_gpus(m.prepared.sensors.nvml, m.prepared.sensors.gpu_devices);
  Recorder recorder({app.clock, ledger.get(), m.prepared.sensors.found.borrowed(), m.prepared.machine, start});
  if (const auto begun = recorder.begin(); !begun && trouble.empty()) trouble = begun.error().message;
  if (!trouble.empty()) recorder.warn(trouble);
  if (strict && !trouble.empty()) return say(fmt::format("olivine: {}\n", trouble)), kExitOurFailure;
  Marks marks(app, recorder, m.context);
  recorder.tick(usage.read(), false);
  const auto child =
      supervisor->start(app.options.child, signals, acting->placement(app, usage, start.run_id, recorder));
  if (!child) return not_started(app, child.error(), usage, recorder, m.context);
  release_inherited_descriptors(true);
  usage.ignore(supervisor->witness_pid());
  if (!child->placed) {
    usage.close_cgroup();
    acting->stay_outside(app, start.run_id);
  }
  usage.child_started();
  acting->started({app, *supervisor, recorder, usage, m.context, child->pid, start.run_id, start.started.mono.ns});
  const int status = Loop(*supervisor, recorder, usage, marks, m.prepared.machine.interval, *acting).run();
  recorder.mark_notes(marks.close());
  recorder.left_running(left_running(*supervisor, usage));
  recorder.tick(usage.read(), true);
  tell_how_it_went(*acting, usage, recorder, m.context, marks);
  const RunRecord record = recorder.finish(exit_of(status), m.context, {&app.files, app.grid_data_path()});
  usage.close_cgroup();
  write_outputs(app, record);
  acting->leave();
  tell_of_loss(app, unopened.empty() ? recorder.lost() : unopened);
  if (strict && (!record.warnings.empty() && record.warnings != m.context.warnings)) return kExitOurFailure;
  if (const auto code = acting->exit_code()) return *code;
  mirror_exit(status);
}

}  // namespace olivine::cli
