#include "apps/cli/features_options.h"

#include <CLI/CLI.hpp>

#include "apps/cli/options.h"

namespace olivine::cli {
namespace {

void add_shared(CLI::App* app, Options& o) {
  app->add_option("--store", o.of<FeaturesOptions>().store,
                  "the feature store (default $XDG_DATA_HOME/olivine/features/store.sqlite)")
      ->type_name("FILE");
  app->add_flag("--json", o.json, "print JSON in place of text (--json=FILE writes it to a file)");
  app->add_option("--json-file", o.json_file, "")->group("");
}

void add_times(CLI::App* app, Options& o) {
  app->add_option("--source", o.of<FeaturesOptions>().sources,
                  "CSV or Parquet of the source; NAME=FILE where views read several")
      ->type_name("[NAME=]FILE");
  app->add_option("--from", o.of<FeaturesOptions>().from, "first time, e.g. 2022-01-01T00:00:00Z")->type_name("TIME");
  app->add_option("--to", o.of<FeaturesOptions>().to, "time behind the last")->type_name("TIME");
}

void add_online(CLI::App* app, Options& o) {
  app->add_option("--online", o.of<FeaturesOptions>().online,
                  "keep the online state in Redis: redis://HOST:6379/0 or unix:/SOCKET (default: in the store)")
      ->type_name("URL");
}

CLI::App* add(CLI::App* features, Options& o, const char* name, const char* command, const char* help) {
  CLI::App* app = features->add_subcommand(name, help);
  app->callback([&o, command] { o.command = command; });
  add_shared(app, o);
  return app;
}

void add_get(CLI::App* features, Options& o) {
  CLI::App* get =
      add(features, o, "get", "features get", "features of an entity now, of the questions of a spine, or as stored");
  get->add_option("VIEW", o.of<FeaturesOptions>().views, "views, e.g. load or load@2 (highest version)")->type_name("");
  add_times(get, o);
  get->add_option("--entity", o.of<FeaturesOptions>().entity, "answer for this entity from the online state")
      ->type_name("NAME");
  get->add_option("--at", o.of<FeaturesOptions>().at, "with --entity: the time (default: now)")->type_name("TIME");
  add_online(get, o);
  get->add_option("--spine", o.of<FeaturesOptions>().spine,
                  "CSV or Parquet with the entity and a column time: answer each as known then")
      ->type_name("FILE");
  get->add_option("--snapshot", o.of<FeaturesOptions>().snapshot,
                  "with --spine: keep the CSV under this name for good; alone: print it")
      ->type_name("NAME");
  get->add_option("-o,--output", o.of<FeaturesOptions>().output,
                  "write to FILE: CSV, or Parquet when it ends with .parquet")
      ->type_name("FILE");
  get->footer(
      "Examples:\n"
      "  olivine features get load --entity PJM                               # online state, now\n"
      "  olivine features get load calendar --spine q.csv --source load.csv   # a training set, point in time\n"
      "  olivine features get load --from 2022-01-01T00:00:00Z                # what materialize stored\n"
      "  olivine features get --snapshot train-1");
}

void add_materialize(CLI::App* features, Options& o) {
  CLI::App* app = add(features, o, "materialize", "features materialize",
                      "compute the features of a source and keep them, from where the last call ended");
  app->add_option("VIEW", o.of<FeaturesOptions>().views, "the view")->required()->expected(1)->type_name("");
  add_times(app, o);
  app->add_option("--step", o.of<FeaturesOptions>().step, "time between rows, e.g. 15min (default: as stored, else 1h)")
      ->type_name("DURATION");
  add_online(app, o);
  app->add_flag("--backfill", o.of<FeaturesOptions>().backfill,
                "rows that come out different from those stored are written again");
  app->add_option("--package-power", o.of<FeaturesOptions>().package_power_w,
                  "watts of the busy processor, for the energy that computing costs")
      ->type_name("W");
  app->footer(
      "Examples:\n  olivine features materialize load --source load.csv\n"
      "  olivine features materialize load --source load.csv --from 2021-01-01T00:00:00Z --backfill");
}

void add_check(CLI::App* features, Options& o) {
  CLI::App* app = add(features, o, "check", "features check",
                      "leakage, freshness, null rate and drift of a view; exit 1 when something is wrong");
  app->add_option("VIEW", o.of<FeaturesOptions>().views, "the view")->required()->expected(1)->type_name("");
  add_times(app, o);
  app->add_option("--step", o.of<FeaturesOptions>().step, "time between the answers looked at (default 1h)")
      ->type_name("DURATION");
  app->add_option("--split", o.of<FeaturesOptions>().split,
                  "drift compares before with after this time (default: half way)")
      ->type_name("TIME");
  app->add_option("--now", o.of<FeaturesOptions>().now, "time of the check, for freshness (default: now)")
      ->type_name("TIME");
  app->add_option("--max-null-rate", o.of<FeaturesOptions>().max_null_rate, "largest part of nulls (default 0.05)")
      ->type_name("0..1");
  app->add_option("--max-psi", o.of<FeaturesOptions>().max_psi, "largest population stability index (default 0.25)")
      ->type_name("NUMBER");
}

}  // namespace

void add_features_commands(CLI::App& app, Options& o) {
  CLI::App* features = app.add_subcommand("features", "feature store for energy series");
  features->require_subcommand(1);
  CLI::App* apply = add(features, o, "apply", "features apply",
                        "add the feature views of a file; a version, once added, never changes");
  apply->add_option("FILE", o.text, "TOML with [[view]] tables")->required()->type_name("");
  apply->add_flag("--dry-run", o.of<FeaturesOptions>().dry_run, "say what would change, change nothing");
  add(features, o, "ls", "features ls", "the feature views, what is stored of them, and the snapshots");
  add_get(features, o);
  add_materialize(features, o);
  add_check(features, o);
}

}  // namespace olivine::cli
