// What `olivine fleet` is valued with: powers of devices by name, intensities of the zones, PUE and power supply.
//
// Units: W, g/kWh. Errors: kInvalid and kNotFound name flag, file, line and value. Threads: one. Lifetime: values.
#pragma once

#include <string>
#include <vector>

#include "account/activities/fleet.h"
#include "apps/cli/app.h"

namespace olivine::cli {

struct NamedNumber {
  std::string name;
  double value = 0.0;
};
// "a100=384"
Result<std::vector<NamedNumber>> named_numbers(const char* flag, const std::vector<std::string>& texts);

// Reads every file of the command line into one table; rows without a zone get --zone.
Result<ActivityTable> fleet_table(App& app);
// `span`: what the activities cover. `sources` gets a line an input.
Result<FleetInputs> fleet_inputs(App& app, const ActivityTable& table, WallInterval span,
                                 std::vector<std::string>& sources);

}  // namespace olivine::cli
