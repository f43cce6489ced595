// Activity files on the command line: progress, the writing of a large table, options as typed.
//
// Units: none. Errors: as Result. Threads: one. Lifetime: values.
#pragma once

#include <functional>
#include <string>

#include "account/activities/activity_table.h"
#include "apps/cli/app.h"

namespace olivine::cli {

// "\rolivine: reading, 163840 lines" on a terminal's stderr, nothing elsewhere; the destructor ends the line.
class LineProgress {
 public:
  explicit LineProgress(const App& app);
  ~LineProgress();
  LineProgress(const LineProgress&) = delete;
  LineProgress& operator=(const LineProgress&) = delete;
  std::function<void(std::size_t)> callback();

 private:
  bool wanted_, shown_ = false;
};

// "+01:00", "-0730", "Z": seconds east of UTC.
Result<std::int64_t> parse_utc_offset(const std::string& text);
// As CSV beside the target and renamed; "-" is stdout.
Status write_activities(const std::string& path, const ActivityTable& table);

}  // namespace olivine::cli
