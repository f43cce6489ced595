// Fab: the carbon of making logic chips, bottom-up from their area (Gupta et al., ACT, ISCA 2022, equations 4 and 5):
//
//   E = area x (CI_fab x EPA + GPA + MPA) / yield      per die; EPA, GPA, MPA of the process node (data/fab_nodes.csv)
//
//   28 nm, coal (820 g/kWh), 95 % of the gases abated, yield 0.875: (820 x 0.9 + 175 + 500) / 0.875 = 1,614.857 g/cm2
//   10 nm, the same: (820 x 1.475 + 240 + 500) / 0.875 = 2,228 g/cm2
//
// A node between two of the table is interpolated; one beyond its ends takes the end. Gases between 95 and 99 % are interpolated,
// as the model does for 97 %. A chip of unknown origin takes data/defaults.csv (fab_*), each with its range and under one shared
// name, so that the dies of one machine move together.
//
// Units: g CO2e per cm2, mm2, nm, g/kWh. Errors: kNotFound an energy that the table lacks; kInvalid a yield, an intensity or an
// abatement that cannot be. Threads: any. Lifetime: values.
#pragma once

#include <string_view>

#include "base/result.h"
#include "hardware/silicon.h"
#include "units/estimate.h"

namespace olivine {

struct FabNode {
  double node_nm = 0.0, epa_kwh_per_cm2 = 0.0, gpa_95_g_per_cm2 = 0.0, gpa_99_g_per_cm2 = 0.0, mpa_g_per_cm2 = 0.0;
};
// The node's factors, interpolated.
Result<FabNode> fab_node(double node_nm);
// "coal", "taiwan": data/fab_energy.csv.
Result<double> fab_energy_g_per_kwh(std::string_view key);

struct FabConditions {
  double g_per_kwh = 0.0;
  double gas_abatement = 0.95;  // 0.95 to 0.99
  double yield = 0.875;         // 0 < yield <= 1
};
Result<double> carbon_g_per_cm2(const FabNode& node, const FabConditions& conditions);

// The dies of one package, at the default conditions with their ranges. Where smaller and larger differ, the middle of both with
// both as bounds, under the input name "silicon:" + `id`.
Result<Estimate<Carbon>> silicon_carbon(const Silicon& smaller, const Silicon& larger, std::string_view id);

}  // namespace olivine
