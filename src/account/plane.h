// Planes: where on the way from the chip to the electricity meter an energy or a power stands, and what it takes to go one
// step outward. chip -> node_dc adds what else the node draws (fans, disks, board); node_dc -> node_ac divides by the
// efficiency of the power supply; node_ac -> facility multiplies by PUE. Each step happens once; any other is refused.
//
//   (1,370 W chips + 130 W rest) / 0.94 x 1.2 = 1,914.9 W
//   PUE on a facility meter's 1,914.9 W: refused, that meter has seen cooling and losses already
//
// Units: the quantity's. Errors: kInvalid names the plane that is there and the one that is needed; PUE below 1 and an
// efficiency outside (0, 1] are kInvalid. Threads: pure. Lifetime: values. Source: METHODS 1.
#pragma once

#include "account/impacts.h"
#include "hardware/domain.h"

namespace olivine {

template <class Q>
struct AtPlane {
  Estimate<Q> value;
  Plane plane = Plane::kChip;
};

// What each step accepts.
Status check_plane(std::string_view step, Plane is, Plane needed);
Status check_pue(double pue);
Status check_efficiency(double efficiency);

template <class Q>
Result<AtPlane<Q>> with_rest_of_node(const AtPlane<Q>& chips, const Estimate<Q>& rest) {
  OLIVINE_CHECK_STATUS(check_plane("the rest of the node is added", chips.plane, Plane::kChip));
  return AtPlane<Q>{sum(chips.value, rest), Plane::kNodeDc};
}

template <class Q>
Result<AtPlane<Q>> through_power_supply(const AtPlane<Q>& node, const Estimate<Ratio>& efficiency) {
  OLIVINE_CHECK_STATUS(check_plane("the power supply's loss is added", node.plane, Plane::kNodeDc));
  OLIVINE_CHECK_STATUS(check_efficiency(as_number(efficiency.mean())));
  return AtPlane<Q>{divided(node.value, efficiency), Plane::kNodeAc};
}

template <class Q>
Result<AtPlane<Q>> at_facility(const AtPlane<Q>& node, const Estimate<Ratio>& pue) {
  OLIVINE_CHECK_STATUS(check_plane("PUE multiplies", node.plane, Plane::kNodeAc));
  OLIVINE_CHECK_STATUS(check_pue(as_number(pue.mean())));
  return AtPlane<Q>{times(node.value, pue), Plane::kFacility};
}

}  // namespace olivine
