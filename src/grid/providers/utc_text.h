// Times as the grid services write them, all in UTC.
//
//   parse_utc("2025-11-21T19:00:00.000Z")       Electricity Maps
//   parse_utc("2025-01-01T00:00:00+00:00")      WattTime; other offsets are converted
//   parse_utc("2018-01-20T12:00Z")              UK
//   parse_utc("2022-10-31T11", Utc::kImplied)   EIA; Open-Meteo with minutes
//
// A time without an offset is refused unless the service is known to mean UTC. Years 1970 to 2199.
//
// Units: UTC ns. Errors: kInvalid names the text. Threads: pure. Lifetime: values.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace olivine {

enum class Utc { kStated, kImplied };

Result<WallTime> parse_utc(std::string_view text, Utc utc = Utc::kStated);
// "Wed, 21 Oct 2015 07:28:00 GMT" (RFC 9110, the one form that servers send).
Result<WallTime> parse_http_date(std::string_view text);

std::string format_date(WallTime t);            // "2025-01-31"
std::string format_hour(WallTime t);            // "2025-01-31T07", EIA
std::string format_minute(WallTime t);          // "2025-01-31T07:30Z", UK
std::string format_second(WallTime t);          // "2025-01-31T07:30:00Z"
std::string format_compact_minute(WallTime t);  // "202501310730", ENTSO-E

// The greatest multiple of `step` since 1970 that is not after t, and the least that is not before it.
WallTime floor_to(WallTime t, Duration step);
WallTime ceil_to(WallTime t, Duration step);
inline WallTime operator+(WallTime t, Duration d) { return {t.ns + d.ns}; }
inline Duration operator-(WallTime later, WallTime earlier) { return {later.ns - earlier.ns}; }

}  // namespace olivine
