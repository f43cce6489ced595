// Quantities as people write them: "2.4 kW", "96 h", "57 g/kWh", "0.06 kWh/GB", "85 %".
//
// A unit is a product and quotient of names: prefix (u m k M G T P E; Ki Mi Gi Ti for bytes) and W, Wh, J, g, t, lb, L, m3, s,
// min, h, d, week, y, B, bit, cm2, mm2, m2, FLOP, %, an ISO currency code, or what is counted (request, token, GPU ...: plain
// numbers). CO2, CO2e and CO2eq after a mass are read over. A year is 365 days (8,760 h), as in the published accounts; KB, MB,
// GB are powers of 1000, KiB, MiB, GiB of 1024; lb is 453.59237 g.
//
//   parse_quantity("57 g/kWh", {})  -> 1.5833e-5 g/J, unit "g/kWh"
//   parse_quantity("2 USD", {.currency = "EUR"})  -> error: the account counts in EUR
//
// Units: results are coherent (dimension.h). Errors: kInvalid, one line that names the text and the nearest known unit.
// Threads: pure. Lifetime: values.
#pragma once

#include <string>
#include <string_view>

#include "account/uncertainty/dimension.h"
#include "base/result.h"

namespace olivine {

struct UnitRules {
  std::string currency;  // the account's ISO code; "" when it counts no money
};

struct MeasureUnit {
  std::string text;     // as written
  double factor = 1.0;  // coherent units in one
  Dimension dimension;
};

struct MeasuredValue {
  double value = 0.0;  // coherent
  Dimension dimension;
  MeasureUnit unit;
};

// "g/kWh", "kWh/GB", "kg/y"; the whole text.
Result<MeasureUnit> parse_measure_unit(std::string_view text, const UnitRules& rules);
// A number and an optional unit; the whole text.
Result<MeasuredValue> parse_quantity(std::string_view text, const UnitRules& rules);

// For the parser of expressions: the longest unit at the beginning of `text` without spaces in it; `used` says how long it is.
// kNotFound when the text does not begin with a unit's name.
Result<MeasureUnit> leading_unit(std::string_view text, const UnitRules& rules, std::size_t& used);
// The length of the number at the beginning of `text` (digits may be grouped by '_'), 0 when there is none.
Result<double> leading_number(std::string_view text, std::size_t& used);
// Whether a name alone means a unit ("kWh", "h"): names of parameters must not.
bool is_unit_name(std::string_view name);

}  // namespace olivine
