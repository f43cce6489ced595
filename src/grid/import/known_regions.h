// Regions that files name in their own way: US balancing authorities (EIA-930) and EPA's AVERT regions.
//
// AVERT counts the hours of a year in the region's own time. Standard time all year: 8,760 hours without a jump. A region
// that spans two zones has the one that most of its load lives in.
//
// Units: hours east of UTC. Errors: none; nothing for unknown names. Threads: pure. Lifetime: static.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace olivine {

std::optional<std::string> balancing_authority_zone(std::string_view authority);  // "CISO" -> "US-CAL-CISO"
std::optional<int> avert_offset_h(std::string_view region);                       // "CA" -> -8

}  // namespace olivine
