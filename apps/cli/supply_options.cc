#include "apps/cli/supply_options.h"

#include <CLI/CLI.hpp>

#include "apps/cli/options.h"

namespace olivine::cli {

void add_supply_command(CLI::App& app, Options& o) {
  CLI::App* supply = app.add_subcommand("supply", "what a job's own supply of grid, sun and battery gives at a time");
  supply->callback([&o] { o.command = "supply"; });
  supply->footer(
      "Examples:\n"
      "  olivine supply supply.toml --power 2kW\n"
      "  olivine supply supply.toml --power 2kW --at 2026-07-01T12:00Z --json\n"
      "  olivine supply supply.toml --power 2kW --charge 30%\n\n"
      "In Python: olivine.supply(\"supply.toml\", power=\"2kW\").at(). The file is that\n"
      "of olivine plan --supply (docs/methods/power-supply.md). The battery's charge\n"
      "is the file's where --charge does not say it. Exit code 1: the supply is\n"
      "short of the power.");
  SupplyOptions& p = o.of<SupplyOptions>();
  supply->add_option("FILE", p.file, "the supply, TOML")->required()->type_name("");
  supply->add_option("--power", p.power, "what the job draws, e.g. 2kW")->required()->type_name("POWER");
  supply->add_option("--at", p.at, "when, e.g. 2026-07-01T12:00Z")->type_name("TIME")->capture_default_str();
  supply->add_option("--for", p.length, "for how long: a battery may end sooner")
      ->type_name("DURATION")
      ->capture_default_str();
  supply->add_option("--charge", p.charge, "of the battery, e.g. 30%")->type_name("PERCENT");
  supply->add_option("--zones", p.zones, "whose grid (default: of the file, or the settings)")
      ->delimiter(',')
      ->type_name("ZONE");
  supply->add_option("--intensity", p.intensity, "a file: time_utc,gco2e_per_kwh")->type_name("FILE");
  add_json(supply, o);
}

}  // namespace olivine::cli
