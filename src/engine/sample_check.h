// SampleCheck: what must hold of samples from outside (a trace, a ledger) before the pipeline computes with them: as many
// readings as sources, clocks that run forward within their range, and no more energy than the sums of a run can hold.
// A live run keeps this by what its clocks and sensors are; a file may say anything.
//
//   SampleCheck check(machine);
//   for (const TickSample& sample : samples) OLIVINE_CHECK_STATUS(check.take(sample));
//
// The energy is bounded by what the meters could have counted: ceiling x (time + one update a reading). A node that may
// draw 20 kW can be recorded for 6 years.
//
// Units: microjoules, ns. Errors: kCorrupt says what is wrong, the caller where. Threads: one. Lifetime: the machine
// outlives it.
#pragma once

#include <optional>

#include "engine/machine.h"
#include "engine/sample.h"

namespace olivine {

class SampleCheck {
 public:
  explicit SampleCheck(const MachineDescription& machine);
  Status take(const TickSample& sample);

 private:
  const MachineDescription& machine_;
  double most_power_w_ = 0.0;  // of all components
  double most_energy_uj_ = 0.0;
  std::optional<Now> last_;
  std::int64_t last_mark_ns_ = 0;
  std::size_t marks_ = 0;
};

// Whether differences of these clocks stay within 64 bits: 0 .. 2^62 ns, wall time from 1970.
bool is_plausible(const Now& now);

}  // namespace olivine
