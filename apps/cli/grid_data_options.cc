#include "apps/cli/grid_data_options.h"

#include <CLI/CLI.hpp>

#include "apps/cli/options.h"
#include "grid/import/import_options.h"

namespace olivine::cli {
namespace {

void add_import(CLI::App& grid, Options& o) {
  CLI::App* import =
      grid.add_subcommand("import", "read files of intensities, or of generation and exchanges, and keep data sets");
  import->callback([&o] { o.command = "grid import"; });
  GridImportOptions& said = o.of<GridImportOptions>();
  std::vector<std::string> formats = import_formats();
  formats.emplace_back("mix");
  import
      ->add_option("FILE", said.files,
                   "CSV, JSON or XML, gzip too; recognised from its content. Several: generation with exchanges")
      ->required()
      ->type_name("");
  import->add_option("--zone", said.zone, "zone of the numbers; of a file of many zones only this one")
      ->type_name("ZONE");
  import->add_option("--signal", said.signal, "average or marginal, where the file does not say")
      ->check(CLI::IsMember({"average", "marginal"}))
      ->type_name("SIGNAL");
  import->add_option("--boundary", said.boundary, "direct (at the stack) or lifecycle (with upstream)")
      ->check(CLI::IsMember({"direct", "lifecycle"}))
      ->type_name("BOUNDARY");
  import
      ->add_option("--accounting", said.accounting,
                   "production or consumption (default: as the file says, else unknown)")
      ->check(CLI::IsMember({"production", "consumption"}))
      ->type_name("WHICH");
  import->add_option("--unit", said.unit, "g_per_kwh, kg_per_mwh, lb_per_mwh, lb_per_kwh, kg_per_kwh or t_per_mwh")
      ->type_name("UNIT");
  import->add_option("--format", said.format, "refuse the file when it is of another format; csv: read it as plain CSV")
      ->check(CLI::IsMember(formats))
      ->type_name("FORMAT");
  import->add_option("--year", said.year, "year of a file that numbers the hours of a year (AVERT)")->type_name("YEAR");
  import
      ->add_option("--decimals", said.decimals,
                   "round the values; computed series of 17 digits take 8 bytes a point, of 2 decimals 2")
      ->check(CLI::Range(0, 6))
      ->type_name("0..6");
  import
      ->add_option("--factors", said.factors,
                   "of generation: g/kWh by column, COL=1003.7,NG=430, with --boundary (default: IPCC AR5)")
      ->type_name("LIST");
  add_json(import, o);
  import->footer(
      "Examples:\n"
      "  olivine grid import FR_2023_hourly.csv\n"
      "  olivine grid import moer.csv --zone US-CAL-CISO --boundary direct\n"
      "  olivine grid import avert.csv.gz --year 2023 --unit g_per_kwh\n"
      "  olivine grid import generation_BE.xml generation_FR.xml flow_BE_FR.xml flow_FR_BE.xml\n\n"
      "Formats: electricity-maps, eia930, avert, wide (a column a zone), lets-wait-awhile, uk (JSON), csv;\n"
      "mix: generation by fuel and exchanges (CSV with a column a fuel, zone and exchange:ZONE; EIA-930 BALANCE and\n"
      "INTERCHANGE; ENTSO-E XML A75, A11, A65), which gives production and, traced along the exchanges, consumption.\n"
      "Data sets lie in $XDG_DATA_HOME/olivine/grid; the newest import of a zone answers unless a hash is named.");
}

}  // namespace

void add_grid_data(CLI::App& grid, Options& o) {
  add_import(grid, o);
  CLI::App* data = grid.add_subcommand("data", "the data sets of intensities that are kept");
  data->require_subcommand(1);
  CLI::App* ls = data->add_subcommand("ls", "list the data sets, of a series the newest import first");
  ls->callback([&o] { o.command = "grid data ls"; });
  add_json(ls, o);
  CLI::App* rm = data->add_subcommand("rm", "remove data sets");
  rm->callback([&o] { o.command = "grid data rm"; });
  rm->add_option("HASH", o.of<GridImportOptions>().hashes, "hashes, or the first digits of them")
      ->required()
      ->type_name("");
  rm->footer("Examples:\n  olivine grid data rm 1f0c93ab");
}

}  // namespace olivine::cli
