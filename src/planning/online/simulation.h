// A trace of jobs under several policies, zones and seeds: what each combination emitted, beside starting at once and the least.
//
//   jobs x policies x zones x seeds;  every job is on its own (no shared capacity)
//
// A trace of our own for each seed: a job arrives in every hour of the span with equal chance; its length is that of machine-learning
// projects in "Let's Wait Awhile" (Wiesner et al. 2021): evenly 4 h to 4 days; it may take 1.5, 2 or 4 times as long, evenly; power
// 1 kW. Or the caller's own jobs, the same for all seeds.
//
// The same for a seed on any number of threads and in any number of parts: results are sums, and the sums of parts of the work
// (job i of part i mod parts) merge to those of the whole, to the last digit's rounding.
//
// Units: g, slots of an hour, kW. Errors: kInvalid with the job for one that does not fit into the series, kNotFound for a
// policy. Threads: starts `threads` of its own. Lifetime: values.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "grid/forecast/hourly_table.h"
#include "planning/online/online_policy.h"

namespace olivine {

struct SimulatedJob {
  std::size_t arrives = 0, work = 1, deadline = 1;  // hour of the table; hours; finish within
  double power_kw = 1.0;
};
std::vector<SimulatedJob> generated_trace(std::size_t count, std::size_t first_hour, std::size_t hours, std::uint64_t seed);

struct SimulationSettings {
  std::vector<std::string> policies, zones;  // columns of the table
  std::vector<std::uint64_t> seeds{1};
  std::size_t jobs = 1000;             // generated for each seed, where no trace is given
  std::vector<SimulatedJob> trace;
  double edge_g = 0.0;                 // of 1 kW, at every start and stop
  PolicySettings policy;               // limits: the least and most of the 28 days before each job
  std::size_t threads = 1, part = 0, parts = 1;
};

struct SimulationRow {
  std::string policy, zone;
  std::uint64_t seed = 1;
  std::size_t jobs = 0, late = 0, worse = 0;  // worse: emitted more than at once
  double g = 0.0, at_once_g = 0.0, least_g = 0.0;
  std::vector<std::string> parts;             // that it is the sum of: "3/8"
};

// Forecast of a column, as in online_policy.h; called from several threads.
using ZoneForecaster = std::function<std::vector<double>(std::size_t column, std::size_t slot, std::size_t count)>;
Result<std::vector<SimulationRow>> simulate(const HourlyTable& table, const SimulationSettings& settings, const ZoneForecaster& forecaster);
// Rows of the same policy, zone and seed become one; order of first appearance. kInvalid where a part is there twice: its jobs would
// count twice.
Result<std::vector<SimulationRow>> merge(std::vector<SimulationRow> rows);

}  // namespace olivine
