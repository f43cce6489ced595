#include "apps/cli/forecast_options.h"

#include <CLI/CLI.hpp>
#include <limits>

#include "apps/cli/number_check.h"
#include "apps/cli/options.h"

namespace olivine::cli {
namespace {

void add_shared(CLI::App* command, Options& options) {
  ForecastOptions& o = options.of<ForecastOptions>();
  command
      ->add_option("--weather", o.weather_file,
                   "weather forecasts by the hour (CSV), as they were known at each day's 00:00")
      ->type_name("FILE");
  command
      ->add_option("--column", o.column, "column of the intensity (default carbon_intensity, or the only one named so)")
      ->type_name("NAME");
  command->add_option("--seed", o.seed, "seed of the boosted trees (default 1)")
      ->check(whole_number(0, std::numeric_limits<unsigned>::max()).description(""))
      ->type_name("N");
  command->add_flag("--no-trees", o.no_trees, "leave the boosted trees out: ridge and persistence only");
  command->add_flag("--json", options.json, "print JSON in place of text (--json=FILE writes it to a file)");
  command->add_option("--json-file", options.json_file, "")->group("");
}

}  // namespace

void add_grid_forecasts(CLI::App& grid, Options& options) {
  ForecastOptions& o = options.of<ForecastOptions>();
  CLI::App* forecast = grid.add_subcommand("forecast", "a zone's intensity in the next hours, with ranges");
  forecast->callback([&options] { options.command = "grid forecast"; });
  forecast->footer(
      "Examples:\n"
      "  olivine grid forecast FR                                       # from the data sets of olivine grid data ls\n"
      "  olivine grid forecast FR --data fr.csv --horizon 48h --plot\n"
      "  olivine grid forecast US-CAL-CISO --data ciso.csv.gz --weather weather.csv.gz --boundary direct --at "
      "2021-07-01\n\n"
      "The CSV holds time,carbon_intensity and, where known, generation by source (coal, nat_gas, wind, ...), an hour "
      "a row, in UTC.\n"
      "A trained model needs 212 days; with less, the same hour of last week answers and the notes say so.");
  forecast->add_option("ZONE", o.zone, "key of the zone")->type_name("");
  forecast
      ->add_option("--data", o.data_file,
                   "the zone's past by the hour (CSV, also gzip); default: what grid import keeps of ZONE")
      ->type_name("FILE");
  forecast->add_option("--horizon", o.horizon, "how far, at most 168h (default 96h)")->type_name("HOURS");
  forecast->add_option("--at", o.at, "issue it at this hour of the past; nothing later is read")->type_name("TIME");
  forecast->add_option("--boundary", o.boundary, "what the intensities hold: direct or lifecycle")->type_name("NAME");
  forecast->add_option("--save-model", o.save_model, "keep the trained model in DIR, named by its content")
      ->type_name("DIR");
  forecast->add_flag("--plot", options.plot, "draw the line and its range (--plot=FILE writes an SVG)");
  forecast->add_option("--plot-file", options.plot_file, "")->group("");
  add_shared(forecast, options);

  CLI::App* backtest = grid.add_subcommand("backtest", "score forecasts of a past span as they would have been issued");
  backtest->callback([&options] { options.command = "grid backtest"; });
  backtest->footer(
      "Examples:\n"
      "  olivine grid backtest FR --from 2025-07-01               # on the data sets of olivine grid data ls\n"
      "  olivine grid backtest CISO_direct.csv.gz --weather CISO_weather.csv.gz --from 2021-07-01 --to 2021-12-31\n"
      "  olivine grid backtest pjm.csv --peer pjm_other.csv --json\n\n"
      "Issued daily at 00:00 UTC; day-ahead scores, 90 % ranges, and what a 12 h job in 48 h would have saved.");
  backtest
      ->add_option("ZONE", o.zone,
                   "a zone of which grid import keeps data, or a file of its past by the hour (CSV, also gzip)")
      ->required()
      ->type_name("");
  backtest->add_option("--data", o.data_file, "the zone's past in a file")->type_name("FILE");
  backtest
      ->add_option("--boundary", o.boundary,
                   "which data sets of ZONE: direct or lifecycle (default: lifecycle where kept)")
      ->type_name("NAME");
  backtest->add_option("--name", o.name, "name of the zone in the report")->type_name("NAME");
  backtest->add_option("--peer", o.peer_file, "another's day-ahead forecasts, scored on the same hours (CSV)")
      ->type_name("FILE");
  backtest->add_option("--from", o.from, "first day issued, 2021-07-01 (default: 90 days before the end)")
      ->type_name("DATE");
  backtest->add_option("--to", o.to, "last day issued")->type_name("DATE");
  add_shared(backtest, options);
}

}  // namespace olivine::cli
