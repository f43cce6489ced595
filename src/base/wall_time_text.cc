#include "base/wall_time_text.h"

#include <fmt/core.h>

#include "base/text.h"
#include "base/time_scan.h"

namespace olivine {

Result<WallTime> parse_wall_time(std::string_view text) {
  const auto time = scan_time(trim(text));
  const bool clock = time && time->clock.fields > 0;
  if (!time || !time->padded() || (clock && (time->clock.fields < 2 || !time->clock.offset_s)))
    return fail(ErrorKind::kInvalid,
                fmt::format("'{}' is not a time; write 2026-11-24 or 2026-11-24T14:41Z (Z or an offset such as +01:00)",
                            printable(text.substr(0, 60))));
  return time->utc();
}

}  // namespace olivine
