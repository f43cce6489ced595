// AccountSpan: when an activity took place, as a manifest says it. A date, a month, a year names the whole of it, in UTC, also as the
// end of an interval:
//
//   2022                                     the year         2022-03-11/2022-07-06   from 11 March 00:00 to 7 July 00:00
//   2022-03                                  the month        2022-03-11T10:00Z/2022-03-11T12:30Z
//   2022-03-11                               the day          2022-03-11T10:00Z       an instant: its length comes from elsewhere
//
// Units: UTC. Errors: kInvalid says what was read and what may be written; an interval of more than 100 years is refused.
// Threads: pure. Lifetime: values.
#pragma once

#include <string_view>

#include "base/result.h"
#include "grid/intensity.h"

namespace olivine {

struct AccountSpan {
  WallInterval interval;
  bool instant = false;  // begin == end: the length is not stated
  Duration length() const { return {interval.end.ns - interval.begin.ns}; }
};

Result<AccountSpan> parse_account_span(std::string_view text);
// "2022-03-11 .. 2022-07-07" or with times.
std::string span_text(const WallInterval& interval);

}  // namespace olivine
