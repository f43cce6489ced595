// Figures as people read them: as many digits as the range allows, in the unit that suits the size.
//
//   1476 J (1044 .. 2088)  ->  "0.41 Wh", "0.29 .. 0.58"    two digits: the range is wider than a tenth of the value
//   1476 J (1470 .. 1482)  ->  "0.41 Wh", "0.408 .. 0.412"  three digits
//   at least 432 J         ->  "unknown (at least 0.12 Wh)"
//
// Units: J becomes J, Wh, kWh, MWh, GWh; g becomes mg, g, kg, t; L becomes mL, L, m3. Errors: none. Threads: pure.
// Lifetime: values.
#pragma once

#include <string>

#include "report/figure_view.h"

namespace olivine {

// "0.41 Wh", "unknown", "unknown (at least 0.12 Wh)". Never 0 for what is not known.
std::string value_text(const FigureView& figure);
// The same in the unit of `beside`, so that two numbers of one line compare at a glance, where that stays readable.
std::string value_text_beside(const FigureView& figure, const FigureView& beside);
// "0.29 .. 0.58" in the unit of the value's text; "" when there is no range.
std::string range_text(const FigureView& figure);
// "0.41 Wh (0.29 .. 0.58)".
std::string value_and_range_text(const FigureView& figure);
// 0.71 -> "71 %", 0.004 -> "0.4 %", 0.0001 -> "< 0.1 %". A share below 1 never reads "100 %".
std::string percent_text(double share);
// `digits` significant digits, whole numbers whole, no trailing zeros.
std::string significant(double value, int digits);

}  // namespace olivine
