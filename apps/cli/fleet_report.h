// The fleet view as text, JSON and pictures.
//
// Units: kWh, g CO2e, hours. Errors: as Result. Threads: pure. Lifetime: values.
#pragma once

#include <string>
#include <vector>

#include "account/activities/fleet.h"
#include "apps/cli/fleet_inputs.h"
#include "apps/cli/plot.h"

namespace olivine::cli {

struct FleetCapacity {
  std::string device;
  double count = 0.0, capacity_hours = 0.0, used_hours = 0.0;
  bool known = false;                                       // the device's power is
  double idle_kwh = 0.0, lower_kwh = 0.0, upper_kwh = 0.0;  // of the hours nobody held it, at the meter
};

struct FleetReport {
  FleetView view;
  FleetBy by = FleetBy::kAll;
  WallInterval span;
  std::vector<FleetCapacity> capacity;
  std::vector<NamedNumber> saved;  // factors in effect
  std::vector<std::string> sources;
};

std::string fleet_text(const FleetReport& report);
std::string fleet_json(const FleetReport& report);
// Energy and carbon for a useful device hour, month by month.
Result<Plot> fleet_plot(const App& app, const FleetReport& report);

}  // namespace olivine::cli
