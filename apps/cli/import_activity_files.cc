#include <fmt/core.h>
#include <unistd.h>

#include "account/activities/activity_csv.h"
#include "apps/cli/activity_files.h"
#include "apps/cli/output_file.h"
#include "base/text.h"
#include "grid/import/fields.h"

namespace olivine::cli {

LineProgress::LineProgress(const App& app) : wanted_(::isatty(STDERR_FILENO) == 1 && !app.options.quiet) {}
LineProgress::~LineProgress() {
  if (shown_) say("\n");
}
std::function<void(std::size_t)> LineProgress::callback() {
  if (!wanted_) return {};
  return [this](std::size_t lines) {
    shown_ = true;
    say(fmt::format("\rolivine: reading, {} lines", lines));
  };
}

Result<std::int64_t> parse_utc_offset(const std::string& text) {
  TimeParser times;
  const bool signed_text =
      !text.empty() && (text.front() == '+' || text.front() == '-' || text == "Z" || text == "UTC");
  const auto time = times.parse("1970-01-02T00:00:00" + text);
  if (!signed_text || !time)
    return fail(ErrorKind::kInvalid,
                fmt::format("--utc-offset: '{}' is not like +01:00, -07:00 or Z", printable(text)));
  return 86'400 - time->utc_s;
}

Status write_activities(const std::string& path, const ActivityTable& table) {
  const auto produce = [&](const TextSink& sink) {
    Status status;
    (void)write_activity_csv(table, [&](std::string_view text) {
      status = sink(text);
      return status.has_value();
    });
    return status;
  };
  if (path == "-") return produce([](std::string_view text) { return write_text(STDOUT_FILENO, text, "stdout"); });
  return write_output(path, produce);
}

}  // namespace olivine::cli
