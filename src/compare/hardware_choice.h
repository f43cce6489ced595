// HardwareChoice: one side of "keep the old or buy the new": what a machine draws, how fast it is, what its manufacture cost.
//
// As text: a name of the catalogue, a TOML file, or fields; a name or a file may be followed by fields that overrule it. A name
// brings its design power, an idle share of it, and what making one emitted (account/embodied/hardware_embodied.h).
//
//   A100-SXM4-80GB,embodied=150 kg
//   old-node.toml
//   power=350 W [300, 400],idle=90 W,speed=1.0,embodied=1300 kg,fab_energy=4 MWh,count=4
//
// Fields: power (while working), idle, sleep, speed (work in a unit of time, in any unit that both sides share), embodied (carbon
// of manufacture, transport and disposal), fab_energy (energy of manufacture; priced by the fab's place), count. A value may carry
// its 95 % range in brackets, in its own unit. A TOML file holds the same names with such texts (or plain numbers).
//
// Units: coherent (account/uncertainty/dimension.h). Errors: kInvalid, one line that names the field; kNotFound for a name that the
// catalogue lacks, with what to write instead. Threads: pure but for the file. Lifetime: values.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "account/uncertainty/formula.h"
#include "base/file_system.h"

namespace olivine {

struct HardwareChoice {
  std::string name;
  double count = 1.0;
  UncertainInput active_power, idle_power, speed;
  std::optional<UncertainInput> sleep_power, embodied, fab_energy;  // absent: not known
  bool speed_stated = false;
};

// `side` is "old" or "new": the inputs are called old.power, new.embodied and so on.
Result<HardwareChoice> parse_hardware_choice(FileSystem& files, std::string_view text, std::string_view side);

// "150 kg [100, 250]" as an input that cannot be negative; the dimension must be the given one.
Result<UncertainInput> parse_ranged_input(std::string_view text, std::string_view name, const Dimension& dimension);

}  // namespace olivine
