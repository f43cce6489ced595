// ServiceMix: what a service says of generation: power by kind of plant over time, and the average intensity of production that follows from it.
//
//   intensity(t) = sum_f generation_f(t) * factor_f / sum_f generation_f(t)         (production, without grid losses)
//
//   gas 700 MW, wind 300 MW, lifecycle: (700 * 490 + 300 * 11) / 1000 = 346.3 g/kWh
//
// Factors: data/fuel_factors.csv (signals/fuels.h).
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
#include "grid/signals/fuels.h"

namespace olivine {

// That of default_fuel_factors; direct biomass is 0 by the convention of inventories; kStorage has none.
std::optional<double> factor_g_per_kwh(Fuel fuel, Boundary boundary);

struct MixKind {
  std::string code;  // the service's: "NG", "B04"
  Fuel fuel = Fuel::kOther;
  std::map<WallTime, std::optional<double>> mw;  // by begin of the step; absent value: the service says null
};
struct ServiceMix {
  std::string zone;
  Duration step = hours(1);
  std::vector<MixKind> kinds;
  std::vector<std::string> notes;
  MixKind& kind(std::string_view code, Fuel fuel);  // found or added
};

// The points within the interval, into `series` (its boundary says which factors).
Status add_intensity(const ServiceMix& mix, const WallInterval& interval, IntensitySeries& series);

}  // namespace olivine
