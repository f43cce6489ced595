#include "apps/cli/breakeven_options.h"

#include <CLI/CLI.hpp>
#include <limits>

#include "apps/cli/number_check.h"
#include "apps/cli/options.h"

namespace olivine::cli {

void add_breakeven_command(CLI::App& app, Options& o) {
  CLI::App* command =
      app.add_subcommand("breakeven", "when new hardware pays back what making it emitted, at equal work");
  command->callback([&o] { o.command = "breakeven"; });
  command->footer(
      "OLD and NEW are a name of the catalogue, a TOML file, or fields; fields may follow a name:\n"
      "  power=300 W,idle=60 W,sleep=5 W,speed=1,embodied=150 kg [100, 300],fab_energy=2 MWh,count=4\n\n"
      "Examples:\n"
      "  olivine breakeven V100-SXM2-32GB 'A100-SXM4-80GB,speed=3,embodied=150 kg' --zone FR\n"
      "  olivine breakeven 'power=300 W,idle=90 W' new.toml --activity '40 % [20, 60]' --zone PL --life 5y\n"
      "  olivine breakeven old.toml new.toml --intensity '57 g/kWh' --fab-zone TW --map intensity --svg map.svg\n\n"
      "Break-even: the old one is there already. Indifference: either would have to be bought. 'Never' is an answer: "
      "exit code 0.");
  BreakevenOptions& b = o.of<BreakevenOptions>();
  command->add_option("OLD", b.old_choice, "what is there")->required();
  command->add_option("NEW", b.new_choice, "what could replace it")->required();
  command
      ->add_option("--activity", b.activity,
                   "share of the time that OLD works, e.g. 40% (default: 50 % [20, 90], assumed)")
      ->type_name("SHARE");
  command->add_option("--sleep", b.sleep, "share of the other time that they sleep (default: 0)")->type_name("SHARE");
  command->add_option("--intensity", b.intensity, "of the electricity they use, e.g. '57 g/kWh [40, 80]'")
      ->type_name("G/KWH");
  command->add_option("--zone", b.zone, "where they are used (default: zone of the settings)")->type_name("ZONE");
  command->add_option("--fab-intensity", b.fab_intensity, "of the electricity that makes them, for fab_energy")
      ->type_name("G/KWH");
  command
      ->add_option("--fab-zone", b.fab_zone,
                   "where they are made, for fab_energy; or a source as the ACT model has it, such as coal")
      ->type_name("ZONE");
  command->add_option("--pue", b.pue, "overhead of the building, e.g. 1.3 (default: 1)")->type_name("PUE");
  command->add_option("--life", b.life, "how long NEW will serve (default: 5 y [3, 7], assumed)")->type_name("TIME");
  command->add_option("--map", b.map, "pay-back time over activity and intensity (the default), or activity and sleep")
      ->check(CLI::IsMember({"sleep", "intensity"}))
      ->type_name("AXIS");
  command->add_option("--svg", b.svg, "write the map to a file (--map intensity when no map is asked for)")
      ->type_name("FILE");
  command->add_option("--samples", b.samples, "draws of the Monte Carlo")
      ->check(whole_number(100, 10'000'000))
      ->type_name("N")
      ->capture_default_str();
  command->add_option("--seed", b.seed, "of the draws")
      ->check(whole_number(0, std::numeric_limits<std::uint64_t>::max()))
      ->type_name("N")
      ->capture_default_str();
  command->add_flag("--json", o.json, "print JSON in place of text (--json=FILE writes it to a file)");
  command->add_option("--json-file", o.json_file, "")->group("");
}

}  // namespace olivine::cli
