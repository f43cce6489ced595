// Times as people and services write them (RFC 3339), into wall time.
//
//   parse_wall_time("2026-11-24")                      midnight UTC
//   parse_wall_time("2026-11-24T14:41Z")               seconds may be left out
//   parse_wall_time("2026-11-24T15:41:43.5+01:00")     14:41:43.5 UTC
//   parse_wall_time("2026-11-24T14:41")                an error: nobody knows whose time of day that is
//
// Units: UTC nanoseconds; years 1700 to 2200; digits beyond nanoseconds are dropped. Errors: kInvalid says what to write.
// Threads: pure. Lifetime: values.
#pragma once

#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace olivine {

Result<WallTime> parse_wall_time(std::string_view text);

}  // namespace olivine
