// The inside of a Ledger: its connection, its statements prepared once, and what reading and checking share.
//
// Units: as ledger.h. Errors: as ledger.h. Threads: one. Lifetime: that of its Ledger.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <string>

#include "ledger/ledger.h"
#include "ledger/statement.h"

namespace olivine {

enum class Query : std::size_t {
  kRunState,
  kInsertRun,
  kInsertBatch,
  kInsertFact,
  kInsertGap,
  kInsertEnd,
  kUpdateRecord,
  kCloseRun,
  kRuns,
  kUnfinished,
  kRunById,
  kRunsByPrefix,
  kRunByName,
  kLastRun,
  kBatches,
  kFacts,
  kGaps,
  kCount
};

// A run's id or name in an error: a damaged file, or a caller, may say anything.
std::string shown_id(const std::string& id);

struct Ledger::Impl {
  std::unique_ptr<Database> database;  // declared first: the statements go before it
  std::string notice;
  bool read_only = false;
  std::array<Statement, static_cast<std::size_t>(Query::kCount)> statements;

  // Where a run stands, as one transaction sees it.
  struct State {
    std::int64_t number = 0;
    bool open = false;
    bool removed = false;
    std::int64_t next_batch = 0;
  };

  Result<StatementUse> use(Query query);
  Status writable() const;
  Result<State> state_of(const std::string& run_id);
  Status insert_batch(const State& state, const std::string& run_id, const Batch& batch);

  // One row of a query over runs, with what proves it.
  struct CheckedRow {
    RunRow row;
    std::int64_t number = 0;
    std::int64_t batches = 0;  // of an ended run: how many there must be
    bool sound = true;         // the hashes match
  };
  static CheckedRow row_of(const StatementUse& query);
  Result<std::vector<CheckedRow>> rows(Query query, const std::optional<std::string>& parameter = std::nullopt);
  Error damaged_run(const std::string& run_id) const;

  // Reads the batches of a run in order and hands each out with whether its hash matches.
  using BatchSink = std::function<void(std::int64_t sequence, Batch&& batch, bool sound)>;
  Status read_batches(std::int64_t number, const std::string& run_id, const BatchSink& sink);
};

}  // namespace olivine
