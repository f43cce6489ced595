// Times and numbers as tables write them, parsed at memory speed where they have the usual form.
//
//   2022-01-01T00:00Z   2022-01-01 00:00:00+00:00   2019-1-1 0:00   2022-10-31T11   2020-10-25T02:30:00+02:00
//   274.05   -12   1e3      an empty field, null, NaN, NA, N/A, None, -   is no number: a gap
//
// Units: UTC seconds (POSIX: a leap second, hh:mm:60, has no number and is refused). Errors: none are made here; the
// caller names line and column. Threads: a TimeParser remembers the last day, so one each. Lifetime: values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace olivine {

struct ParsedTime {
  std::int64_t utc_s = 0;
  bool says_zone = false;  // "Z", "+01:00", "UTC"
};

class TimeParser {
 public:
  std::optional<ParsedTime> parse(std::string_view text);

 private:
  std::string day_text_;
  std::int64_t day_s_ = 0;
};

enum class NumberKind { kNumber, kMissing, kWrong };
// A finite number, a word for "no number", or neither.
NumberKind parse_number(std::string_view text, double& value);

}  // namespace olivine
