#include "apps/cli/run_expectation.h"

#include <fmt/core.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "apps/cli/schedule_options.h"
#include "base/text.h"
#include "engine/context.h"
#include "planning/online/deadline_guard.h"

namespace olivine::cli {
namespace {

constexpr std::size_t kLooks = 5;       // earlier runs whose longest is expected
constexpr std::size_t kMostPast = 200;  // earlier runs that say how well that foretells
constexpr double kMiss = 0.05;

// Without the time that it was paused.
Duration working_time(const RunRow& row) {
  std::int64_t ns = row.end->ended_mono_ns - row.start.started.mono.ns;
  if (const auto closing = closing_from_json(row.end->summary_json); closing && closing->schedule)
    ns -= closing->schedule->paused_ns;
  return {std::max<std::int64_t>(ns, 0)};
}

// Of earlier runs of the name, the oldest first.
Result<std::vector<Duration>> past_times(const App& app) {
  std::vector<Duration> times;
  if (app.options.name.empty()) return times;
  const auto ledger = Ledger::open_read_only(app.ledger_path());
  if (!ledger) return times;
  OLIVINE_TRY(const auto rows, (*ledger)->runs());
  for (const RunRow& row : rows) {
    if (times.size() == kMostPast) break;
    if (row.removed || !row.end || row.end->status != "done" || row.start.name != app.options.name) continue;
    times.push_back(working_time(row));
  }
  std::reverse(times.begin(), times.end());
  return times;
}

void add_margin(const std::vector<Duration>& past, std::optional<Duration> said, Expectation& out) {
  out.margin = {out.duration.ns / 20};
  const std::vector<double> ratios = past_ratios(past, said, kLooks);
  const auto reserve = work_reserve(ratios, kMiss);
  const auto more_ns =
      static_cast<std::int64_t>(static_cast<double>(out.duration.ns) * (reserve ? reserve->factor - 1.0 : 0.0));
  if (!reserve || more_ns <= out.margin.ns) return;
  out.margin = {more_ns};
  out.margin_origin = fmt::format("1 in {:.0f} takes over {:.2f} x ({} past run{})", 1.0 / reserve->most_missed,
                                  reserve->factor, ratios.size(), ratios.size() == 1 ? "" : "s");
}

}  // namespace

Result<Expectation> expectation_of(const App& app) {
  const std::string& text = app.options.of<ScheduleOptions>().expect;
  std::optional<Duration> said;
  if (!text.empty()) {
    OLIVINE_TRY(said, named("--expect", parse_duration(text)));
    if (said->ns <= 0) return fail(ErrorKind::kInvalid, "--expect must be longer than nothing");
  }
  const auto past = past_times(app);
  if (!past && !said) return tl::unexpected<Error>(past.error());
  const std::vector<Duration> times = past ? *past : std::vector<Duration>{};
  Expectation out;
  if (said) out.duration = *said;
  const std::size_t looks = std::min(times.size(), kLooks);
  for (std::size_t i = times.size() - looks; i < times.size() && !said; ++i)
    out.duration = std::max(out.duration, times[i]);
  if (out.duration.ns == 0)
    return fail(ErrorKind::kInvalid,
                "how long will it take? --expect 3h says it; with --name, earlier runs of that name do");
  if (!said)
    out.origin = fmt::format("as the longest of {} earlier run{} named {}", looks, looks == 1 ? "" : "s",
                             printable(app.options.name));
  add_margin(times, said, out);
  return out;
}

}  // namespace olivine::cli
