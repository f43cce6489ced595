// RunEmbodied: a run's part of what making the machine emitted. Each part of the machine is shared by its own time (METHODS 13, SCI's
// time and resource share):
//
//   the GPUs          by the time that the run's processes held them, in equal parts with other holders; with the idle policy
//                     `reserved` no less than the reserved part. Where nobody knows who holds them (no process list), by CPU time.
//   all the rest      by CPU time of the run over that of the machine, of which a guest has machine_share
//
//   1,000 kg with 400 kg of GPUs, 5 years, utilisation 0.5, an hour; a tenth of the CPU time, the GPUs held for half of it:
//     (600 x 0.1 + 400 x 0.5) / (5 x 8,760 x 0.5) = 11.9 g; by CPU time alone 4.6 g
//
// The range of the rest is what the whole's exceeds the GPUs' by, in quadrature.
//
// Units: by type. Errors: absent when the run's CPU time is not known. Threads: pure. Lifetime: values.
#pragma once

#include <optional>
#include <string>

#include "engine/assess.h"

namespace olivine {

struct RunEmbodied {
  Estimate<Carbon> carbon;
  std::string how;  // "M x (time / life) x ..."
};
std::optional<RunEmbodied> run_embodied(const AssessmentInput& input);

}  // namespace olivine
