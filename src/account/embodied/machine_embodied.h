// MachineEmbodied: the carbon of making a whole machine, the sum of its parts.
//
//   server    case, mainboard, two power supplies, assembly, what makers' footprints hold beyond them, + CPUs, memory, drives, GPUs
//   desktop   the default desktop, + its GPUs      laptop   the default laptop
//
// Two published methods differ threefold on what is left of a server without chips, memory and drives (Boavizta's parts: 368 kg;
// the median of 56 makers' footprints: 1,205 kg). The middle serves, with both in the range.
//
// Units: kg CO2e. Errors: as components.h. Threads: any. Lifetime: values.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "account/embodied/components.h"

namespace olivine {

enum class MachineForm { kServer, kDesktop, kLaptop };

struct MachineHardware {
  MachineForm form = MachineForm::kServer;
  CpuEntry cpu;
  int sockets = 1;
  double memory_gb = 0.0;             // 0: not known, not counted
  double ssd_gb = 0.0, hdd_gb = 0.0;  // the same
  std::vector<std::pair<GpuEntry, int>> gpus;
};

struct MachineEmbodied {
  std::vector<EmbodiedPart> parts;
  Estimate<Carbon> total;
  Basis basis = Basis::kModelled;        // the weakest of what is in it
  std::vector<std::string> not_counted;  // "drives: capacity not known"
};

Result<MachineEmbodied> machine_embodied(const MachineHardware& hardware);

}  // namespace olivine
