// Simulation: a FakeMachine watched by discovery and the pipeline, through faults, suspends, clock steps, counters that are
// set back, zones that vanish, and monitors that are killed. What the pipeline says is held against what is true.
//
// Checked at every settle: the parts of every fact sum to it, nothing is negative, and the energy of every fact is, to the
// microjoule, what the meter counted over the fact's span without the gaps that are named inside it. Checked at the end of
// every run: facts and gaps cover the whole run; every gap has a cause; with an enclosing meter the node's total is that
// meter's; the linear bounds of the record hold the true energy, and its 95 % range does in 19 of 20; the run's dynamic energy is the true one; replaying the samples, also
// through the segment codec, gives identical facts.
//
// Units: by name. Errors: as sentences in the report, none thrown. Threads: one. Lifetime: values.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "engine/machine.h"
#include "engine/sample.h"

namespace olivine {

struct SimulationOptions {
  std::uint64_t seed = 1;
  Duration length = hours(24);
  // For the proof that the checks can fail: a monitor that misreads, or one that knows its meters wrongly.
  std::function<void(RawReading&)> break_reading = {};
  std::function<void(MachineDescription&)> break_machine = {};
};

struct SimulationReport {
  std::vector<std::string> failures;  // at most a few
  std::int64_t runs = 0, ticks = 0, facts = 0, gaps = 0, failed_reads = 0, wraps = 0, resets = 0, cuts = 0;
  std::int64_t ranges = 0,
               missed_ranges = 0;  // records with a known total; those whose 95 % range does not hold the truth
};

SimulationReport simulate(const SimulationOptions& options);

}  // namespace olivine
