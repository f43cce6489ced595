#include <fmt/core.h>

#include "base/text.h"
#include "ledger/ledger.h"
#include "ledger/ledger_impl.h"

namespace olivine {

namespace {
constexpr std::size_t kShortestPrefix = 4;
constexpr std::size_t kIdLength = 36;

bool looks_like_an_id(const std::string& text) {
  return text.size() >= kShortestPrefix && text.size() <= kIdLength &&
         text.find_first_not_of("0123456789abcdef-") == std::string::npos;
}

constexpr const char* kNoRun = "no run is recorded yet; start one with olivine run -- COMMAND";
}  // namespace

Result<std::vector<RunRow>> Ledger::runs() {
  OLIVINE_TRY(auto rows, impl_->rows(Query::kRuns));
  std::vector<RunRow> result;
  result.reserve(rows.size());
  for (auto& row : rows) result.push_back(std::move(row.row));
  return result;
}

Result<std::vector<RunRow>> Ledger::unfinished() {
  OLIVINE_TRY(auto rows, impl_->rows(Query::kUnfinished));
  std::vector<RunRow> result;
  for (auto& row : rows) result.push_back(std::move(row.row));
  return result;
}

Result<RunRow> Ledger::find(const std::string& run) {
  const auto checked = [this](Impl::CheckedRow&& row) -> Result<RunRow> {
    if (!row.sound) return tl::unexpected<Error>(impl_->damaged_run(row.row.start.run_id));
    return std::move(row.row);
  };
  if (run == "last") {
    OLIVINE_TRY(auto rows, impl_->rows(Query::kLastRun));
    if (rows.empty()) return fail(ErrorKind::kNotFound, kNoRun);
    return checked(std::move(rows.front()));
  }
  OLIVINE_TRY(auto exact, impl_->rows(Query::kRunById, run));
  if (!exact.empty()) return checked(std::move(exact.front()));
  std::vector<Impl::CheckedRow> beginning;
  if (const std::string prefix = to_lower(run); looks_like_an_id(prefix)) {
    OLIVINE_TRY(beginning, impl_->rows(Query::kRunsByPrefix, prefix));
  }
  if (beginning.size() == 1) return checked(std::move(beginning.front()));
  OLIVINE_TRY(auto named, impl_->rows(Query::kRunByName, run));
  if (!named.empty()) return checked(std::move(named.front()));
  if (beginning.size() > 1) {
    return fail(ErrorKind::kInvalid,
                fmt::format("several runs begin with {}, as {} and {}: type more digits (olivine ls)", shown_id(run),
                            shown_id(beginning[0].row.start.run_id), shown_id(beginning[1].row.start.run_id)));
  }
  return fail(ErrorKind::kNotFound, fmt::format("no run '{}': olivine ls lists ids and names", shown_id(run)));
}

Result<StoredRun> Ledger::load(const std::string& run_id) {
  OLIVINE_TRY(const Transaction reading, Transaction::begin_reading(*impl_->database));
  OLIVINE_TRY(auto rows, impl_->rows(Query::kRunById, run_id));
  if (rows.empty())
    return fail(ErrorKind::kNotFound, fmt::format("no run '{}': olivine ls lists them", shown_id(run_id)));
  Impl::CheckedRow& row = rows.front();
  if (!row.sound) return tl::unexpected<Error>(impl_->damaged_run(run_id));
  StoredRun stored;
  std::optional<std::int64_t> damaged;
  std::int64_t count = 0;
  OLIVINE_CHECK_STATUS(impl_->read_batches(row.number, run_id, [&](std::int64_t sequence, Batch&& batch, bool sound) {
    if (!sound && !damaged) damaged = sequence;
    ++count;
    stored.facts.insert(stored.facts.end(), batch.facts.begin(), batch.facts.end());
    for (GapFact& gap : batch.gaps) stored.gaps.push_back(std::move(gap));
    if (batch.segment) stored.segments.push_back(std::move(*batch.segment));
  }));
  if (!damaged && row.row.end && count != row.batches) damaged = count;
  if (damaged) {
    return tl::unexpected<Error>(impl_->database->damaged(
        fmt::format("batch {} of run {} does not match its hash", *damaged, shown_id(run_id))));
  }
  stored.run = std::move(row.row);
  return stored;
}

}  // namespace olivine
