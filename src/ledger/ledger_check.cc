// The structural check of a whole ledger, as `olivine verify` runs it. It goes on behind a fault as far as it can, so
// that one damaged page does not hide the rest.
#include <fmt/core.h>

#include "base/text.h"
#include "ledger/ledger.h"
#include "ledger/ledger_impl.h"
#include "ledger/schema.h"

namespace olivine {

namespace {
constexpr std::size_t kMostFaults = 100;

class Faults {
 public:
  void add(std::string fault) {
    if (lines_.size() < kMostFaults) lines_.push_back(std::move(fault));
  }
  // Damage is a finding; anything else (a busy file, no memory) ends the check as an error.
  Status note(const Error& error) {
    if (error.kind != ErrorKind::kCorrupt && error.kind != ErrorKind::kInternal) return tl::unexpected<Error>(error);
    add(error.message);
    return {};
  }
  std::vector<std::string> take() { return std::move(lines_); }

 private:
  std::vector<std::string> lines_;
};

// Pages, indexes, and the constraints of every row.
Status check_pages(Database& database, Faults& faults) {
  Statement statement;
  auto query = StatementUse::of(statement, database, "PRAGMA integrity_check(100)");
  if (!query) return faults.note(query.error());
  while (true) {
    const auto row = query->next();
    if (!row) return faults.note(row.error());
    if (!*row) return {};
    const std::string found = query->text(0);  // several lines when a tree is damaged
    for (const std::string_view line : split(found, '\n'))
      if (line != "ok" && !trim(line).empty()) faults.add("file: " + printable(line));
  }
}

// Rows that belong to no run.
Status check_orphans(Database& database, Faults& faults) {
  for (const char* table : {"run_end", "tombstone", "batch", "energy_fact", "gap_fact"}) {
    const auto count =
        database.ask(fmt::format("SELECT count(*) FROM {} WHERE run NOT IN (SELECT number FROM run)", table));
    if (!count) {
      OLIVINE_CHECK_STATUS(faults.note(count.error()));
    } else if (*count != "0") {
      faults.add(fmt::format("{}: {} rows belong to no run", table, *count));
    }
  }
  const auto open = database.ask(
      "SELECT count(*) FROM run WHERE open = (number IN (SELECT run FROM run_end) OR number IN (SELECT run FROM "
      "tombstone))");
  if (!open) return faults.note(open.error());
  if (*open != "0") faults.add(fmt::format("run: {} rows are open and ended at once, or neither", *open));
  return {};
}
}  // namespace

Result<std::vector<std::string>> Ledger::check() {
  Faults faults;
  Database& database = *impl_->database;
  OLIVINE_TRY(const Transaction reading, Transaction::begin_reading(database));
  OLIVINE_CHECK_STATUS(check_pages(database, faults));
  const auto schema = schema_faults(database);
  if (!schema) {
    OLIVINE_CHECK_STATUS(faults.note(schema.error()));
  } else {
    for (const std::string& fault : *schema) faults.add(fault);
  }
  OLIVINE_CHECK_STATUS(check_orphans(database, faults));
  const auto rows = impl_->rows(Query::kRuns);
  if (!rows) {
    OLIVINE_CHECK_STATUS(faults.note(rows.error()));
    return faults.take();
  }
  for (const Impl::CheckedRow& row : *rows) {
    const std::string& id = row.row.start.run_id;
    const std::string name = shown_id(id);
    if (!row.sound) faults.add(fmt::format("run {}: its row does not match its hash", name));
    std::int64_t count = 0;
    const Status read = impl_->read_batches(row.number, id, [&](std::int64_t sequence, Batch&&, bool sound) {
      ++count;
      if (!sound) faults.add(fmt::format("run {}: batch {} does not match its hash", name, sequence));
    });
    if (!read) OLIVINE_CHECK_STATUS(faults.note(read.error()));
    if (read && row.row.end && count != row.batches) {
      faults.add(fmt::format("run {}: {} batches where its end says {}", name, count, row.batches));
    }
    if (row.row.removed && count > 0) faults.add(fmt::format("run {}: removed, but {} batches are left", name, count));
  }
  return faults.take();
}

}  // namespace olivine
