// Other names of zones: one place has an ISO code, a code of EIA, an area code of ENTSO-E, and the key of Electricity Maps.
//
// Only the relation "same" gives a zone another name. "area" joins two keys of the same ground that have figures of their own
// (US-NY and US-NY-NYIS); "within" says that a zone lies in another (US-MA in US-NE-ISNE, US-CAL-CISO in AVERT-CA). Neither
// makes one zone answer for the other unasked: who uses a figure over such a relation says so.
//
//   find_alias("CISO")              -> US-CAL-CISO, "EIA-930: balancing authorities"
//   find_alias("10YFR-RTE------C")  -> FR
//   relations_of("US-MA")           -> within US-NE-ISNE, within AVERT-NE
//
// Units: none. Errors: none; an unknown name has no alias. Threads: any. Lifetime: values.
// Source: data/zone_aliases.csv, read when first asked for.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "provenance/table.h"

namespace olivine {

struct ZoneAlias {
  std::string alias, zone;
  std::string scheme;    // "eia", "entsoe", "iso3166-1", ...
  std::string relation;  // "same", "area", "within"
  std::string note;      // what a reader must know; mostly empty
  std::string source;    // who gives this name: "EIA-930: balancing authorities"
  FactRow row;
};

// The zone that this is another name of; ignores case and outer white space.
std::optional<ZoneAlias> find_alias(std::string_view name);
// "CISO is US-CAL-CISO (EIA-930: balancing authorities)", for the reader.
std::string text_of(const ZoneAlias& alias);
// The other names of a zone.
std::vector<ZoneAlias> names_of(std::string_view zone);
// What the zone is the same ground as, or lies in. `alias` is the zone itself.
std::vector<ZoneAlias> relations_of(std::string_view zone);
// Names that contain the text, ignoring case; none for an empty text.
std::vector<ZoneAlias> search_aliases(std::string_view text);

}  // namespace olivine
