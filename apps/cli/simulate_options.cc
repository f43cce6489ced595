#include "apps/cli/simulate_options.h"

#include <CLI/CLI.hpp>
#include <limits>

#include "apps/cli/number_check.h"
#include "apps/cli/options.h"

namespace olivine::cli {

namespace {

constexpr const char* kSimulateFooter =
    "Examples:\n"
    "  olivine simulate --zones DE,FR,US-CAL-CISO\n"
    "  olivine simulate --zones DE --policy mpc,double_threshold,oracle \\\n"
    "    --forecast none,yesterday,noise:0.1,perfect --seeds 1,2,3\n"
    "  olivine simulate --trace jobs.csv --intensity 2021.csv --days 31 \\\n"
    "    --start 2021-07-01T00:00:00Z --pause-cost 20g\n\n"
    "  olivine grid serve-replay --from 2022-01-03 --data gb.csv --port 8080 &\n"
    "  olivine simulate --replay http://127.0.0.1:8080/uk --zones GB \\\n"
    "    --forecast service\n\n"
    "  sbatch --array=0-15 --wrap 'olivine simulate --zones DE,FR \\\n"
    "    --seeds 1,2,3,4 --part $SLURM_ARRAY_TASK_ID/16 \\\n"
    "    --json=part-$SLURM_ARRAY_TASK_ID.json'\n"
    "  olivine simulate --merge part-*.json\n\n"
    "A part that was ended has no file; --merge names it: make it again with\n"
    "sbatch --array=THAT.\n\n"
    "Policies: at_once, start_within (start chosen, future known), oracle\n"
    "(pauses too, future known), and those that do not know the future: mpc,\n"
    "last_week_quantile, one_threshold, double_threshold, published_threshold,\n"
    "learning_augmented. A job that may not pause (--no-pause, or pause=no in the\n"
    "trace) only has its start chosen.\n"
    "Jobs are made up unless --trace names some; the seed decides all. It is a\n"
    "simulation, ours, and its figures are no measurements.";

// What is crossed with what, and what of the world is taken.
void add_cases(CLI::App* simulate, SimulateOptions& s) {
  simulate->add_option("--policy", s.policies, "which policies")->delimiter(',')->type_name("NAME,...");
  simulate->add_option("--zones", s.zones, "zones (default: zone of the settings)")
      ->delimiter(',')
      ->type_name("ZONE,...");
  simulate->add_option("--signal", s.signal, "what the policies go by: average, marginal or both")
      ->check(CLI::IsMember({"average", "marginal", "both"}))
      ->type_name("SIGNAL")
      ->capture_default_str();
  simulate
      ->add_option("--forecast", s.forecasts,
                   "what they know of the future: none, yesterday, noise:0.1, perfect, service")
      ->delimiter(',')
      ->type_name("NAME,...");
  simulate->add_option("--seeds", s.seeds, "of the made-up traces, of errors and of ranges")
      ->check(whole_number(0, std::numeric_limits<std::uint64_t>::max()))
      ->delimiter(',')
      ->type_name("N,...");
  simulate
      ->add_option("--trace", s.trace,
                   "jobs from a file: job,arrival,duration,power,deadline,pause (as olivine plan --jobs)")
      ->type_name("FILE");
  simulate
      ->add_option("--intensity", s.intensity,
                   "this file in place of what is stored and shipped: time_utc,gco2e_per_kwh[,zone,signal]")
      ->type_name("FILE");
  simulate
      ->add_option("--replay", s.replay,
                   "a service's API in place of what is stored: its address, as olivine grid serve-replay prints it")
      ->type_name("URL");
}

void add_job_options(CLI::App* simulate, SimulateOptions& s) {
  simulate->add_option("--start", s.start, "when the trace begins")->type_name("TIME")->capture_default_str();
  simulate->add_option("--days", s.days, "how long it is")
      ->check(whole_number(1, 3660))
      ->type_name("N")
      ->capture_default_str();
  simulate->add_option("--slot", s.slot, "length of a slot")->type_name("DURATION")->capture_default_str();
  simulate->add_option("--jobs", s.jobs, "made-up jobs of each seed")
      ->check(whole_number(1, 1'000'000))
      ->type_name("N")
      ->capture_default_str();
  simulate->add_option("--power", s.power, "of a made-up job")->type_name("POWER")->capture_default_str();
  simulate->add_option("--median-length", s.median_length, "of made-up jobs")
      ->type_name("DURATION")
      ->capture_default_str();
  simulate->add_option("--slack", s.slack, "time that a made-up job may wait, in parts of its length")
      ->check(number_between(0.0, 1000.0))
      ->type_name("X")
      ->capture_default_str();
  simulate->add_option("--least-slack", s.least_slack, "but at least this")
      ->type_name("DURATION")
      ->capture_default_str();
  simulate
      ->add_option("--pause-cost", s.pause_cost,
                   "of each interruption, a stop and its restart, e.g. 20g; the first start and last stop are one too")
      ->type_name("COST");
  simulate
      ->add_option("--pause-time", s.pause_time,
                   "running without progress at each restart, e.g. 30min; rounded up to slots")
      ->type_name("DURATION");
  simulate->add_flag("--no-pause", s.no_pause, "jobs run in one piece; only their start is chosen");
}

}  // namespace

void add_simulate_command(CLI::App& app, Options& o) {
  CLI::App* simulate =
      app.add_subcommand("simulate", "what policies of starting and pausing would have saved, on traces of jobs");
  simulate->callback([&o] { o.command = "simulate"; });
  simulate->footer(kSimulateFooter);
  SimulateOptions& s = o.of<SimulateOptions>();
  add_cases(simulate, s);
  add_job_options(simulate, s);
  simulate->add_option("--threads", s.threads, "at most (default: all processors)")
      ->check(whole_number(1, 1024))
      ->type_name("N");
  simulate->add_option("--part", s.part, "only part I of N of the cases, I from 0, e.g. 3/16")->type_name("I/N");
  simulate->add_option("--merge", s.merge, "put together what all parts wrote with --json=FILE")
      ->delimiter(',')
      ->type_name("FILE ...");
  add_json(simulate, o);
}

}  // namespace olivine::cli
