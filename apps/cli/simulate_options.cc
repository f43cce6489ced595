#include "apps/cli/simulate_options.h"

#include <CLI/CLI.hpp>

#include "apps/cli/options.h"

namespace olivine::cli {

void add_simulate_command(CLI::App& app, Options& o) {
  CLI::App* command = app.add_subcommand("simulate", "a trace of jobs under several online policies: what each would have emitted");
  command->callback([&o] { o.command = "simulate"; });
  command->footer(
      "Policies: at_once, mpc, last_week_quantile, one_threshold, double_threshold, published_threshold, learning_augmented.\n"
      "A trace of your own is CSV: arrives_utc,hours,within_hours and perhaps power_kw. Jobs do not share a capacity.\n\n"
      "Examples:\n"
      "  olivine simulate --intensity zones_2022.csv.gz --zones DE,FR --policy at_once,mpc,learning_augmented --seeds 4\n"
      "  olivine simulate --intensity zones_2022.csv.gz --trace jobs.csv --switch-cost 20 --part 3/8 --json=3.json\n"
      "  olivine simulate --merge 1.json 2.json 3.json\n\n"
      "The same for a seed on any number of threads; parts run anywhere and merge. Exit code 2 for wrong input.");
  SimulateOptions& s = o.of<SimulateOptions>();
  command->add_option("--policy", s.policies, "which, separated by commas")->type_name("LIST")->capture_default_str();
  command->add_option("--intensity", s.intensity, "g/kWh by the hour, a column for each zone (CSV, also gzip)")->type_name("FILE");
  command->add_option("--zones", s.zones, "columns of it (default: all)")->type_name("LIST");
  command->add_option("--trace", s.trace, "a file of jobs, or generated: 4 h to 4 days, within 1.5 to 4 times as long")->type_name("FILE")->capture_default_str();
  command->add_option("--jobs", s.jobs, "generated for each seed")->check(CLI::Range(1, 10'000'000))->type_name("N")->capture_default_str();
  command->add_option("--seeds", s.seeds, "traces generated from seeds 1 to N")->check(CLI::Range(1, 10'000))->type_name("N")->capture_default_str();
  command->add_option("--switch-cost", s.switch_cost_g, "grams of a kW at every start and stop")->check(CLI::Range(0.0, 1e9))->type_name("G")->capture_default_str();
  command->add_option("--forecast", s.forecast, "what policies expect: panel, profile (mean of seven days) or perfect")
      ->check(CLI::IsMember({"panel", "profile", "perfect"}))
      ->type_name("KIND")
      ->capture_default_str();
  command->add_option("--trust", s.trust, "of learning_augmented in the forecast")->check(CLI::Range(0.0, 1.0))->type_name("0..1")->capture_default_str();
  command->add_option("--threads", s.threads, "at work (default: all cores)")->check(CLI::Range(0, 1024))->type_name("N");
  command->add_option("--part", s.part, "only every N-th job, from the I-th on: I/N")->type_name("I/N")->capture_default_str();
  command->add_option("--merge", s.merge, "results of parts, as --json wrote them")->type_name("FILE")->expected(1, 10'000);
  command->add_flag("--json", o.json, "print JSON in place of text (--json=FILE writes it to a file)");
  command->add_option("--json-file", o.json_file, "")->group("");
}

}  // namespace olivine::cli
