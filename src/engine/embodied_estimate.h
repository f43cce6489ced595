// EmbodiedEstimate: what making this machine emitted, for the context of a run, from what the probes see of it.
//
//   a server that we see     the sum of its parts: sockets, memory and NVIDIA GPUs by the catalogue (account/embodied)
//   a desktop or a laptop    the default of its kind, and a desktop's GPUs
//   a virtual machine        its host is not seen: the default server, of which host_share is ours, and the GPUs passed through,
//                            which are ours whole
//
// The share of a virtual machine: its vCPUs over the hardware threads of as few processors as hold them (estimated by design power where
// the catalogue does not say them); where the catalogue does not know the processor of a server, over the vCPUs of a typical host
// (data/defaults.csv, host_vcpus). The range of an estimated share is in the carbon's:
//   4 vCPUs, processor unknown: 4 / 64 [4 / 416, 4 / 8] of 1,200 kg [700, 2,500] = 75 kg [4, 606]
//
// The GPUs are told apart, for they are shared by their own time and not by that of the CPUs (engine/run_embodied.h).
//
// Units: kg CO2e. Errors: none: where a table fails, the default of the kind serves. Threads: any. Lifetime: values.
#pragma once

#include "engine/context.h"
#include "engine/setup.h"

namespace olivine {

// The part of the physical machine that is ours; 1 on bare metal.
double host_share(const MachineFacts& facts, const CpuEntry& cpu);

struct EmbodiedEstimate {
  StatedValue machine;              // all of it
  std::optional<StatedValue> gpus;  // of which the GPUs; absent: there are none that we see
};
EmbodiedEstimate machine_embodied_kg(const SetupInput& input, const CpuEntry& cpu);

}  // namespace olivine
