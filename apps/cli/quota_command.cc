// quota: asks the olivine run that measures us what the quota of the scope around has left. Waits a moment for a fresh reading.
#include <fmt/core.h>
#include <time.h>

#include <nlohmann/json.hpp>

#include "apps/cli/app.h"
#include "apps/cli/options.h"
#include "apps/cli/scope_options.h"
#include "planning/budget.h"
#include "workload/mark_channel.h"
#include "workload/scope_board.h"
#include "workload/scope_word.h"

namespace olivine::cli {
namespace {

constexpr std::int64_t kWaitNs = 500'000'000;
constexpr timespec kPause{0, 10'000'000};

tl::unexpected<Error> not_known(std::string_view why) {
  return fail(ErrorKind::kNotFound, fmt::format("quota: {}", why));
}

Result<BoardRow> asked(const std::string& traceparent, const Clock& clock) {
  const auto around = parse_trace_context(traceparent);
  if (!around) return not_known("no scope is around this: start it with olivine scope NAME --quota 300Wh -- COMMAND");
  const auto pipe = find_mark_pipe();
  if (!pipe) return not_known("no olivine run measures this: start the whole with olivine run -- COMMAND");
  ScopeWord word;
  word.name = "quota";
  word.context = *around;
  const std::int64_t asked_ns = clock.now().mono.ns;
  send_line(*pipe, scope_word_line(word));
  std::optional<Board> board;
  do {
    ::nanosleep(&kPause, nullptr);
    board = read_board(*pipe);
  } while ((!board || board->ns < asked_ns) && clock.now().mono.ns - asked_ns < kWaitNs);
  const auto row = board ? row_at(*board, around->span, clock.now().mono.ns) : std::nullopt;
  if (row && row->unit == "-" && row->state == "unknown")
    return not_known("the quota of the scope around this is not kept: " + row->why);
  if (!row || row->unit == "-")
    return not_known("the scope around this has no quota: olivine scope NAME --quota 300Wh -- COMMAND");
  return *row;
}

int code_of(const BoardRow& row) {
  if (row.state == "spent" || row.state == "above") return kExitNo;
  return row.left ? 0 : kExitIncomplete;
}

std::string text_of(const BoardRow& row) {
  Budget quota;
  quota.kind = row.unit == "g" ? BudgetKind::kCarbon : BudgetKind::kEnergy;
  const auto amount = [&](const std::optional<double>& value) {
    return value ? quota.text(*value) : std::string("unknown");
  };
  if (!row.why.empty())
    return fmt::format("at least {} of {} used; the quota cannot be kept: {}\n", amount(row.spent), amount(row.granted),
                       row.why);
  return fmt::format("{} of {} used, {} left{} (modelled)\n", amount(row.spent), amount(row.granted), amount(row.left),
                     row.state == "above" ? ": that of a scope around it, or the run's budget, is spent" : "");
}

std::string json_of(const BoardRow& row) {
  const auto number = [](const std::optional<double>& value) {
    return value ? nlohmann::json(*value) : nlohmann::json(nullptr);
  };
  return nlohmann::json{{"schema", "olivine.quota/1"},
                        {"state", row.state},
                        {"unit", row.unit},
                        {"asked", number(row.asked)},
                        {"granted", number(row.granted)},
                        {"spent", number(row.spent)},
                        {"left", number(row.left)},
                        {"basis", "modelled"},
                        {"unknown", row.why.empty() ? nlohmann::json(nullptr) : nlohmann::json(row.why)}}
      .dump(2, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

int quota_command(const Options& options, const std::string& traceparent, const Clock& clock) {
  const auto row = asked(traceparent, clock);
  if (!row) {
    if (!options.of<QuotaOptions>().quiet) say(fmt::format("olivine: {}\n", row.error().message));
    return kExitIncomplete;
  }
  if (options.of<QuotaOptions>().quiet) return code_of(*row);
  const int code = options.json ? print_json(options, json_of(*row)) : print(text_of(*row));
  return code != 0 ? code : code_of(*row);
}

}  // namespace olivine::cli
