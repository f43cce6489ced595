// Rows of a simulation as JSON, back from it, and as a table.
//
// Units: as simulate.h. Errors: kInvalid names what is wrong in a file of rows. Threads: pure. Lifetime: values.
#pragma once

#include <string>
#include <vector>

#include "planning/simulation/simulate.h"
#include "report/render.h"

namespace olivine::cli {

struct SimulationReport {
  std::string settings;  // JSON: what all parts of one simulation share
  std::vector<std::string> sources;
  std::vector<SimulationRow> rows;
  double slot_s = 3600.0;
};

std::string simulation_json(const SimulationReport& report);
Result<SimulationReport> simulation_from_json(const std::string& file, const std::string& text);
// kInvalid when they are parts of different simulations, or hold the same case twice.
Result<SimulationReport> merged(const std::vector<std::pair<std::string, SimulationReport>>& parts);
std::string simulation_text(const SimulationReport& report, const TextStyle& style);

}  // namespace olivine::cli
