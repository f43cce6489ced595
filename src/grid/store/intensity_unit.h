// Units in which intensities are published, and what a column's header says about its own.
//
//   unit_in("lbs_co2_per_mwh") -> lb_per_mwh;  unit_in("Carbon Intensity gCO2eq/kWh (direct)") -> g_per_kwh
//   unit_in("Carbon Intensity") -> none: the reader has to say it
//
// Units: factors to g/kWh; a pound is 453.59237 g (exact, international pound 1959). Errors: kInvalid lists the names.
// Threads: pure. Lifetime: values.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace olivine {

struct IntensityUnit {
  std::string_view name;      // "g_per_kwh", "kg_per_mwh", "lb_per_mwh", "lb_per_kwh", "kg_per_kwh", "t_per_mwh"
  std::string_view shown_as;  // "g/kWh"
  double g_per_kwh = 1.0;
};

// By name, or as people write it: "g/kWh", "gCO2e_per_kWh", "lbs_co2_per_mwh".
Result<IntensityUnit> intensity_unit(std::string_view name);
std::optional<IntensityUnit> unit_in(std::string_view header);

}  // namespace olivine
