// Civil time: timestamps as text, and the local time of a place with its summer time, from rules of our own.
//
// The C library's time zone belongs to the process (TZ) and its database to the machine; a feature must have the same value
// on every machine, so the few zones that energy data need stand here as rules, each with the first year for which the
// rule holds. Before that year the local time is unknown, never a guess. Sources: Directive 2000/84/EC (Europe, since 1996
// harmonised in these terms by 94/21/EC), Energy Policy Act of 2005 section 110 (United States, since 2007), Standard
// Time Act 1987 of New South Wales and its order of 2007 (Australia, since 2008), IANA tz database for the rest.
//
//   local_time("Europe/Berlin", 2022-03-27T01:00Z): 03:00, offset 2 h, and that day has 23 hours
//
// Units: UTC ns; offsets in seconds east of Greenwich. Errors: kInvalid for text that is no time or has no zone, kNotFound
// for an unknown zone (names the known ones). Threads: pure. Lifetime: values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace olivine::features {

inline constexpr std::int64_t kNsPerSecond = 1'000'000'000;
inline constexpr std::int64_t kNsPerHour = 3600 * kNsPerSecond;
inline constexpr std::int64_t kNsPerDay = 24 * kNsPerHour;
// No time outside: 1823 to 2116. Sums of a time and a window stay within 64 bits.
inline constexpr std::int64_t kMostTimeNs = std::int64_t{1} << 62;

// "2022-01-01T00:00:00Z", "2022-01-01 00:00:00+01:00", up to nine decimals; a date alone is no time. The zone is needed.
Result<std::int64_t> parse_timestamp(std::string_view text);
// "2022-01-01T00:00:00Z"; decimals only where there are some.
std::string timestamp_text(std::int64_t ns);
// "48h", "90s", "1ns": the largest unit that divides; parse_duration reads it back.
std::string duration_text(std::int64_t ns);

struct CivilDay {
  int year = 1970;
  unsigned month = 1, day = 1;
  bool operator==(const CivilDay&) const = default;
};
std::int64_t days_from_civil(const CivilDay& day);  // since 1970-01-01
CivilDay civil_from_days(std::int64_t days);
unsigned iso_weekday(std::int64_t days);    // 1 Monday .. 7 Sunday
unsigned day_of_year(const CivilDay& day);  // 1 .. 366

struct LocalTime {
  CivilDay date;
  double hour = 0.0;           // of the wall clock, with fraction: 13.5
  int offset_s = 0;            // local less UTC
  unsigned weekday = 1;        // 1 Monday .. 7 Sunday
  double hours_in_day = 24.0;  // 23 and 25 where the clock changes
};

Status check_zone_name(std::string_view zone);
// Absent before the first year of the zone's rule. The zone must be known.
std::optional<LocalTime> local_time(std::string_view zone, std::int64_t utc_ns);

}  // namespace olivine::features
