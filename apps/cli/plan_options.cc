#include "apps/cli/plan_options.h"

#include <CLI/CLI.hpp>

#include "apps/cli/options.h"

namespace olivine::cli {

void add_plan_command(CLI::App& app, Options& o) {
  CLI::App* plan = app.add_subcommand("plan", "where and when a job emits least, and what that saves");
  plan->callback([&o] { o.command = "plan"; });
  plan->footer(
      "Examples:\n"
      "  olivine plan --duration 8h --power 2.4kW --deadline 48h --zones FR,DE,US-CAL-CISO\n"
      "  olivine plan --duration 12h --power 500W --deadline 24h --zones DE --no-pause --objective marginal\n"
      "  olivine plan --duration 2h --power 1kW --deadline 6h --intensity prices.csv --start 2022-01-01T00:00:00Z --pause-cost 20g\n"
      "  olivine plan --follow --duration 8h --deadline 24h --zones FR\n\n"
      "The first zone, started at once and not paused, is what a plan is compared with. Average and marginal intensity\n"
      "answer different questions: both are shown. Exit code 1: the saving is below --min-saving.");
  PlanOptions& p = o.of<PlanOptions>();
  plan->add_option("--duration", p.duration, "how long the job runs, e.g. 8h")->required()->type_name("DURATION");
  plan->add_option("--power", p.power, "what the facility draws for it, e.g. 2.4kW (not needed with --follow)")->type_name("POWER");
  plan->add_option("--deadline", p.deadline, "finish within, e.g. 48h")->required()->type_name("DURATION");
  plan->add_option("--zones", p.zones, "zones to choose from, the first is the baseline (default: zone of the settings)")->delimiter(',')->type_name("ZONE,...");
  plan->add_option("--objective", p.objective, "average or marginal: what is made least")->check(CLI::IsMember({"average", "marginal"}))->type_name("SIGNAL")->capture_default_str();
  plan->add_option("--intensity", p.intensity, "plan on this file: time_utc,gco2e_per_kwh and, if wanted, zone and signal")->type_name("FILE");
  plan->add_option("--start", p.start, "what 'now' is, e.g. 2022-01-01T00:00:00Z")->type_name("TIME")->capture_default_str();
  plan->add_option("--slot", p.slot, "length of a slot, e.g. 5min (default: an hour, or the step of the data if shorter)")->type_name("DURATION");
  plan->add_option("--pause-cost", p.pause_cost, "of each interruption, a stop and its restart: grams or energy, e.g. 20g or 30Wh")->type_name("COST");
  plan->add_option("--pause-time", p.pause_time, "running without progress at each restart, e.g. 2min")->type_name("DURATION");
  plan->add_option("--min-run", p.min_run, "a segment is at least this long, e.g. 15min (default: none; with --follow 15min)")->type_name("DURATION");
  plan->add_option("--paused-power", p.paused_power, "drawn while paused, e.g. 100W")->type_name("POWER");
  plan->add_flag("--no-pause", p.no_pause, "only choose the start");
  plan->add_option("--min-saving", p.min_saving_percent, "exit 1 when the plan saves less than this many percent")->type_name("PERCENT");
  plan->add_flag("--follow", p.follow, "say when to run and when to wait, as it becomes due (JSON lines; ends when standard input does)");
  plan->add_option("--pause-above", p.pause_above, "--follow: wait while the intensity is above this, e.g. 300g, in place of a plan")->type_name("G_PER_KWH");
  plan->add_option("--margin", p.margin, "--follow: time kept free before the deadline (default: a twentieth of the duration)")->type_name("DURATION");
  plan->add_option("--speed", p.speed, "--follow: seconds of the plan in one second, to try it out")->check(CLI::Range(1e-3, 1e9))->type_name("NUMBER");
  plan->add_flag("--json", o.json, "print JSON in place of text (--json=FILE writes it to a file)");
  plan->add_option("--json-file", o.json_file, "")->group("");
}

}  // namespace olivine::cli
