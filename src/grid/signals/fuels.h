// Fuels: what the columns of a generation mix burn, and how much carbon a kilowatt-hour of each means.
//
// Sources name the same fuel in many ways ("COL", "coal", "Fossil Hard coal"); fuel_from() knows those of EIA-930, ENTSO-E,
// Electricity Maps and the UK. A name that it does not know is no fuel: the caller says so and does not guess.
//
// Factors are typed: direct is what leaves the stack, lifecycle adds upstream (METHODS 9). A vector of factors has one
// boundary; uniform_boundary() refuses a mixture.
//
//   fuel_from("NG") == Fuel::kGas
//   default_fuel_factors(Boundary::kLifecycle): coal 820, gas 490, oil 650, hydro 24, wind 11, ...
//
// Sources: data/fuel_factors.csv, set "default" (fuel_factors.h); it has no direct biomass, so none is here. A plant of unknown
// fuel takes 575 direct, 700 lifecycle, assumed as the field does.
//
// Units: g/kWh of electricity sent out. Errors: kInvalid names the factor. Threads: any. Lifetime: values.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "grid/intensity.h"

namespace olivine {

enum class Fuel { kCoal, kGas, kOil, kBiomass, kHydro, kNuclear, kWind, kSolar, kGeothermal, kStorage, kOther };

std::string_view name_of(Fuel fuel);  // "coal", "gas", ...
std::optional<Fuel> fuel_from(std::string_view column);
bool is_fossil(Fuel fuel);          // coal, gas, oil
bool is_weather_driven(Fuel fuel);  // wind, solar: what net load leaves out

struct FuelFactor {
  std::string column;  // the column of the mix that it belongs to, or a fuel's name: "coal" serves every coal column
  double g_per_kwh = 0.0;
  Boundary boundary = Boundary::kLifecycle;
  std::string source;  // who says so, with year
  bool operator==(const FuelFactor&) const = default;
};

std::vector<FuelFactor> default_fuel_factors(Boundary boundary);

// The factor for a column: by the column's own name (ignoring case), else by its fuel. Absent: nobody said.
std::optional<double> factor_of(std::span<const FuelFactor> factors, std::string_view column, Fuel fuel);

// The one boundary of all factors; kInvalid for none, for a mixture, and for a value that is negative or not finite.
Result<Boundary> uniform_boundary(std::span<const FuelFactor> factors);

}  // namespace olivine
