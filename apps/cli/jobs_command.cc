// slurm, k8s, systemd: plans carried out by somebody else's scheduler. See jobs_follow.h and src/acting.
#include <fmt/core.h>
#include <fmt/format.h>

#include <cmath>

#include "acting/kubernetes.h"
#include "acting/slurm.h"
#include "acting/systemd.h"
#include "apps/cli/jobs_follow.h"
#include "apps/cli/jobs_options.h"
#include "apps/cli/plan_intensity.h"
#include "apps/cli/plan_options.h"
#include "apps/cli/plan_request.h"
#include "base/text.h"
#include "planning/single_job.h"
#include "report/text_layout.h"

namespace olivine::cli {
namespace {

Result<ProgramOutput> run_tool(const std::vector<std::string>& words) {
  auto said = run_program(words);
  if (!said && said.error().kind == ErrorKind::kNotFound)
    return fail(ErrorKind::kNotFound, fmt::format("{} is not on PATH: install the tools of the scheduler, or run this where they are", words[0]));
  return said;
}

std::string saving_text(const std::optional<double>& saving, const char* how) {
  if (!saving) return fmt::format("not known {}", how);
  return fmt::format("{:.1f} % {} {}", std::abs(100.0 * *saving), *saving >= 0.0 ? "less" : "more", how);
}

std::string second_text(WallTime t) { return format_utc(t).substr(0, 19) + "Z"; }

struct StartPlan {
  WallTime now, start;
  std::string text;  // "start 2026-11-27T02:00:00Z in FR: 41.0 % less by average, not known at the margin"
};

// The best start, without pauses.
Result<StartPlan> start_plan(App& app) {
  PlanOptions& p = app.options.of<PlanOptions>();
  p.no_pause = true;
  p.power = "1kW";  // when, not how much
  OLIVINE_TRY(JobRequest job, plan_request_of(app));
  OLIVINE_TRY(const PlanIntensities intensities, plan_intensities(app, job));
  if (intensities.zones.size() != 1) return fail(ErrorKind::kInvalid, "the job stays where it is: name one zone, e.g. --zones FR");
  job.zones = intensities.zones;
  job.slot = intensities.slot;
  OLIVINE_TRY(const JobPlan plan, plan_job(job));
  StartPlan out{job.now, plan.best.segments.front().begin, ""};
  out.text = fmt::format("start {} in {}: {}, {} than at once (modelled at constant power)", second_text(out.start), plan.best.segments.front().zone,
                         saving_text(plan.saving.average, "by average"), saving_text(plan.saving.marginal, "at the margin"));
  return out;
}

Duration from_now(const StartPlan& plan) { return {plan.start.ns - plan.now.ns}; }

// Follows with a guard whose `undo` is a verb of scontrol. A job that we submitted is held: it is let go on each way out.
int follow_slurm(const App& app, const std::string& job, SlurmBy by, HeldBy held) {
  SlurmHand hand([](const std::vector<std::string>& words) { return run_tool(words); }, job, by);
  const auto guard = JobGuard::start("exec scontrol \"$undo\" \"$1\"", {job});
  if (!guard) {
    if (held == HeldBy::kUs) say(fmt::format("olivine: job {}: {}\n", job, let_go(hand)));
    return report_error(guard.error());
  }
  if (held == HeldBy::kUs) guard->set("release");
  hand.before = [&](const std::string& undo) { guard->set(undo); };
  if (held == HeldBy::kUs)
    if (const int code = print(job + "\n"); code != 0) {
      say(fmt::format("olivine: job {}: {}\n", job, let_go(hand)));
      return code;
    }
  return follow_job(app, hand, by != SlurmBy::kHold, held);
}

}  // namespace

int slurm_submit_command(App& app) {
  const JobsOptions& j = app.options.of<JobsOptions>();
  const auto by = slurm_by_from(j.by);
  if (!by) return report_error(by.error());
  const auto plan = start_plan(app);
  if (!plan) return report_error(plan.error());
  const std::string comment = fmt::format("olivine by={} start={}", j.by, second_text(plan->start));
  const auto words = sbatch_words(*by, from_now(*plan), comment, app.options.child);
  if (!words) return report_error(words.error());
  say(fmt::format("olivine: {}\n", plan->text));
  if (j.dry_run) return print(command_line(*words) + "\n");
  const auto said = run_tool(*words);
  if (!said) return report_error(said.error());
  say(said->err);
  if (said->exit_code != 0) return said->exit_code;
  const auto job = slurm_job_of(said->out);
  if (!job && *by != SlurmBy::kBegin) say("olivine: if the job was submitted, it is held: squeue --me lists it, scontrol release JOB lets it go\n");
  if (!job) return report_error(job.error());
  return *by == SlurmBy::kBegin ? print(*job + "\n") : follow_slurm(app, *job, *by, HeldBy::kUs);
}

int slurm_follow_command(App& app) {
  const JobsOptions& j = app.options.of<JobsOptions>();
  const auto job = checked_slurm_job(j.job);
  if (!job) return report_error(job.error());
  const auto by = slurm_by_from(j.by);
  if (!by) return report_error(by.error());
  const auto states = slurm_states(run_tool, *job);
  if (!states) return report_error(states.error());
  if (states->empty()) return report_error(Error{ErrorKind::kNotFound, fmt::format("Slurm knows no job {}; squeue lists them", *job)});
  return follow_slurm(app, *job, *by, HeldBy::kOthers);
}

namespace {

int patch_k8s(const App& app, bool suspend) {
  const JobsOptions& j = app.options.of<JobsOptions>();
  const auto words = kubectl_patch_words(j.job, j.name_space, suspend);
  if (!words) return report_error(words.error());
  const auto said = output_of(run_tool, *words);
  return said ? print(*said) : report_error(said.error());
}

}  // namespace

int k8s_suspend_command(App& app) { return patch_k8s(app, true); }
int k8s_resume_command(App& app) { return patch_k8s(app, false); }

int k8s_follow_command(App& app) {
  const JobsOptions& j = app.options.of<JobsOptions>();
  const auto resume = kubectl_patch_words(j.job, j.name_space, false);
  if (!resume) return report_error(resume.error());
  KubernetesHand hand(run_tool, j.job, j.name_space);
  const auto guard = JobGuard::start("exec \"$@\"", *resume);
  if (!guard) return report_error(guard.error());
  hand.before = [&](const std::string& undo) { guard->set(undo); };
  return follow_job(app, hand, !app.options.of<PlanOptions>().no_pause, HeldBy::kOthers);
}

int k8s_manifest_command(App& app) {
  const auto plan = start_plan(app);
  if (!plan) return report_error(plan.error());
  const std::string& file = app.options.of<JobsOptions>().file;
  const auto text = read_text(app.files, file == "-" ? "/dev/stdin" : file);
  if (!text) return report_error(text.error());
  const auto manifest = suspended_manifest(*text, {{"start", second_text(plan->start)}, {"plan", plan->text}});
  if (!manifest) return report_error(Error{manifest.error().kind, fmt::format("{}: {}", printable(file), manifest.error().message)});
  say(fmt::format("olivine: {}\n", plan->text));
  return print(*manifest);
}

int systemd_command(App& app) {
  const JobsOptions& j = app.options.of<JobsOptions>();
  const auto plan = start_plan(app);
  if (!plan) return report_error(plan.error());
  const TimerJob job{j.unit, plan->start, app.options.child, app.cwd, plan->text, start_is_now(plan->start, plan->now)};
  say(fmt::format("olivine: {}\n", plan->text));
  if (job.at_once) say("olivine: that is now, and a timer would never fire: this command starts it at once\n");
  if (j.transient || job.at_once) {
    const auto words = systemd_run_words(job);
    return words ? print(command_line(*words) + "\n") : report_error(words.error());
  }
  const auto units = systemd_units(job);
  return units ? print(*units) : report_error(units.error());
}

}  // namespace olivine::cli
