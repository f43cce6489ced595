// Emissions of a kWh of electricity by fuel, direct and lifecycle, with the source of every number, and what the codes of EIA and
// ENTSO-E mean. The factors are typed: a direct one never serves as a lifecycle one (METHODS 9).
//
//   fuel_of_code("eia", "COL")                            -> "coal"
//   fuel_row("default", "coal", Boundary::kLifecycle)     -> 820 [740, 910], IPCC AR5 WG3 Annex III table A.III.2
//   fuel_row("eia_direct", "coal", Boundary::kDirect)     -> 1003.7, the factor of METHODS 12
//   fuel_of_code("eia", "OTH")                            -> kNotFound: a mixture of which no factor is known
//
// Units: g CO2e/kWh (gCO2 where `gases` is co2). Errors: kNotFound names the set, the fuel and the boundary, or the code; a code
// without a factor (storage, "other") is kNotFound too: unknown is not zero. Threads: any. Lifetime: values.
// Source: data/fuel_factors.csv and data/fuel_codes.csv, read when first asked for.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "grid/intensity.h"
#include "provenance/table.h"

namespace olivine {

struct FuelRow {
  std::string set, fuel;
  Boundary boundary = Boundary::kLifecycle;
  double g_per_kwh = 0.0;
  std::optional<double> lower, upper;  // least and greatest of the literature; absent: not stated
  std::string gases;                   // "co2e" or "co2"
  FactRow row;
};

Result<FuelRow> fuel_row(std::string_view set, std::string_view fuel, Boundary boundary);
// All of a set and boundary, in the table's order.
std::vector<FuelRow> fuel_rows(std::string_view set, Boundary boundary);

// The fuel of a code; scheme is "eia" or "entsoe". Ignores case.
Result<std::string> fuel_of_code(std::string_view scheme, std::string_view code);
// What people call it: "fossil gas" for entsoe B04; the code itself where the table lacks it.
std::string name_of_code(std::string_view scheme, std::string_view code);

}  // namespace olivine
