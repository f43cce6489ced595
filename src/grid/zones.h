// Zones: yearly carbon intensities of countries and sub-regions, and the intensity that a run is charged with.
//
// A zone's yearly factor stands for an hour or a day of that zone only within a range; an old factor widens it further.
// Both are relative and independent, so their deviations combine in quadrature (METHODS, "Defaults"):
//
// A zone of Electricity Maps has ranges of its own, counted over its year (zones_electricity_maps.csv).
//
//   FR 56 g/kWh of 2023, a run of ten minutes in 2024:
//     hour x [0.42, 1.65], one year old x [0.74, 1.30]
//     lower 56 x (1 - sqrt(0.58^2 + 0.26^2)) = 20.4, upper 56 x (1 + sqrt(0.65^2 + 0.30^2)) = 96.1
//
// Units: g CO2e/kWh. Errors: kNotFound names the nearest known key and how to list the zones. Threads: any.
// Lifetime: values.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "provenance/basis.h"
#include "provenance/table.h"
#include "units/estimate.h"

namespace olivine {

// A range around 1: x [lower, upper].
struct RelativeRange {
  double lower = 1.0, upper = 1.0;
  bool operator==(const RelativeRange&) const = default;
};

struct ZoneFactor {
  std::string zone;    // "FR", "US-CAL-CISO"
  std::string name;    // "France"
  std::string parent;  // "US"; empty for a country
  double g_per_kwh = 0.0;
  std::string type;        // "lifecycle" or "direct" (METHODS 9)
  std::string accounting;  // "production" or "consumption"
  std::string losses;      // "excluded" or "included"
  int year = 0;
  std::string source, licence;             // who published it, under which terms
  std::optional<RelativeRange> hour, day;  // of an hour and of a day of its year around the factor, where counted
  std::vector<std::string> notes;          // how the zone was found: "CISO is US-CAL-CISO (...)"
  FactRow row;
};

// By key, ignoring case: zones.csv, else Electricity Maps' zones, else another name of either, which a note says.
Result<ZoneFactor> find_zone(std::string_view key);
// Every yearly factor of a zone's own key: zones.csv, then Electricity Maps. Empty: no such key.
std::vector<ZoneFactor> yearly_factors(std::string_view zone);
// Zones whose key or name contains the text, ignoring case, in the order of zones.csv, then Electricity Maps' zones; all for
// an empty text. A key that both tables have comes twice.
std::vector<ZoneFactor> search_zones(std::string_view text);

struct Intensity {
  Estimate<CarbonIntensity> estimate;
  std::string zone, name;  // empty: not known
  std::string signal;      // "average"
  std::string boundary;    // "lifecycle" or "direct"
  std::string period;      // "yearly 2023"
  std::string source;
  Basis basis = Basis::kReference;
  std::vector<std::string> notes;  // what a reader must know, one sentence each
  FactRow row;
};

// The yearly factor of `zone` for a run of this length at this time; an empty zone is the world's default, assumed.
// The estimate's input is "intensity:FR", of an unknown zone "intensity:unknown".
Result<Intensity> yearly_intensity(std::string_view zone, Duration run_length, WallTime when);

// The same of a factor at hand.
Result<Intensity> yearly_intensity_of(const ZoneFactor& factor, Duration run_length, WallTime when);

// The range widened by the years between factor and use (METHODS, "Defaults"); deviations combine in quadrature.
Result<RelativeRange> widened_by_age(RelativeRange range, int age_years);

// The calendar year (UTC) of a time.
int year_of(WallTime when);

}  // namespace olivine
