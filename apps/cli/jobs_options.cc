#include "apps/cli/jobs_options.h"

#include <CLI/CLI.hpp>
#include <utility>

#include "apps/cli/number_check.h"
#include "apps/cli/options.h"
#include "apps/cli/plan_options.h"

namespace olivine::cli {
namespace {

CLI::App* command(CLI::App* parent, Options& o, const std::string& name, const std::string& path,
                  const std::string& help) {
  CLI::App* added = parent->add_subcommand(name, help);
  added->callback([&o, path] { o.command = path; });
  return added;
}

void add_watch(CLI::App* to, JobsOptions& j) {
  to->add_flag("--watch", j.watch, "stay until the job has ended, so that its record says what it did");
}

// What a plan is asked for; --power has no say in when.
void add_question(CLI::App* to, PlanOptions& p, bool follows) {
  to->add_option("--duration", p.duration, "how long the job runs, e.g. 8h")->required()->type_name("DURATION");
  to->add_option("--deadline", p.deadline, "finish within, e.g. 48h")->required()->type_name("DURATION");
  to->add_option("--zones", p.zones, "the zone it runs in (default: zone of the settings)")
      ->delimiter(',')
      ->type_name("ZONE");
  to->add_option("--objective", p.objective, "average or marginal: what is made least")
      ->check(CLI::IsMember({"average", "marginal"}))
      ->type_name("SIGNAL")
      ->capture_default_str();
  to->add_option("--intensity", p.intensity, "plan on this file in place of what is stored and shipped")
      ->type_name("FILE");
  to->add_option("--start", p.start, "what 'now' is in that file")->type_name("TIME")->capture_default_str();
  to->add_option("--slot", p.slot, "length of a slot, e.g. 5min")->type_name("DURATION");
  if (!follows) return;
  to->add_option("--pause-cost", p.pause_cost,
                 "of a stop and its restart: grams (at --power, else at 1 kW) or energy, e.g. 20g or 30Wh")
      ->type_name("COST");
  to->add_option("--pause-time", p.pause_time, "running without progress at each restart, e.g. 2min")
      ->type_name("DURATION");
  to->add_option("--min-run", p.min_run, "run at least this long between pauses (default 15min)")
      ->type_name("DURATION");
  to->add_option("--pause-above", p.pause_above,
                 "pause while the intensity is above this, e.g. 300g, in place of a plan")
      ->type_name("G_PER_KWH");
  to->add_option("--margin", p.margin, "kept free before the deadline (default: a twentieth of the duration)")
      ->type_name("DURATION");
  to->add_option("--power", p.power, "what the job draws while it runs, e.g. 2.4kW: for the grams of its record")
      ->type_name("POWER");
  to->add_option("--speed", p.speed, "seconds of the plan in one second, to try it out")
      ->check(number_between(1e-3, 1e9))
      ->type_name("NUMBER");
}

void add_slurm(CLI::App& app, Options& o) {
  JobsOptions& j = o.of<JobsOptions>();
  PlanOptions& p = o.of<PlanOptions>();
  CLI::App* slurm = app.add_subcommand("slurm", "start, hold, suspend and resume Slurm jobs by a plan");
  slurm->require_subcommand(1);
  CLI::App* submit = command(slurm, o, "submit", "slurm submit",
                             "submit a job for its best start: olivine slurm submit [OPTIONS] -- SBATCH-ARGUMENTS...");
  add_question(submit, p, true);
  submit
      ->add_option("--by", j.by,
                   "begin: planned once (default); hold: until its start is due; suspend (operators), requeue: pauses")
      ->check(CLI::IsMember({"begin", "hold", "suspend", "requeue"}))
      ->type_name("HOW");
  add_watch(submit, j);
  submit->add_flag("--dry-run", j.dry_run, "print the sbatch command, submit nothing");
  submit->footer(
      "Examples:\n"
      "  olivine slurm submit --duration 8h --deadline 48h --zones FR -- --time=9:00:00 train.sh\n"
      "  olivine slurm submit --by hold --duration 8h --deadline 48h --zones DE -- train.sh\n\n"
      "The job's number goes to standard output. By hold, suspend and requeue the command stays and follows the plan; "
      "when it is\n"
      "killed the job is let go. A requeued job begins anew: it must read a checkpoint of its own.\n\n"
      "What was planned is kept in the ledger (olivine ls, olivine show), and what came of it where the command "
      "stayed: by suspend and\n"
      "requeue, or with --watch. No meter of the job's node is read: its energy is unknown; savings are modelled.");
  CLI::App* follow = command(slurm, o, "follow", "slurm follow",
                             "hold, suspend or requeue a job that is submitted already, as a plan says");
  follow->add_option("JOB", j.job, "its number")->required()->type_name("");
  add_question(follow, p, true);
  follow->add_option("--by", j.by, "hold: only its start; suspend (operators); requeue")
      ->check(CLI::IsMember({"hold", "suspend", "requeue"}))
      ->required()
      ->type_name("HOW");
  add_watch(follow, j);
  follow->footer(
      "Example:\n  olivine slurm follow 4711 --by suspend --duration 8h --deadline 24h --zones FR\n\nIts plan and what "
      "came of it are kept in the ledger: olivine show.");
}

void add_slurm_hook(CLI::App* slurm, Options& o) {
  JobsOptions& j = o.of<JobsOptions>();
  PlanOptions& p = o.of<PlanOptions>();
  CLI::App* hook = command(slurm, o, "hook", "slurm hook",
                           "what a site puts into slurm.conf: starts by plan, and records of all jobs");
  hook->add_option("EVENT", j.event, "submit: the start of a job; epilog: the record of one that ended")
      ->required()
      ->check(CLI::IsMember({"submit", "epilog"}))
      ->type_name("");
  hook->add_flag("--print", j.print, "print the script to install, with these options");
  hook->add_option("--comment", j.comment, "submit: of the job, e.g. olivine:within=12h,duration=2h")
      ->type_name("TEXT");
  hook->add_option("--time-limit", j.time_limit, "submit: of the job; its duration where the comment says none")
      ->type_name("TIME");
  hook->add_option("--job", j.job, "epilog: its number (default: SLURM_JOB_ID)")->type_name("JOB");
  hook->add_flag("--all", j.all, "epilog: every job, not only those whose comment begins with olivine");
  hook->add_option("--wait", j.wait, "epilog: so long at most, beside Slurm, for how the job ended")
      ->type_name("DURATION")
      ->capture_default_str();
  hook->add_option("--zones", p.zones, "the zone of the cluster (default: zone of the settings)")
      ->delimiter(',')
      ->type_name("ZONE");
  hook->add_option("--objective", p.objective, "average or marginal: what is made least")
      ->check(CLI::IsMember({"average", "marginal"}))
      ->type_name("SIGNAL")
      ->capture_default_str();
  hook->add_option("--intensity", p.intensity, "plan on this file in place of what is stored and shipped")
      ->type_name("FILE");
  hook->footer(
      "Examples:\n"
      "  olivine slurm hook submit --print --zones FR > /etc/slurm/cli_filter.lua\n"
      "    # slurm.conf: CliFilterPlugins=cli_filter/lua\n"
      "    # then: sbatch --comment=olivine:within=12h --time=2:00:00 job.sh\n"
      "  olivine slurm hook epilog --print --zones FR \\\n"
      "    --ledger /var/lib/olivine/slurm.sqlite > /etc/slurm/olivine-epilog.sh\n"
      "    # slurm.conf: EpilogSlurmctld=/etc/slurm/olivine-epilog.sh\n\n"
      "A hook never fails a job: it ends 0 within 10 s and says why on standard\n"
      "error. The epilog asks squeue for the job's times. How a job ended Slurm says\n"
      "only when its epilog has: a process of its own looks for that, --wait at most,\n"
      "and writes the record then; what is not known by then is kept as not known. Its\n"
      "energy is unknown, for no meter of its node is read. The ledger must be writable\n"
      "by SlurmUser.");
}

void add_k8s(CLI::App& app, Options& o) {
  JobsOptions& j = o.of<JobsOptions>();
  PlanOptions& p = o.of<PlanOptions>();
  CLI::App* k8s = app.add_subcommand("k8s", "suspend and resume Kubernetes jobs (batch/v1), by hand or by a plan");
  k8s->require_subcommand(1);
  for (const auto& [name, help] : {std::pair{"suspend", "set spec.suspend of a job: its pods end"},
                                   std::pair{"resume", "clear spec.suspend of a job: its pods start"}}) {
    CLI::App* one = command(k8s, o, name, std::string("k8s ") + name, help);
    one->add_option("JOB", j.job, "its name")->required()->type_name("");
    one->add_option("-n,--namespace", j.name_space, "its namespace")->type_name("NAME");
    one->footer(std::string("Example:\n  olivine k8s ") + name + " train -n ml");
  }
  CLI::App* follow = command(k8s, o, "follow", "k8s follow", "suspend and resume a job as a plan says");
  follow->add_option("JOB", j.job, "its name")->required()->type_name("");
  follow->add_option("-n,--namespace", j.name_space, "its namespace")->type_name("NAME");
  add_question(follow, p, true);
  add_watch(follow, j);
  follow->add_flag("--no-pause", p.no_pause, "only choose the start: the pods are never ended");
  follow->footer(
      "Example:\n  olivine k8s follow train -n ml --duration 8h --deadline 24h --zones FR --no-pause\n\n"
      "A job that is suspended while it runs loses its pods and begins anew: it must read a checkpoint of its own.");
  CLI::App* manifest = command(k8s, o, "manifest", "k8s manifest",
                               "a job's manifest with spec.suspend, and its planned start noted in it");
  manifest->add_option("FILE", j.file, "a manifest of batch/v1 Job as JSON; - reads standard input")
      ->required()
      ->type_name("");
  add_question(manifest, p, false);
  manifest->footer(
      "Example:\n  kubectl create job train --image=train --dry-run=client -o json |\n"
      "    olivine k8s manifest - --duration 8h --deadline 24h --zones FR | kubectl create -f -");
}

}  // namespace

void add_jobs_commands(CLI::App& app, Options& o) {
  add_slurm(app, o);
  add_slurm_hook(app.get_subcommand("slurm"), o);
  add_k8s(app, o);
  JobsOptions& j = o.of<JobsOptions>();
  CLI::App* systemd =
      command(&app, o, "systemd", "systemd",
              "a planned start as a systemd timer: olivine systemd NAME [OPTIONS] -- COMMAND [ARGUMENTS...]");
  systemd->add_option("NAME", j.unit, "of the units")->required()->type_name("");
  add_question(systemd, o.of<PlanOptions>(), false);
  systemd->add_flag("--transient", j.transient, "print the systemd-run command in place of the units");
  systemd->footer(
      "Examples:\n"
      "  olivine systemd train --duration 8h --deadline 24h --zones FR -- olivine run -- python train.py\n"
      "  olivine systemd train --transient --duration 8h --deadline 24h --zones FR -- ./train.sh | sh\n\n"
      "Nothing is installed: the units are printed, each below a comment with its file's name.");
}

}  // namespace olivine::cli
