#include "apps/cli/fleet_options.h"

#include <CLI/CLI.hpp>

#include "apps/cli/options.h"

namespace olivine::cli {

void add_fleet_command(CLI::App& app, Options& o) {
  CLI::App* fleet = app.add_subcommand(
      "fleet", "energy, carbon and waste of many activities: by phase, model, project, status, month, ...");
  fleet->callback([&o] { o.command = "fleet"; });
  FleetArguments& said = o.of<FleetArguments>();
  fleet->add_option("FILE", said.files, "tables of activities, as olivine import writes them (gzip too)")
      ->required()
      ->type_name("");
  fleet->add_option("--by", said.by, "all, phase, model, project, status, month, zone, device or user")
      ->check(CLI::IsMember({"all", "phase", "model", "project", "status", "month", "zone", "device", "user"}))
      ->type_name("WHAT")
      ->capture_default_str();
  fleet->add_option("--zone", said.zone, "electricity grid zone of rows that do not say one")->type_name("ZONE");
  fleet->add_option("--intensity", said.intensity, "hourly intensities of the zones: a file as grid import reads it")
      ->type_name("FILE");
  fleet
      ->add_option("--unit", said.unit,
                   "of --intensity where the file does not say: g_per_kwh, kg_per_mwh, lb_per_mwh, ...")
      ->type_name("UNIT");
  fleet->add_option("--boundary", said.boundary, "lifecycle (with upstream) or direct (at the stack)")
      ->check(CLI::IsMember({"direct", "lifecycle"}))
      ->type_name("BOUNDARY")
      ->capture_default_str();
  fleet->add_option("--pue", said.pue, "power usage effectiveness of the data centre (default: 1.56, assumed)")
      ->type_name("RATIO");
  fleet
      ->add_option("--power-per-cpu", said.core_w,
                   "watts of a core in use (default: design power by thread of servers, assumed)")
      ->type_name("WATTS");
  fleet
      ->add_option("--device-map", said.device_map,
                   "CSV of name,power_w[,lower_w,upper_w] or name,catalogue for the devices' names")
      ->type_name("FILE");
  fleet
      ->add_option("--capacity", said.capacity,
                   "devices that there are, for utilisation and idle energy, e.g. a100=384")
      ->delimiter(',')
      ->type_name("NAME=N");
  fleet->add_option("--saved", said.saved, "factors of optimisations that are in effect, e.g. caching=6.7,fp16=2.4")
      ->delimiter(',')
      ->type_name("NAME=F");
  add_json(fleet, o);
  fleet->add_flag("--plot", o.plot, "with --by month: energy and efficiency over time (--plot=FILE writes an SVG)");
  fleet->add_option("--plot-file", o.plot_file, "")->group("");
  fleet->footer(
      "Examples:\n"
      "  olivine import sacct jobs.txt --zone FR -o jobs.csv && olivine fleet jobs.csv --by project\n"
      "  olivine fleet jobs.csv --by month --pue 1.2 --capacity a100=384 --plot=fleet.svg\n"
      "  olivine fleet jobs.csv aws.csv --by status --intensity zones_2023.csv --device-map devices.csv --json\n\n"
      "Intensities: --intensity, else data sets of grid import, else month x hour profiles; hours that none of them "
      "knows are priced by\n"
      "the zone's yearly factor, and the answer says what part that is.");
}

}  // namespace olivine::cli
