// Events as an iCalendar file (RFC 5545) that calendars import: UTC times, CRLF line ends, lines folded at 75 octets without
// cutting a character, text escaped. Control characters do not get in.
//
//   BEGIN:VEVENT / UID / DTSTAMP / DTSTART:20220101T010000Z / DTEND / SUMMARY / DESCRIPTION / LOCATION / END:VEVENT
//
// Units: UTC, whole seconds. Errors: kInvalid for an event that ends before it begins. Threads: pure. Lifetime: values.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace olivine {

struct CalendarEvent {
  WallTime begin, end;
  std::string summary, description, location;
};

// The same plan gives the same UIDs, so that a second import replaces the first. `made` is when it was made.
Result<std::string> calendar_text(const std::vector<CalendarEvent>& events, WallTime made);

}  // namespace olivine
