#include "apps/cli/jobs_record.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "apps/cli/run_start.h"
#include "engine/prepare.h"

namespace olivine::cli {
namespace {

constexpr std::size_t kMostMarks = 60'000;

// Of a server that nobody looked at: what is known is the grid.
Result<RunContext> context_of(const App& app, const JobIdentity& who, const RecordSchedule& plan,
                              const MachineDescription& machine, WallTime when) {
  SetupInput input;
  input.facts.chassis = "server";
  input.interval = machine.interval;
  input.troubles.push_back({.what = "energy of the job",
                            .error = {ErrorKind::kNotFound, "no meter of its node was read"},
                            .fix = "let the job's script measure itself: olivine run -- COMMAND",
                            .unmetered = true});
  ZoneInputs where;
  where.cloud_metadata_file = "";  // the job runs elsewhere
  if (find_zone(plan.zone))
    where.flag = plan.zone;
  else if (const Setting* zone = app.config.find("zone"); zone != nullptr && !zone->value.empty())
    where.config = zone->value;
  OLIVINE_TRY(RunContext context, make_context(input, machine, app.config, choose_zone(app.files, where), when));
  context.host = who.host;
  context.writer_host = hostname_of(app.files, app.roots());
  context.hardware.clear();
  context.warnings.clear();  // of its zone: no carbon is made of unknown energy
  context.plan = plan;
  return context;
}

RunStart start_of(const App& app, const JobIdentity& who, const MachineDescription& machine, const RunContext& context,
                  const Now& now) {
  RunStart start = run_start(app, now, who.command);
  start.name = who.name;
  start.machine_json = to_json(machine);
  start.context_json = to_json(context);
  return start;
}

}  // namespace

JobRecord::JobRecord(const App& app, const Clock& clock, const JobIdentity& who, RecordSchedule plan)
    : app_(app), clock_(clock), facts_(std::move(plan)) {
  facts_.job = who.job;
  facts_.watched = false;
  MachineDescription machine;
  machine.interval = seconds(10);  // between looks
  auto context = context_of(app, who, facts_, machine, clock.now().wall);
  auto ledger = context ? open_ledger(app) : Result<std::unique_ptr<Ledger>>(tl::unexpected<Error>(context.error()));
  if (!ledger) {
    say(fmt::format("olivine: {} is not kept in the ledger: {}\n", facts_.job, ledger.error().message));
    return;
  }
  started_ = clock.now();
  context_ = *std::move(context);
  ledger_ = *std::move(ledger);
  recorder_.emplace(
      Recorder::Parts{clock, ledger_.get(), {}, machine, start_of(app, who, machine, context_, started_)});
  if (const Status begun = recorder_->begin(); !begun) {
    say(fmt::format("olivine: {} is not kept in the ledger: {}\n", facts_.job, begun.error().message));
    recorder_.reset();
    return;
  }
  recorder_->tick(std::nullopt, true);
}

void JobRecord::told(const std::string& action, const std::string& reason) {
  const std::int64_t at_ns = clock_.now().mono.ns;
  if (facts_.events.size() < kMostActedEvents) facts_.events.push_back({at_ns - started_.mono.ns, action, reason});
  if (!recorder_ || ++events_ > kMostMarks) return;
  recorder_->marks({Mark{.kind = MarkKind::kPoint,
                         .ns = at_ns,
                         .name = action,
                         .number = std::nullopt,
                         .of = std::nullopt,
                         .pid = 0,
                         .scope = std::nullopt}});
  recorder_->tick(std::nullopt, true);
}

void JobRecord::looked(const JobLook& look) {
  const Now now = clock_.now();
  const auto since_it_ran = [&] { return std::max<std::int64_t>(now.boot_ns - ran_until_boot_ns_, 0); };
  if (runs_) {
    ran_.back().end = now.wall;
    ran_until_boot_ns_ = now.boot_ns;
  }
  const auto pause = [&](const std::string& state) {
    ++facts_.pauses;
    told("pause", state);
  };
  if (look.runs && ending_) pause(last_.state);
  if (look.runs && !runs_) {  // the wall clock may be set back meanwhile
    if (ran_.size() > 0)
      facts_.paused_ns += since_it_ran();
    else
      facts_.waited_ns = std::max<std::int64_t>(now.boot_ns - started_.boot_ns, 0);
    ran_.push_back({now.wall, now.wall});
    ran_until_boot_ns_ = now.boot_ns;
    told("run", look.state);
  }
  const bool ran = runs_ || ending_;
  if (ran && !look.runs && !look.ended && !look.ending) pause(look.state);
  if (look.ended && !last_.ended) {
    if (paused_) facts_.paused_ns += since_it_ran();
    told("end", look.state);
  }
  ending_ = look.ending && ran;
  paused_ = !look.runs && !look.ended && !look.ending && (ran || paused_);
  runs_ = look.runs;
  last_ = look;
}

std::string JobRecord::status() const {
  if (!last_.ended) return "submitted";
  if (!last_.well) return "interrupted";
  return *last_.well ? "done" : "failed";
}

void JobRecord::finish(const std::optional<FollowReport>& report, bool watched) {
  if (!recorder_) return;
  facts_.watched = watched && last_.ended;
  if (facts_.watched) {
    if (ran_.empty()) facts_.waited_ns = std::max<std::int64_t>(clock_.now().boot_ns - started_.boot_ns, 0);
    if (report && !ran_.empty()) {
      facts_.actual = report->actual;
      facts_.segments = report->segments;
      facts_.at_once = report->at_once;
    }
    if (last_.state.empty())
      recorder_->warn("the scheduler had forgotten the job when it was looked at: how it ended is not known");
  }
  close();
}

void JobRecord::leave(const std::string& why) {
  if (!recorder_) return;
  const std::int64_t now_ns = clock_.now().boot_ns;
  if (paused_) facts_.paused_ns += std::max<std::int64_t>(now_ns - ran_until_boot_ns_, 0);
  if (ran_.empty()) facts_.waited_ns = std::max<std::int64_t>(now_ns - started_.boot_ns, 0);
  told("left", why);
  recorder_->warn(why + ": what the job did from then on is not known");
  close();
}

void JobRecord::close() {
  recorder_->scheduled(facts_);
  recorder_->tick(std::nullopt, true);
  Recorder::Exit exit;
  if (last_.ended) {
    exit.code = last_.well == true ? 0 : last_.code;
    exit.signal = last_.signal;
  }
  exit.status = !facts_.events.empty() && facts_.events.back().action == "left" ? "interrupted" : status();
  recorder_->finish(exit, context_, {&app_.files, app_.grid_data_path()});
  if (!recorder_->lost().empty()) say(fmt::format("olivine: {}\n", recorder_->lost()));
  recorder_.reset();
}

}  // namespace olivine::cli
