#include "grid/signals/avert_rates.h"

#include <array>

#include "base/text.h"

namespace olivine {
namespace {

struct Region {
  std::string_view code, name;
  double g_per_kwh;  // mean of 2022
};
constexpr std::array<Region, 14> kRegions{{
    {"CA", "California", 483.46},
    {"CENT", "Central", 824.29},
    {"FL", "Florida", 483.39},
    {"MIDA", "Mid-Atlantic", 669.82},
    {"MIDW", "Midwest", 758.79},
    {"NCSC", "Carolinas", 648.33},
    {"NE", "New England", 508.69},
    {"NW", "Northwest", 669.34},
    {"NY", "New York", 502.57},
    {"RM", "Rocky Mountains", 852.68},
    {"SE", "Southeast", 617.02},
    {"SW", "Southwest", 609.96},
    {"TE", "Texas", 546.30},
    {"TN", "Tennessee", 623.98},
}};

struct Authority {
  std::string_view code, zone, region;
};
constexpr std::array<Authority, 15> kAuthorities{{
    {"CISO", "US-CAL-CISO", "CA"},
    {"SWPP", "US-CENT-SWPP", "CENT"},
    {"FPL", "US-FLA-FPL", "FL"},
    {"PJM", "US-MIDA-PJM", "MIDA"},
    {"MISO", "US-MIDW-MISO", "MIDW"},
    {"DUK", "US-CAR-DUK", "NCSC"},
    {"CPLE", "US-CAR-CPLE", "NCSC"},
    {"ISNE", "US-NE-ISNE", "NE"},
    {"BPAT", "US-NW-BPAT", "NW"},
    {"NYIS", "US-NY-NYIS", "NY"},
    {"PSCO", "US-NW-PSCO", "RM"},
    {"SOCO", "US-SE-SOCO", "SE"},
    {"AZPS", "US-SW-AZPS", "SW"},
    {"ERCO", "US-TEX-ERCO", "TE"},
    {"TVA", "US-TEN-TVA", "TN"},
}};

}  // namespace

std::optional<ReferenceRate> avert_region_rate(std::string_view region) {
  for (const Region& r : kRegions)
    if (to_lower(r.code) == to_lower(trim(region)))
      return ReferenceRate{std::string(r.code), std::string(r.name), r.g_per_kwh, 2022,
                           "US EPA AVERT 2022, public domain"};
  return std::nullopt;
}

std::optional<ReferenceRate> avert_rate(std::string_view zone) {
  const std::string wanted = to_lower(trim(zone));
  for (const Authority& a : kAuthorities)
    if (wanted == to_lower(a.code) || wanted == to_lower(a.zone)) return avert_region_rate(a.region);
  return std::nullopt;
}

}  // namespace olivine
