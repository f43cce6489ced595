// What a run used so far, counted as its record will count it: attributed + idle charged over all that is settled, with the power
// supply's loss on plane node. The idle share is that of the whole run up to here, so that a later call may say a little less.
//
//   settled: run 60 J, idle 40 J; the run has half of the busy CPU time: 80 J
//
// Units: whole microjoules. Errors: none; what is not known leaves a lower bound. Threads: pure. Lifetime: values.
#pragma once

#include "engine/context.h"
#include "engine/pipeline.h"

namespace olivine {

struct EnergySoFar {
  EnergyAmount energy;   // of what is settled
  bool complete = true;  // false: a lower bound
};
EnergySoFar energy_so_far(const MachineDescription& machine, const PipelineSummary& summary, const RunContext& context);

}  // namespace olivine
