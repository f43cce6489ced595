// A job's power supply for `olivine plan --supply` and `olivine supply`: the file, what of the command line goes with it, and what a
// settlement says to the reader.
//
// Units: by type. Errors: kInvalid names flag or file and line. Threads: one. Lifetime: values.
#pragma once

#include <string>
#include <vector>

#include "apps/cli/app.h"
#include "apps/cli/plan_options.h"
#include "planning/supply_file.h"
#include "planning/supply_plan.h"

namespace olivine::cli {

struct LoadedSupply {
  SupplyFile file;
  std::vector<SunPoint> sun;
};
// The file, and the sun's series that it names (beside it).
Result<LoadedSupply> load_supply(App& app, const std::string& path);

// One line for a flag that makes no sense with --supply.
Status check_supply_options(const PlanOptions& options);
// Where nothing else is said a plan's slots are as long as the sun's steps (at least 5 min). What the reader must know of that.
std::vector<std::string> fit_slot(const PlanOptions& options, const LoadedSupply& supply, Duration& slot);
// The sun's burden by the boundary of the zone's series: into the supply. Lines for the reader.
Result<std::vector<std::string>> set_solar(LoadedSupply& supply, const ZoneIntensity& zone);

double joules_of(std::int64_t uj);
// "sun 30 %, battery 13 %, grid 57 % of 8 kWh"
std::string shares_text(const SupplyFlows& flows);
std::string supply_text(const PowerSupply& supply, const SupplyPlan& plan);

}  // namespace olivine::cli
