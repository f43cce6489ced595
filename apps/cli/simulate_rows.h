// Rows of a simulation as JSON, back from it, and as a table.
//
// Units: as simulate.h. Errors: kInvalid names what is wrong in a file of rows. Threads: pure. Lifetime: values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "planning/simulation/simulate.h"
#include "report/render.h"

namespace olivine::cli {

inline constexpr std::size_t kMostCases = 100'000;  // of a simulation, and so of its parts

// Of the cases in their order those at index, index + of, index + 2 of, ...
struct SimulationPart {
  std::size_t index = 0, of = 1;
};

// What was asked of a replayed service at the begin of each slot. Faults and busy servers differ from part to part: no setting. Merged: the
// sum, since each part asks for itself.
struct ServiceRequests {
  std::string zone;
  Signal signal = Signal::kAverage;
  std::uint64_t moments = 0, requests = 0, late = 0, unanswered = 0;  // late: answered from what was kept
  std::string first_failure;                                          // "": none
};

struct SimulationReport {
  std::string settings;  // JSON: what all parts of one simulation share
  std::vector<std::string> sources;
  std::vector<ServiceRequests> requests;
  std::vector<SimulationRow> rows;
  double slot_s = 3600.0;
  std::optional<SimulationPart> part;  // empty: all cases
};

std::string simulation_json(const SimulationReport& report);
Result<SimulationReport> simulation_from_json(const std::string& file, const std::string& text);
// The rows in the order of the whole. kInvalid when they are of different simulations (it names the settings that differ), the same part
// twice, or another number of rows than the part has; kNotFound names the parts that are missing.
Result<SimulationReport> merged(const std::vector<std::pair<std::string, SimulationReport>>& parts);
// At most 80 columns: a table for each zone, signal, forecast and seed.
std::string simulation_text(const SimulationReport& report, const TextStyle& style);

}  // namespace olivine::cli
