// Numbers as people read them: scaled SI, three significant digits.
//
//   format_energy(joules(1476)) -> "0.41 Wh"     format_carbon(grams(0.0229)) -> "0.0229 g"
//
// Units: energies print in Wh, kWh, MWh or GWh by size; carbon in g, kg or t.
// Errors: none. Threads: pure. Lifetime: values.
#pragma once

#include <string>

#include "units/quantity.h"

namespace olivine {

// Three significant digits (whole numbers keep all theirs), no exponent between 1e-4 and 1e6; "unknown" for what is not
// finite.
std::string format_number(double value);
std::string format_energy(Energy e);   // Wh, kWh, MWh, GWh
std::string format_carbon(Carbon c);   // g, kg, t (CO2e is said by the caller)
std::string format_power(Power p);     // W, kW, MW
// "1.5 kg  (0.9 .. 2.1)": bounds in the value's unit.
std::string format_carbon_range(Carbon value, Carbon lower, Carbon upper);

// "1.5kWh", "300 Wh", "20 J"; a number and one of J kJ MJ Wh kWh MWh.
Result<Energy> parse_energy(std::string_view text);
Result<Power> parse_power(std::string_view text);  // W kW MW

}  // namespace olivine
