// slurm hook: what a site puts into slurm.conf. A hook never fails a job: it ends 0 within kLimit, and says why on standard error, which
// the printed script leads to a log.
//
//   submit  asked by cli_filter.lua: the --begin of a job whose comment says olivine:within=12h, "" for any other and in any trouble
//   epilog  EpilogSlurmctld: writes an ended job's plan and what came of it to the ledger. How it ended Slurm says when its epilog
//           has: a child in a group of its own waits for that, --wait at most, and writes then; the hook itself ends
#include <fmt/core.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>

#include "acting/slurm.h"
#include "acting/slurm_hook.h"
#include "apps/cli/jobs_options.h"
#include "apps/cli/jobs_plan.h"
#include "apps/cli/jobs_record.h"
#include "apps/cli/plan_follow.h"
#include "apps/cli/plan_options.h"
#include "base/text.h"
#include "planning/single_job.h"
#include "report/text_layout.h"

namespace olivine::cli {
namespace {

constexpr unsigned kLimitSeconds = 10;
constexpr Duration kSqueueLimit = seconds(7);  // and 2 s from SIGTERM to SIGKILL: before our own end
constexpr Duration kLongestWait = hours(1);
constexpr unsigned kWaitEndSeconds = 60;  // for what is left to do then
constexpr Duration kFirstLook = milliseconds(500), kRarestLook = seconds(15);

// With the reason in the log, and the job as it would be without us.
extern "C" void end_in_time(int) {
  constexpr std::string_view kWhy = "olivine hook: not done within 10 s: left alone\n";
  [[maybe_unused]] const ssize_t put = ::write(STDERR_FILENO, kWhy.data(), kWhy.size());
  ::_exit(0);
}

extern "C" void end_waiting(int) {
  constexpr std::string_view kWhy = "olivine hook: the ledger was not written in time: the job is not kept\n";
  [[maybe_unused]] const ssize_t put = ::write(STDERR_FILENO, kWhy.data(), kWhy.size());
  ::_exit(0);
}

void note(const std::string& text) { say(fmt::format("olivine hook: {}\n", printable(text))); }

// "now+7200", as sbatch --begin takes it.
Result<std::string> begin_of(App& app) {
  const JobsOptions& j = app.options.of<JobsOptions>();
  OLIVINE_TRY(const SlurmWish wish, slurm_wish_of(j.comment, j.time_limit));
  PlanOptions& p = app.options.of<PlanOptions>();
  p.duration = fmt::format("{}ms", wish.duration.ns / 1'000'000);
  p.deadline = fmt::format("{}ms", (wish.within.ns + wish.duration.ns) / 1'000'000);
  OLIVINE_TRY(const StartPlan plan, start_plan(app));
  say(fmt::format("olivine: {}\n", plan.text));
  const std::int64_t ns = plan.start.ns - plan.now.ns;
  return ns > 0 ? fmt::format("now+{}\n", (ns + 999'999'999) / 1'000'000'000) : std::string();
}

// Stands where it is put: what happened is told in the order in which it did.
class ToldClock final : public Clock {
 public:
  explicit ToldClock(WallTime at) : at_(at) {}
  void at(WallTime t) { at_ = t; }
  Now now() const override { return {at_, {at_.ns}, at_.ns}; }

 private:
  WallTime at_;
};

std::vector<NameValue> identity_of(const App& app, const std::string& job) {
  std::vector<NameValue> host{{"slurm_job", job}};
  for (const auto& [variable, name] :
       {std::pair{"SLURM_ARRAY_JOB_ID", "slurm_array_job"}, std::pair{"SLURM_JOB_UID", "slurm_uid"},
        std::pair{"SLURM_JOB_ACCOUNT", "slurm_account"}, std::pair{"SLURM_JOB_PARTITION", "slurm_partition"},
        std::pair{"SLURM_JOB_NODELIST", "slurm_nodes"}})
    if (const std::string value = app.variable(variable); !value.empty() && value != "(null)")
      host.push_back({name, value});
  return host;
}

using Span = RecordSchedule::Span;
Span span_in(const ZoneIntensity& zone, WallTime begin, Duration length) {
  const WallInterval span{begin, {begin.ns + length.ns}};
  return {span.begin, span.end, mean_over(zone.average, span), mean_over(zone.marginal, span)};
}
RecordSchedule::Saving saving(const Span& once, const Span& other) {
  return {saving_of(once.average, other.average), saving_of(once.marginal, other.marginal)};
}

// What the intensities say of a job that is over: as it was eligible to start (by --begin or its release), as it ran, and at once.
Status price(App& app, const SlurmTimes& times, RecordSchedule& plan, FollowReport& report) {
  PlanOptions& p = app.options.of<PlanOptions>();
  const Duration length{times.ended.ns - times.started.ns};
  const Duration all{std::max(times.ended.ns, times.eligible.ns + length.ns) - times.submitted.ns};
  OLIVINE_TRY(PlanIntensities known,
              plan_intensities(app, IntensityQuestion{p.zones, p.intensity, p.slot, true, times.submitted, all}));
  if (known.zones.size() != 1) return fail(ErrorKind::kInvalid, "name one zone, e.g. --zones FR");
  const ZoneIntensity& zone = known.zones.front();
  plan.zone = zone.zone;
  plan.source = joined(known.sources, "; ");
  const Span once = span_in(zone, times.submitted, length), planned = span_in(zone, times.eligible, length),
             ran = span_in(zone, times.started, length);
  plan.plan = {planned};
  plan.planned = saving(once, planned);
  report.actual = saving(once, ran);
  report.segments = {ran};
  report.at_once = once;
  return {};
}

Result<Duration> wait_of(const JobsOptions& j) {
  OLIVINE_TRY(const Duration wait, named("--wait", parse_duration(j.wait)));
  if (wait.ns >= 0 && wait <= kLongestWait) return wait;
  return fail(ErrorKind::kInvalid, fmt::format("--wait: \"{}\" is not between nothing and 1 h", printable(j.wait)));
}

Result<SlurmTimes> ask_times(const std::string& job) {
  const auto squeue = [](const std::vector<std::string>& words) { return run_tool_within(kSqueueLimit, words); };
  OLIVINE_TRY(const std::string said, output_of(squeue, slurm_times_words(job)));
  return slurm_times_of(said, job);
}

// The child is in no group that Slurm waits for, or kills with the epilog.
enum class Alone { kParent, kChild, kNo };
Alone go_on_alone(Duration wait) {
  const pid_t child = ::fork();
  if (child < 0) return Alone::kNo;
  ::setpgid(child, child);  // by both, whoever comes first: it is done before the epilog ends
  if (child > 0) return Alone::kParent;
  ::signal(SIGALRM, end_waiting);
  ::alarm(static_cast<unsigned>(wait.ns / 1'000'000'000) + kWaitEndSeconds);
  return Alone::kChild;
}

// The controller may be away for a moment; what it has forgotten it does not say later.
bool ask_again(const Error& error) {
  return error.kind == ErrorKind::kTransient ||
         (error.message.starts_with("squeue:") && error.message.find("Invalid job id") == std::string::npos);
}

// Until Slurm says how the job ended; the last that it said when the time is over, it says no more, or the job begins anew.
SlurmTimes times_at_end(const App& app, const std::string& job, SlurmTimes times, Duration wait) {
  const std::int64_t until_ns = app.clock.now().mono.ns + wait.ns;
  Duration pause = kFirstLook;
  for (std::int64_t left_ns = wait.ns; times.state == "COMPLETING" && left_ns > 0;
       left_ns = until_ns - app.clock.now().mono.ns) {
    ::poll(nullptr, 0, static_cast<int>(std::min(pause.ns, left_ns) / 1'000'000) + 1);
    pause = std::min(Duration{2 * pause.ns}, kRarestLook);
    auto now = ask_times(job);
    if (!now && ask_again(now.error())) continue;
    if (!now || now->started != times.started) break;
    times = *std::move(now);
  }
  return times;
}

Status keep_job(App& app) {
  const JobsOptions& j = app.options.of<JobsOptions>();
  OLIVINE_TRY(const std::string job, checked_slurm_job(j.job.empty() ? app.variable("SLURM_JOB_ID") : j.job));
  const std::string comment = app.variable("SLURM_JOB_COMMENT");
  if (!j.all && j.job.empty() && !comment.starts_with("olivine")) return {};
  OLIVINE_TRY(const Duration wait, wait_of(j));
  ::setenv("SLURM_TIME_FORMAT", "%s", 1);
  OLIVINE_TRY(SlurmTimes times, ask_times(job));
  if (times.state == "COMPLETING" && wait.ns > 0) {
    const Alone alone = go_on_alone(wait);
    if (alone == Alone::kParent) return {};
    if (alone == Alone::kChild) times = times_at_end(app, job, times, wait);
  }
  RecordSchedule plan;
  plan.policy = is_slurm_wish(comment) ? comment : "as Slurm started it";
  plan.executor = "Slurm";
  plan.objective = app.options.of<PlanOptions>().objective;
  FollowReport report;
  const Status priced = price(app, times, plan, report);
  ToldClock clock(times.submitted);
  JobRecord record(app, clock, {"Slurm job " + job, "slurm job " + job, identity_of(app, job), {}}, plan);
  if (!record.kept()) return {};  // it has said why
  if (!priced) record.warn("no intensity: " + priced.error().message);
  const bool restarted = parse_i64(app.variable("SLURM_JOB_RESTART_COUNT")).value_or(0) > 0;
  const bool seen = !times.suspended() && !restarted;
  if (times.suspended()) record.warn("it was suspended on the way: when is not known");
  if (restarted) record.warn("it was requeued: when it ran before is not known");
  clock.at(times.started);
  if (seen)
    record.looked({.state = "RUNNING", .runs = true, .ended = false, .well = std::nullopt, .code = std::nullopt});
  clock.at(times.ended);
  const JobLook end = slurm_end_of(times);
  record.looked(end);
  if (!end.well)
    record.warn(fmt::format("how it ended is not known: {} is the last that Slurm said of it", printable(times.state)));
  record.finish(report, seen);
  note(fmt::format("job {} is kept in the ledger", job));
  return {};
}

constexpr std::array<std::string_view, 5> kPathOptions{"--intensity", "--ledger", "--sysfs-root", "--procfs-root",
                                                       "--cgroup-root"};

// Who runs a hook is elsewhere. No ".." is taken out: what is before it may be a link.
std::string absolute(const App& app, const std::string& path) {
  if (path.empty() || path == "-" || path[0] == '/') return path;
  return app.cwd + "/" + (path.starts_with("./") ? path.substr(2) : path);
}

std::string with_absolute_path(const App& app, const std::string& word, const std::string& before) {
  for (const std::string_view option : kPathOptions) {
    if (before == option) return absolute(app, word);
    if (word.starts_with(std::string(option) + "="))
      return std::string(option) + "=" + absolute(app, word.substr(option.size() + 1));
  }
  return word;
}

// A line break would end a Lua string, and so each sbatch of the site.
Status check_word(const std::string& word) {
  if (std::none_of(word.begin(), word.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; })) return {};
  return fail(ErrorKind::kInvalid, fmt::format("slurm hook --print: \"{}\" has a line break or another control "
                                               "character, which would break the script; leave it away",
                                               printable(word)));
}

// The words to give a hook again: those of --print, without it; its paths in full.
Result<std::string> own_command(const App& app) {
  std::vector<std::string> words{"olivine"};
  if (const auto program = grid_program_path(app.files)) {
    const std::size_t folder = program->rfind("/libexec/");
    if (folder != std::string::npos) words[0] = program->substr(0, folder) + "/bin/olivine";
  }
  std::string before;
  for (const std::string& word : app.arguments) {
    if (word != "--print") words.push_back(with_absolute_path(app, word, before));
    before = word;
  }
  for (const std::string& word : words) OLIVINE_CHECK_STATUS(check_word(word));
  return command_line(words);
}

Result<std::string> epilog_script(const App& app) {
  const std::string conf = app.variable("SLURM_CONF");
  OLIVINE_CHECK_STATUS(check_word(conf));
  OLIVINE_TRY(const std::string command, own_command(app));
  return "#!/bin/sh\n"
         "# Slurm's controller runs this as SlurmUser after each job. In slurm.conf:\n"
         "#   EpilogSlurmctld=/etc/slurm/olivine-epilog.sh\n"
         "# It never fails a job: it ends 0 within 15 s and says why in the log.\n" +
         (conf.empty() ? "" : "export " + command_line(std::vector<std::string>{"SLURM_CONF=" + conf}) + "\n") +
         "log=/var/log/slurm/olivine-hook.log\n"
         "test -w \"$log\" || test -w \"${log%/*}\" || log=/dev/null\n"
         "timeout -k 2 13 " +
         command +
         " </dev/null >>\"$log\" 2>&1\n"
         "exit 0\n";
}

Result<std::string> submit_script(const App& app) {
  OLIVINE_TRY(const std::string words, own_command(app));
  std::string command;
  for (const char c : words) command += c == '\\' || c == '"' ? std::string("\\") + c : std::string(1, c);
  return "-- sbatch runs this before it submits a job, as the user. Beside slurm.conf as cli_filter.lua; in "
         "slurm.conf:\n"
         "--   CliFilterPlugins=cli_filter/lua\n"
         "-- sbatch --comment=olivine:within=12h --time=2:00:00 job.sh then starts when a start within 12 h emits "
         "least. In any trouble\n"
         "-- the job is submitted as it is.\n"
         "function slurm_cli_setup_defaults(options, early_pass) return slurm.SUCCESS end\n"
         "function slurm_cli_post_submit(offset, job_id, step_id) return slurm.SUCCESS end\n"
         "function slurm_cli_pre_submit(options, pack_offset)\n"
         "  local wish, limit = options[\"comment\"], options[\"time\"] or \"\"\n"
         "  if options[\"type\"] ~= \"sbatch\" or options[\"begin\"] ~= \"Unknown\" or not wish then return "
         "slurm.SUCCESS end\n"
         "  if not string.match(wish, \"^olivine:[%w=,.]+$\") or not string.match(limit, \"^[%d:-]*$\") then return "
         "slurm.SUCCESS end\n"
         "  local hook = io.popen(\"timeout -k 1 12 " +
         command +
         " --comment \" .. wish .. \" --time-limit '\" .. limit .. \"' </dev/null\")\n"
         "  local begin = hook and hook:read(\"*l\")\n"
         "  if hook then hook:close() end\n"
         "  if begin and string.match(begin, \"^now%+%d+$\") then options[\"begin\"] = begin end\n"
         "  return slurm.SUCCESS\n"
         "end\n";
}

}  // namespace

int slurm_hook_command(App& app) {
  const JobsOptions& j = app.options.of<JobsOptions>();
  const bool submit = j.event == "submit";
  if (const auto wait = wait_of(j); j.print && !wait) return report_error(wait.error());
  if (j.print) {
    const auto script = submit ? submit_script(app) : epilog_script(app);
    return script ? print(*script) : report_error(script.error());
  }
  ::signal(SIGALRM, end_in_time);
  ::alarm(kLimitSeconds);
  if (submit) {
    if (!is_slurm_wish(j.comment)) return 0;
    const auto begin = begin_of(app);
    if (begin)
      (void)print(*begin);
    else
      note(begin.error().message);
    return 0;
  }
  if (const Status kept = keep_job(app); !kept) note("not kept: " + kept.error().message);
  return 0;
}

}  // namespace olivine::cli
