#include "apps/cli/import_options.h"

#include <CLI/CLI.hpp>

#include "apps/cli/options.h"

namespace olivine::cli {

void add_import_command(CLI::App& app, Options& o) {
  CLI::App* import = app.add_subcommand(
      "import", "read what a scheduler, a tracker or a cloud's bill recorded, as a table of activities");
  import->callback([&o] { o.command = "import"; });
  ActivityImportArguments& said = o.of<ActivityImportArguments>();
  import
      ->add_option("TOOL", said.tool,
                   "sacct, codecarbon, eco2ai, impact-tracker, carbontracker, mlflow, aws-cur or gcp-billing")
      ->required()
      ->check(CLI::IsMember(
          {"sacct", "codecarbon", "eco2ai", "impact-tracker", "carbontracker", "mlflow", "aws-cur", "gcp-billing"}))
      ->type_name("");
  import->add_option("FILE", said.file, "the tool's own file, gzip too (mlflow: also a folder; aws-cur: also Parquet)")
      ->required()
      ->type_name("");
  import->add_option("-o,--output", said.output, "write the activities to FILE as CSV (- for stdout)")
      ->type_name("FILE");
  import->add_option("--zone", said.zone, "electricity grid zone of rows that do not say one")->type_name("ZONE");
  import
      ->add_option("--utc-offset", said.utc_offset,
                   "of times that do not say their zone, e.g. +01:00 (default: UTC, with a note)")
      ->type_name("+HH:MM");
  import->add_option("--users", said.users, "drop, number (user-1, user-2) or keep the users' names")
      ->check(CLI::IsMember({"drop", "number", "keep"}))
      ->type_name("HOW")
      ->capture_default_str();
  import->add_option("--phase", said.phase, "phase of all rows, e.g. training, inference")->type_name("NAME");
  import
      ->add_option("--plane", said.plane,
                   "where energy was metered when the tool does not say: chip, node_dc, node_ac or facility")
      ->check(CLI::IsMember({"chip", "node_dc", "node_ac", "facility"}))
      ->type_name("PLANE");
  import->add_option("--model-from", said.model_from, "sacct, mlflow: the column or parameter that names the model")
      ->type_name("NAME");
  import
      ->add_option("--energy-metric", said.energy_metric,
                   "mlflow: the metric that holds an energy, e.g. energy_kwh or energy:Wh")
      ->type_name("NAME");
  import->add_option("--begin", said.begin, "impact-tracker: when the experiment began")->type_name("TIME");
  import->add_option("--end", said.end, "impact-tracker: when the experiment ended")->type_name("TIME");
  add_json(import, o);
  import->footer(
      "Examples:\n"
      "  sacct --allusers --parsable2 --duplicates --starttime 2025-01-01 --endtime 2026-01-01 \\\n"
      "    --format=JobID,User,Account,State,Start,End,ElapsedRaw,AllocTRES,TotalCPU,ConsumedEnergyRaw > jobs.txt\n"
      "  olivine import sacct jobs.txt --zone FR --utc-offset +01:00 -o jobs.csv\n"
      "  olivine import codecarbon emissions.csv --json\n"
      "  olivine import aws-cur report-00001.csv.gz -o aws.csv\n\n"
      "Without -o nothing is written: the summary says what the file holds, what was left out and why.");
}

}  // namespace olivine::cli
