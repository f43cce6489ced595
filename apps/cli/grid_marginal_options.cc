// Options of grid estimate-marginal.
#include <CLI/CLI.hpp>

#include "apps/cli/grid_marginal_options.h"

namespace olivine::cli {

void add_estimate_marginal(CLI::App& grid, Options& o) {
  CLI::App* marginal =
      grid.add_subcommand("estimate-marginal", "marginal intensity from a table of generation by fuel, by regression");
  marginal->callback([&o] { o.command = "grid estimate-marginal"; });
  marginal
      ->add_option("MIX.csv", o.of<MarginalArguments>().file,
                   "time,COL,NG,... in MW, an hour or less a row; may be gzip")
      ->required()
      ->type_name("");
  marginal
      ->add_option("--factors", o.of<MarginalArguments>().factors,
                   "g/kWh by column, e.g. COL=1003.7,NG=430 (default: IPCC AR5)")
      ->type_name("LIST");
  marginal
      ->add_option("--regressors", o.of<MarginalArguments>().regressors,
                   "columns that can follow load (default: coal, gas, oil, hydro)")
      ->type_name("LIST");
  marginal
      ->add_option("--by", o.of<MarginalArguments>().by,
                   "also by hour of day (UTC) or by decile of generation: hour or decile")
      ->check(CLI::IsMember({"hour", "decile"}))
      ->type_name("GROUP");
  marginal
      ->add_option("--boundary", o.of<MarginalArguments>().boundary,
                   "what the factors count: direct (at the stack; default) or lifecycle")
      ->check(CLI::IsMember({"direct", "lifecycle"}))
      ->type_name("TYPE");
  marginal
      ->add_option("--zone", o.of<MarginalArguments>().zone,
                   "the zone of the file, e.g. US-TEX-ERCO: prints AVERT's rate beside")
      ->type_name("ZONE");
  marginal->add_flag("--json", o.json, "print JSON in place of text (--json=FILE writes it to a file)");
  marginal->add_option("--json-file", o.json_file, "")->group("");
  marginal->footer(
      "Examples:\n"
      "  olivine grid estimate-marginal ERCO.csv.gz --zone US-TEX-ERCO\n"
      "  olivine grid estimate-marginal MIX.csv --factors COL=1003.7,NG=430,OIL=740 --regressors COL,NG,OIL,WAT --by "
      "hour\n\n"
      "Exit code: 0, also where the factor is not identifiable; 2 for wrong input.");
}

}  // namespace olivine::cli
