// FeatureCost: what computing features cost: processor time, and energy where the power of the processor is known.
//
//   12 CPU seconds at 45 W: 540 J, as the user states the power; without a power the energy is unknown, not zero
//
// The whole package's power is charged to the CPU time, one second for one second: an upper value where other cores work too.
// Units: seconds, W, J. Errors: none. Threads: any. Lifetime: value.
#pragma once

#include <optional>
#include <string_view>

#include "provenance/basis.h"
#include "units/quantity.h"

namespace olivine::features {

struct FeatureCost {
  double cpu_s = 0.0;
  std::optional<Energy> energy;
  Basis basis = Basis::kUserStated;  // of the power
  std::string_view reason() const { return energy ? "" : "no power of the processor was given (--package-power)"; }
};

inline FeatureCost feature_cost(double cpu_s, std::optional<double> package_power_w) {
  FeatureCost cost;
  cost.cpu_s = cpu_s;
  if (package_power_w) cost.energy = joules(cpu_s * *package_power_w);
  return cost;
}

}  // namespace olivine::features
