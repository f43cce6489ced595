// GenerationMix: power by kind of plant over time, and the average intensity of production that follows from it.
//
//   intensity(t) = sum_f generation_f(t) * factor_f / sum_f generation_f(t)         (production, without grid losses)
//
//   gas 700 MW, wind 300 MW, lifecycle: (700 * 490 + 300 * 11) / 1000 = 346.3 g/kWh
//
// Factors: IPCC AR5 WG III Annex III (2014), medians; coal 820, gas 490, biomass 230, geothermal 38, hydro 24, nuclear 12,
// solar 45, wind 11 lifecycle; coal 760, gas 370 direct. Oil 650 and unknown 700 lifecycle, oil 406 and unknown 575 direct:
// not in AR5; UK POST 2011 and EIA as tabulated by Electricity Maps; direct biomass is 0 by the convention of inventories.
//
// A time enters only when every kind that the answer lists has a value then: a missing one would be counted as nothing.
// Storage (batteries, pumped hydro) is left out: its energy was counted when it was stored. Negative generation of any other
// kind is a plant's own use: it counts as none produced, and a note says how often. Where nothing is produced there is no point.
//
// Units: MW (mean over the step), g/kWh. Errors: kNotFound where no time is complete. Threads: pure. Lifetime: values.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "grid/intensity.h"

namespace olivine {

enum class Fuel { kCoal, kGas, kOil, kNuclear, kHydro, kSolar, kWind, kBiomass, kGeothermal, kUnknown, kStorage };
std::string_view name_of(Fuel fuel);
// kStorage has none.
std::optional<double> factor_g_per_kwh(Fuel fuel, Boundary boundary);

struct MixKind {
  std::string code;  // the service's: "NG", "B04"
  Fuel fuel = Fuel::kUnknown;
  std::map<WallTime, std::optional<double>> mw;  // by begin of the step; absent value: the service says null
};
struct GenerationMix {
  std::string zone;
  Duration step = hours(1);
  std::vector<MixKind> kinds;
  std::vector<std::string> notes;
  MixKind& kind(std::string_view code, Fuel fuel);  // found or added
};

// The points within the interval, into `series` (its boundary says which factors).
Status add_intensity(const GenerationMix& mix, const WallInterval& interval, IntensitySeries& series);

}  // namespace olivine
