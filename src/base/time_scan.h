// The one scanner of dates and times of day as ISO 8601 writes them. What reads a format says on top of it what it takes: RFC 3339
// from people (wall_time_text.h), services (grid/providers/utc_text.h), tables (grid/import/fields.h), whole hours (grid/forecast), rows
// with nanoseconds (grid/features).
//
//   day     2022-01-31   2019-1-1
//   clock   10   10:30   10:30:00   10:30:00.000, after T, t or a blank; or none
//   zone    nothing, Z, z, UTC, GMT, +02:00, +0200, -7, also after blanks; at most 14 h from UTC
//
// Units: days since 1970-01-01; ns since midnight as written; seconds east of UTC. Years 1700 to 2200; a leap second, hh:mm:60, has no
// number. Errors: absent when the text is something else; the caller names line and fix. Threads: pure. Lifetime: values.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/time.h"

namespace olivine {

struct ScannedDay {
  std::int64_t days = 0;
  int year = 1970;
  bool padded = true;  // month and day have two digits each
};
struct ScannedClock {
  char separator = '\0';  // before it; '\0': there is no time of day
  int fields = 0;         // 1 hours, 2 minutes too, 3 seconds too
  bool padded = true;     // two digits each, of the offset too
  int decimals = 0;       // of the seconds; those beyond nine are not in `ns`
  std::int64_t ns = 0;
  std::optional<std::int32_t> offset_s;  // absent: no zone is said
};
struct ScannedTime {
  ScannedDay day;
  ScannedClock clock;
  // Without a zone as if in UTC.
  WallTime utc() const;
  bool padded() const { return day.padded && clock.padded; }
};

// Off the front.
std::optional<ScannedDay> scan_day(std::string_view& text);
// All of the text.
std::optional<ScannedClock> scan_clock(std::string_view text);
std::optional<ScannedTime> scan_time(std::string_view text);

}  // namespace olivine
