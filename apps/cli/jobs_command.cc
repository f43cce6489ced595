// slurm, k8s, systemd: plans carried out by somebody else's scheduler. See jobs_follow.h and src/acting.
#include <fmt/core.h>
#include <fmt/format.h>

#include "acting/kubernetes.h"
#include "acting/slurm.h"
#include "acting/systemd.h"
#include "apps/cli/jobs_follow.h"
#include "apps/cli/jobs_options.h"
#include "apps/cli/jobs_plan.h"
#include "apps/cli/plan_options.h"
#include "base/text.h"
#include "report/text_layout.h"

namespace olivine::cli {
namespace {

Duration from_now(const StartPlan& plan) { return {plan.start.ns - plan.now.ns}; }

JobIdentity slurm_identity(const std::string& job, const std::vector<std::string>& words) {
  return {"Slurm job " + job, "slurm job " + job, {{"slurm_job", job}}, words};
}

RecordSchedule kept_by(RecordSchedule kept, const std::string& executor) {
  kept.executor = executor;
  return kept;
}

// Follows with a guard whose `undo` is a verb of scontrol. A job that we submitted is held: it is let go on each way out.
int follow_slurm(const App& app, const std::string& job, SlurmBy by, HeldBy held, const StartPlan& plan,
                 const std::vector<std::string>& words) {
  const JobsOptions& j = app.options.of<JobsOptions>();
  SlurmHand hand([](const std::vector<std::string>& call) { return run_tool(call); }, job, by);
  auto guard = JobGuard::start("$limit scontrol \"$undo\" \"$1\"", {job});
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
  JobRecord record(app, app.clock, slurm_identity(job, words), kept_by(plan.kept, "Slurm " + j.by));
  return follow_job(app, hand, {.may_pause = by != SlurmBy::kHold, .watch = j.watch, .held = held}, record);
}

// Its start is sbatch's own: nothing is left to do but, if that is wished, to look.
int begun_slurm(const App& app, const std::string& job, const StartPlan& plan, const std::vector<std::string>& words) {
  const JobsOptions& j = app.options.of<JobsOptions>();
  const int code = print(job + "\n");
  JobRecord record(app, app.clock, slurm_identity(job, words), kept_by(plan.kept, "Slurm begin"));
  record.told("let go", "sbatch --begin");
  if (code == 0 && j.watch) {
    SlurmHand hand([](const std::vector<std::string>& call) { return run_tool(call); }, job, SlurmBy::kBegin);
    return watch_job(app, hand, record);
  }
  record.finish(std::nullopt, false);
  return code;
}

// A variable by which Slurm's tools ask another cluster: there the job's number is another job's, or none.
Status check_unset(const App& app, const char* name, const char* else_say) {
  const std::string set = app.variable(name);
  if (set.empty()) return {};
  return fail(ErrorKind::kInvalid,
              fmt::format("{}={}: a job of another cluster cannot be held, followed or watched from here; unset it{}",
                          name, printable(set), else_say));
}

// Whether the job can be acted on later: by its number alone, of our own cluster.
Status check_cluster(const App& app) {
  OLIVINE_CHECK_STATUS(check_own_cluster(app.options.child));
  for (const char* name : {"SBATCH_CLUSTERS", "SLURM_CLUSTERS"})
    OLIVINE_CHECK_STATUS(check_unset(app, name, ", or say --by begin without --watch"));
  return {};
}

// The script chose a cluster (#SBATCH --clusters): it is let go there, for here its number is another job's.
int leave_elsewhere(const std::string& job, const std::string& cluster, SlurmBy by) {
  std::string became = "it starts there as sbatch was told";
  if (by != SlurmBy::kBegin) {
    const auto done = output_of(run_tool, {"scontrol", "--clusters=" + cluster, "release", job});
    became = done ? "it is let go there"
                  : fmt::format("it could not be let go there ({}): scontrol --clusters={} release {}",
                                done.error().message, printable(cluster), job);
  }
  (void)print(job + "\n");
  return report_error({ErrorKind::kInvalid, fmt::format("job {} is on cluster {}, and cannot be followed from here; {}",
                                                        job, printable(cluster), became)});
}

}  // namespace

int slurm_submit_command(App& app) {
  const JobsOptions& j = app.options.of<JobsOptions>();
  const auto by = slurm_by_from(j.by);
  if (!by) return report_error(by.error());
  const bool acts_later = *by != SlurmBy::kBegin || j.watch;
  if (const Status here = acts_later ? check_cluster(app) : Status(); !here) return report_error(here.error());
  const PlanOptions& asked = app.options.of<PlanOptions>();
  const std::string& above = asked.pause_above;
  for (const auto& [flag, value] : {std::pair{"--pause-above", &above}, {"--margin", &asked.margin}})
    if (*by == SlurmBy::kBegin && !value->empty())
      return report_error(
          {ErrorKind::kInvalid,
           fmt::format("{}: by begin a job is planned once and not paused; say --by hold, suspend or requeue", flag)});
  const auto plan = start_plan(app, *by == SlurmBy::kBegin  ? Carried::kStart
                                    : *by == SlurmBy::kHold ? Carried::kFollowedStart
                                                            : Carried::kFollowedPauses);
  if (!plan) return report_error(plan.error());
  const std::string comment = above.empty() ? fmt::format("olivine by={} start={}", j.by, second_text(plan->start))
                                            : fmt::format("olivine by={} pause-above={}", j.by, printable(above));
  const auto words = sbatch_words(*by, from_now(*plan), comment, app.options.child);
  if (!words) return report_error(words.error());
  say(fmt::format("olivine: {}\n", plan->text));
  if (j.dry_run) return print(command_line(*words) + "\n");
  const auto said = run_long_tool(*words);
  if (!said) return report_error(said.error());
  say(said->err);
  if (said->exit_code != 0) return said->exit_code;
  const auto job = slurm_job_of(said->out);
  if (!job && *by != SlurmBy::kBegin)
    say("olivine: if the job was submitted, it is held: squeue --me lists it, scontrol release JOB lets it go\n");
  if (!job) return report_error(job.error());
  if (const std::string cluster = slurm_cluster_of(said->out); acts_later && !cluster.empty())
    return leave_elsewhere(*job, cluster, *by);
  return *by == SlurmBy::kBegin ? begun_slurm(app, *job, *plan, *words)
                                : follow_slurm(app, *job, *by, HeldBy::kUs, *plan, *words);
}

int slurm_follow_command(App& app) {
  const JobsOptions& j = app.options.of<JobsOptions>();
  const auto job = checked_slurm_job(j.job);
  if (!job) return report_error(job.error());
  const auto by = slurm_by_from(j.by);
  if (!by) return report_error(by.error());
  if (const Status here = check_unset(app, "SLURM_CLUSTERS", ""); !here) return report_error(here.error());
  const auto plan = start_plan(app, *by == SlurmBy::kHold ? Carried::kFollowedStart : Carried::kFollowedPauses);
  if (!plan) return report_error(plan.error());
  const auto states = slurm_states(run_tool, *job);
  if (!states) return report_error(states.error());
  if (states->empty())
    return report_error(Error{ErrorKind::kNotFound, fmt::format("Slurm knows no job {}; squeue lists them", *job)});
  return follow_slurm(app, *job, *by, HeldBy::kOthers, *plan, {});
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
  const bool only_start = app.options.of<PlanOptions>().no_pause;
  const auto plan = start_plan(app, only_start ? Carried::kFollowedStart : Carried::kFollowedPauses);
  if (!plan) return report_error(plan.error());
  KubernetesHand hand(run_tool, j.job, j.name_space);
  auto guard = JobGuard::start("$limit \"$@\"", *resume);
  if (!guard) return report_error(guard.error());
  hand.before = [&](const std::string& undo) { guard->set(undo); };
  const std::string job = j.name_space.empty() ? j.job : j.name_space + "/" + j.job;
  JobRecord record(
      app, app.clock,
      {"Kubernetes job " + job, "k8s job " + job, {{"k8s_job", j.job}, {"k8s_namespace", j.name_space}}, {}},
      kept_by(plan->kept, only_start ? "Kubernetes suspend, start only" : "Kubernetes suspend"));
  return follow_job(app, hand, {.may_pause = !only_start, .watch = j.watch, .held = HeldBy::kOthers}, record);
}

int k8s_manifest_command(App& app) {
  const auto plan = start_plan(app);
  if (!plan) return report_error(plan.error());
  const std::string& file = app.options.of<JobsOptions>().file;
  const auto text = read_text(app.files, file == "-" ? "/dev/stdin" : file);
  if (!text) return report_error(text.error());
  const auto manifest = suspended_manifest(*text, {{"start", second_text(plan->start)}, {"plan", plan->text}});
  if (!manifest)
    return report_error(Error{manifest.error().kind, fmt::format("{}: {}", printable(file), manifest.error().message)});
  say(fmt::format("olivine: {}\n", plan->text));
  return print(*manifest);
}

int systemd_command(App& app) {
  const JobsOptions& j = app.options.of<JobsOptions>();
  TimerJob job{j.unit, {}, app.options.child, app.cwd, ""};
  if (const Status good = check(job); !good) return report_error(good.error());
  const auto command = with_absolute_program(job.command, app.cwd, app.variable("PATH"));
  if (!command) return report_error(command.error());
  job.command = *command;
  const auto plan = start_plan(app);
  if (!plan) return report_error(plan.error());
  job.start = plan->start;
  job.description = plan->text;
  job.at_once = start_is_now(plan->start, plan->now);
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
