// ComponentRange: how far the energy of one component may lie from what its facts say (95 %).
//
//  - the gain of its sensor, or the width of its model, scales the whole;
//  - in a gap it drew something between nothing and the most that it can draw: MachineDescription::most_power_w x time.
//    10 min at 60 W with a gap of 1 s, most 200 W: 36,000 J, up to 36,200 J;
//  - a meter whose place is not proven (DRAM inside or beside the package?) may add what it counted: METHODS 2, [60, 68].
//    One component carries that, so that it stands in a sum once.
//
// Units: joules; low and high are factors. Errors: none. Threads: pure. Lifetime: values.
#pragma once

#include <optional>
#include <string>

#include "engine/assess.h"

namespace olivine {

struct ComponentRange {
  double low = 1.0, high = 1.0;  // relative bounds of the whole
  std::string input;             // the shared input that low and high stand for: "gain:gain_rapl_intel", "model:cpu"
  double gap_up_j = 0.0;         // the most that it can have drawn in its gaps
  double unproven_j = 0.0;       // the most that meters of unproven place add to it
};

ComponentRange range_of(const AssessmentInput& in, std::size_t component, const std::string& source);

// The component whose range holds what meters of unproven place counted: the first package, else the first counted one.
std::optional<std::size_t> carrier_of_unproven(const AssessmentInput& in);
double most_unproven_j(const AssessmentInput& in);

}  // namespace olivine
