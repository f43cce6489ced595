// AVERT rates: EPA's marginal emission rates of 2022 for the 14 regions of the contiguous US, to stand beside an estimate.
//
// The plain mean of AVERT's 8,760 hourly rates of the year, hours at or below zero included (single hours are noise; the
// year's mean is not). A grid whose area is much smaller than the region's has that region's rate, not its own.
//
//   avert_rate("US-TEX-ERCO"), avert_rate("ERCO")  ->  TE, 546.3 g/kWh
//
// Units: g CO2/kWh, direct. Errors: absent where no region is known to hold the zone. Threads: any. Lifetime: values.
// Source: data/avert_regions.csv (US EPA AVERT 2022, public domain); which grid lies in which region: data/zone_aliases.csv.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace olivine {

struct ReferenceRate {
  std::string region;  // "TE"
  std::string name;    // "Texas"
  double g_per_kwh = 0.0;
  int year = 0;
  std::string source;
};

// By the key of a zone ("US-TEX-ERCO", "US-TX") or another name of it ("ERCO").
std::optional<ReferenceRate> avert_rate(std::string_view zone);
// By AVERT's own code ("TE").
std::optional<ReferenceRate> avert_region_rate(std::string_view region);

}  // namespace olivine
