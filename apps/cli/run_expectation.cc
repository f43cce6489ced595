#include "apps/cli/run_expectation.h"

#include <fmt/core.h>

#include <algorithm>

#include "apps/cli/schedule_options.h"
#include "base/text.h"
#include "engine/context.h"

namespace olivine::cli {
namespace {

constexpr int kLooks = 5;  // of earlier runs

// Without the time that it was paused.
Duration working_time(const RunRow& row) {
  std::int64_t ns = row.end->ended_mono_ns - row.start.started.mono.ns;
  if (const auto closing = closing_from_json(row.end->summary_json); closing && closing->schedule) ns -= closing->schedule->paused_ns;
  return {std::max<std::int64_t>(ns, 0)};
}

}  // namespace

Result<Expectation> expectation_of(const App& app) {
  const std::string& said = app.options.of<ScheduleOptions>().expect;
  if (!said.empty()) {
    auto duration = parse_duration(said);
    if (!duration) return fail(duration.error().kind, "--expect: " + duration.error().message);
    if (duration->ns <= 0) return fail(ErrorKind::kInvalid, "--expect must be longer than nothing");
    return Expectation{*duration, ""};
  }
  const auto unknown = fail(ErrorKind::kInvalid, "how long will it take? --expect 3h says it; with --name, earlier runs of that name do");
  if (app.options.name.empty()) return unknown;
  const auto ledger = Ledger::open_read_only(app.ledger_path());
  if (!ledger) return unknown;
  OLIVINE_TRY(const auto rows, (*ledger)->runs());
  Expectation longest;
  int found = 0;
  for (const RunRow& row : rows) {
    if (found == kLooks || row.removed || !row.end || row.end->status != "done" || row.start.name != app.options.name) continue;
    longest.duration = std::max(longest.duration, working_time(row));
    ++found;
  }
  if (found == 0 || longest.duration.ns == 0) return unknown;
  longest.origin = fmt::format("as the longest of {} earlier run{} named {}", found, found == 1 ? "" : "s", printable(app.options.name));
  return longest;
}

}  // namespace olivine::cli
