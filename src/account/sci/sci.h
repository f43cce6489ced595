// Software Carbon Intensity (ISO/IEC 21031:2024, the specification 1.1 of the Green Software Foundation): a rate, not a total.
//
//   SCI = (O + M) per R      O = E x I      M = TE x TS x RS = TE x (TiR / EL) x (RR / ToR)
//
// E is energy with provisioned hardware and PUE in it; I is the location-based intensity: contracts and certificates may not lower it.
// M spreads what the making of the hardware emitted (TE) over its life (EL) by the time reserved (TiR), and over its resources (ToR) by
// those reserved (RR). R is the functional unit. What the boundary includes is the list of components, and the list of what is left out.
//
//   0.023 kWh at 951 g/kWh with M = 4.305 g, and 0.0096 kWh with 5.112 g: 26.178 + 14.2416 = 40.4196 g for each R
//
// Units: Quantity types; resources and R are plain numbers. Errors: kInvalid, one line, for a share above 1, a life or an R that is not
// above zero, a negative amount. A component whose carbon is not known makes the score unknown, with the known part as its lower bound.
// Threads: pure. Lifetime: values.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "units/quantity.h"

namespace olivine {

struct SciComponent {
  std::string name{};
  std::optional<Energy> energy{};              // E; absent: unknown
  std::optional<CarbonIntensity> intensity{};  // I
  std::optional<Carbon> embodied{};            // M
  std::optional<Carbon> operational{};         // in place of E x I where only that is known
  std::string why_unknown{};
};

struct SciScore {
  std::optional<Carbon> operational, embodied, total, per_unit;  // absent: unknown
  Carbon at_least, at_least_per_unit;                            // from what is known
  double functional_units = 0.0;                                 // R
  std::vector<std::string> unknown;                              // "db: its embodied carbon"
};
Result<SciScore> sci_score(std::span<const SciComponent> components, double functional_units);

}  // namespace olivine
