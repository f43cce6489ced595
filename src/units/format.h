// Numbers as people read them: scaled SI, three significant digits.
//
//   format_energy(joules(1476)) -> "0.41 Wh"     format_carbon(grams(0.0229)) -> "0.0229 g"
//
// Units: energies print in mJ, J, Wh, kWh, MWh or GWh by size; carbon in mg, g, kg or t. One table of sizes for every text.
// Errors: none. Threads: pure. Lifetime: values.
#pragma once

#include <string>
#include <string_view>

#include "units/quantity.h"

namespace olivine {

// Three significant digits (whole numbers keep all theirs), no exponent between 1e-4 and 1e6; "unknown" for what is not
// finite.
std::string format_number(double value);
// What a size is told in, everywhere: 0.2 J, 0.41 Wh, 1 kWh; 0.3 mg, 1.5 kg.
struct UnitScale {
  double from = 0.0;    // used from this size on
  double factor = 1.0;  // canonical units in one of it
  std::string_view name;
};
UnitScale energy_scale(double joules);
UnitScale carbon_scale(double grams);
UnitScale water_scale(double litres);

std::string format_energy(Energy e);  // mJ, J (below 0.0001 Wh), Wh, kWh, MWh, GWh
std::string format_carbon(Carbon c);  // mg, g, kg, t (CO2e is said by the caller)
std::string format_power(Power p);    // W, kW, MW
// "1.5 kg  (0.9 .. 2.1)": bounds in the value's unit.
std::string format_carbon_range(Carbon value, Carbon lower, Carbon upper);

// "1.5kWh", "300 Wh", "20 J"; a number and one of J kJ MJ Wh kWh MWh.
Result<Energy> parse_energy(std::string_view text);
Result<Power> parse_power(std::string_view text);    // W kW MW
Result<Carbon> parse_carbon(std::string_view text);  // g kg t

}  // namespace olivine
