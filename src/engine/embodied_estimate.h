// EmbodiedEstimate: what making this machine emitted, for the context of a run, from what the probes see of it.
//
//   a server that we see     the sum of its parts: sockets, memory and NVIDIA GPUs by the catalogue (account/embodied)
//   a desktop or a laptop    the default of its kind, and a desktop's GPUs
//   a virtual machine        its host is not seen: the default server, of which machine_share is ours, and the GPUs passed through,
//                            which are ours whole
//
// The GPUs are told apart, for they are shared by their own time and not by that of the CPUs (engine/run_embodied.h).
//
// Units: kg CO2e. Errors: none: where a table fails, the default of the kind serves. Threads: any. Lifetime: values.
#pragma once

#include "engine/context.h"
#include "engine/setup.h"

namespace olivine {

struct EmbodiedEstimate {
  StatedValue machine;               // all of it
  std::optional<StatedValue> gpus;   // of which the GPUs; absent: there are none that we see
};
EmbodiedEstimate machine_embodied_kg(const SetupInput& input, const CpuEntry& cpu);

}  // namespace olivine
