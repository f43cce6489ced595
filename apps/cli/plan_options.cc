#include "apps/cli/plan_options.h"

#include <CLI/CLI.hpp>

#include "apps/cli/number_check.h"
#include "apps/cli/options.h"

namespace olivine::cli {

namespace {

void add_service_level(CLI::App* plan, PlanOptions& p) {
  plan->add_option("--service-level", p.level,
                   "--points: as a scope promises it, e.g. 'latency p95 < 50ms, accuracy > 0.9, deadline 2h'")
      ->type_name("LEVEL");
  plan->add_option("--service-level-of", p.level_of,
                   "--points: the one that a scope of a run declared, e.g. last/serve")
      ->type_name("RUN/SCOPE");
  plan->add_option("--latency-below", p.latency, "--points: the service level, e.g. 50ms")->type_name("DURATION");
  plan->add_option("--throughput-above", p.throughput, "--points: units a second, while it runs")->type_name("NUMBER");
  plan->add_option("--accuracy-above", p.accuracy, "--points: as the file counts it")->type_name("NUMBER");
}

constexpr const char* kPlanFooter =
    "Examples:\n"
    "  olivine plan --duration 8h --power 2.4kW --deadline 48h --zones FR,DE,US-CAL-CISO\n"
    "  olivine plan --duration 12h --power 500W --deadline 24h --zones DE --no-pause --objective marginal\n"
    "  olivine plan --duration 2h --power 1kW --deadline 6h --intensity prices.csv --start 2022-01-01T00:00:00Z "
    "--pause-cost 20g\n"
    "  olivine plan --run bert --within 24h --zones FR,DE\n"
    "  olivine plan --duration 8h --power 2.4kW --deadline 48h --zones FR,DE --from FR --data 500GB --egress 0.02\n"
    "  olivine plan --duration 8h --power 300W --deadline 24h --zones DE --scale 1:1,2:1.8,4:3.1\n"
    "  olivine plan --points points.csv --work 3.6e6 --latency-below 50ms --deadline 24h --zones DE\n"
    "  olivine plan --points points.csv --work 3.6e6 --service-level 'latency p95 < 50ms, deadline 24h' --zones DE\n"
    "  olivine plan --jobs jobs.csv --capacity 64gpu --zones DE --json=queue.json\n"
    "  olivine plan --duration 2h --power 2kW --deadline 24h --supply supply.toml\n"
    "  olivine plan --follow --duration 8h --deadline 24h --zones FR\n\n"
    "The first zone, started at once and not paused, is what a plan is compared with. Average and marginal intensity\n"
    "answer different questions: both are shown. Exit code 1: the saving is below --min-saving.";

void add_one_job(CLI::App* plan, PlanOptions& p) {
  plan->add_option("--duration", p.duration, "how long the job runs, e.g. 8h")->type_name("DURATION");
  plan->add_option("--power", p.power, "what the facility draws for it, e.g. 2.4kW (not needed with --follow)")
      ->type_name("POWER");
  plan->add_option("--deadline,--within", p.deadline, "finish within, e.g. 48h")->type_name("DURATION");
  plan->add_option("--run", p.run, "a recorded run, in place of --duration and --power: its own power curve")
      ->type_name("RUN");
  plan->add_option("--zones", p.zones,
                   "zones to choose from, the first is the baseline (default: zone of the settings)")
      ->delimiter(',')
      ->type_name("ZONE,...");
  plan->add_option("--objective", p.objective,
                   "made least: average, marginal, cost, or both:5% (average, at most 5 % more at the margin)")
      ->type_name("WHAT")
      ->capture_default_str();
  plan->add_option("--intensity", p.intensity,
                   "plan on this file: time_utc,gco2e_per_kwh and, if wanted, zone and signal")
      ->type_name("FILE");
  plan->add_option("--start", p.start, "what 'now' is, e.g. 2022-01-01T00:00:00Z")
      ->type_name("TIME")
      ->capture_default_str();
  plan->add_option("--slot", p.slot,
                   "length of a slot, e.g. 5min (default: an hour, the step of the data, or what divides --pause-time)")
      ->type_name("DURATION");
  plan->add_option("--pause-cost", p.pause_cost,
                   "of each interruption, a stop and its restart: grams or energy, e.g. 20g or 30Wh")
      ->type_name("COST");
  plan->add_option("--pause-time", p.pause_time,
                   "running without progress at each restart, e.g. 2min; rounded up to a --slot")
      ->type_name("DURATION");
  plan->add_option(
          "--min-run", p.min_run,
          "a segment is at least this long, e.g. 15min; rounded up to a --slot (default: none; with --follow 15min)")
      ->type_name("DURATION");
  plan->add_option("--paused-power", p.paused_power, "drawn while paused, e.g. 100W")->type_name("POWER");
  plan->add_flag("--no-pause", p.no_pause, "only choose the start");
}

// Its scale, its operating point, where its data are.
void add_ways_to_run_it(CLI::App* plan, PlanOptions& p) {
  plan->add_option("--scale", p.scales,
                   "an elastic job: SCALE:THROUGHPUT[:POWER],... (--duration and --power are of the first)")
      ->type_name("LIST");
  plan->add_option("--points", p.points, "operating points: name,power,throughput[,latency,accuracy]")
      ->type_name("FILE");
  plan->add_option("--work", p.work, "--points: units of work to be done, e.g. 3.6e6")->type_name("NUMBER");
  add_service_level(plan, p);
  plan->add_option("--price", p.price, "of a kWh: 0.25, or FR=0.2,DE=0.3 (default: price_per_kwh of the settings)")
      ->type_name("PRICE");
  plan->add_option("--prices", p.prices, "prices over time: time_utc,price_per_kwh and, if wanted, zone")
      ->type_name("FILE");
  plan->add_option("--data", p.data, "what must be where the job runs, e.g. 500GB; sent at once from --from")
      ->type_name("SIZE");
  plan->add_option("--from", p.from, "zone in which the data are")->type_name("ZONE");
  plan->add_option("--egress", p.egress, "price of letting a GB out, e.g. 0.02")->type_name("PRICE");
  plan->add_option("--energy-per-gb", p.energy_per_gb,
                   "of sending, e.g. 6.5Wh (default: data/defaults.csv, network_kwh_per_gb)")
      ->type_name("ENERGY");
}

void add_queue_and_supply(CLI::App* plan, PlanOptions& p) {
  plan->add_option("--jobs", p.jobs, "a queue: job,arrival,duration,power,deadline,gpus,priority,pause")
      ->type_name("FILE");
  plan->add_option("--capacity", p.capacity, "--jobs: what they share, e.g. 64gpu")->type_name("COUNT");
  plan->add_option("--seconds", p.seconds, "--jobs: plan for this long at most")
      ->check(number_between(1.0, 86400.0))
      ->type_name("NUMBER")
      ->capture_default_str();
  plan->add_option("--supply", p.supply, "the job's shares of grid, sun and battery (TOML): plan by what they give")
      ->type_name("FILE");
}

void add_follow_options(CLI::App* plan, PlanOptions& p) {
  plan->add_flag("--follow", p.follow,
                 "say when to run and when to wait, as it becomes due (JSON lines; ends when standard input does)");
  plan->add_option("--pause-above", p.pause_above,
                   "--follow: wait while the intensity is above this, e.g. 300g, in place of a plan")
      ->type_name("G_PER_KWH");
  plan->add_option("--margin", p.margin,
                   "--follow: time kept free before the deadline (default: a twentieth of the duration)")
      ->type_name("DURATION");
  plan->add_option("--speed", p.speed, "--follow: seconds of the plan in one second, to try it out")
      ->check(number_between(1e-3, 1e9))
      ->type_name("NUMBER");
}

}  // namespace

void add_plan_command(CLI::App& app, Options& o) {
  CLI::App* plan = app.add_subcommand("plan", "where and when a job emits least, and what that saves");
  plan->callback([&o] { o.command = "plan"; });
  plan->footer(kPlanFooter);
  PlanOptions& p = o.of<PlanOptions>();
  add_one_job(plan, p);
  add_ways_to_run_it(plan, p);
  add_queue_and_supply(plan, p);
  plan->add_option("--min-saving", p.min_saving, "exit 1 when the plan saves less than this, e.g. 5%")
      ->type_name("PERCENT");
  plan->add_flag("--plot", o.plot,
                 "when the work runs, over the intensity, in the terminal (--plot=FILE writes an SVG)");
  plan->add_option("--plot-file", o.plot_file, "")->group("");
  plan->add_option("--ical", p.ical, "write the plan as a calendar to import")->type_name("FILE");
  add_follow_options(plan, p);
  plan->add_flag("--json", o.json, "print JSON in place of text (--json=FILE writes it to a file)");
  plan->add_option("--json-file", o.json_file, "")->group("");
}

}  // namespace olivine::cli
