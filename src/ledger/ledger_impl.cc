#include "ledger/ledger_impl.h"

#include <fmt/core.h>

#include "base/text.h"
#include "ledger/row_hash.h"

namespace olivine {

namespace {
#define OLIVINE_RUN_COLUMNS                                                                                       \
  "SELECT r.number, r.run_id, r.name, r.project, r.boot_id, r.owner_pid, r.owner_start_ticks, r.started_wall_ns," \
  " r.started_mono_ns, r.started_boot_ns, r.hash, r.command_json, r.machine_json, r.context_json,"                \
  " e.status, e.ended_wall_ns, e.ended_mono_ns, e.exit_code, e.exit_signal, e.batches, e.hash, e.summary_json,"   \
  " e.record_json, t.removed_wall_ns"                                                                             \
  " FROM run r LEFT JOIN run_end e ON e.run = r.number LEFT JOIN tombstone t ON t.run = r.number "

// In the order of Query.
constexpr std::array<const char*, static_cast<std::size_t>(Query::kCount)> kSql{
    "SELECT number, open, EXISTS(SELECT 1 FROM tombstone t WHERE t.run = r.number),"
    " (SELECT coalesce(max(sequence) + 1, 0) FROM batch b WHERE b.run = r.number) FROM run r WHERE run_id = ?1",
    "INSERT INTO run(open, run_id, name, project, boot_id, owner_pid, owner_start_ticks, started_wall_ns, "
    "started_mono_ns,"
    " started_boot_ns, hash, command_json, machine_json, context_json) VALUES(1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, "
    "?10,"
    " ?11, ?12, ?13)",
    "INSERT INTO batch(run, sequence, facts, gaps, hash, begin_ns, end_ns, ticks, segment)"
    " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    "INSERT INTO energy_fact(run, batch, position, component, begin_ns, end_ns, measured_uj, maybe_more_uj, "
    "attributed_uj,"
    " others_uj, self_uj, idle_uj, unattributed_uj) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
    "INSERT INTO gap_fact(run, batch, position, component, begin_ns, end_ns, reason) VALUES(?1, ?2, ?3, ?4, ?5, ?6, "
    "?7)",
    "INSERT INTO run_end(run, status, ended_wall_ns, ended_mono_ns, exit_code, exit_signal, batches, hash, "
    "summary_json,"
    " record_json) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    "UPDATE run_end SET record_json = ?2, hash = ?3 WHERE run = ?1",
    "UPDATE run SET open = 0 WHERE number = ?1",
    OLIVINE_RUN_COLUMNS "ORDER BY r.number DESC",
    OLIVINE_RUN_COLUMNS "WHERE r.open = 1 ORDER BY r.number",
    OLIVINE_RUN_COLUMNS "WHERE r.run_id = ?1",
    // The ids that begin with ?1: '~' sorts behind every character of an id.
    OLIVINE_RUN_COLUMNS "WHERE r.run_id >= ?1 AND r.run_id < ?1 || '~' ORDER BY r.run_id DESC LIMIT 4",
    OLIVINE_RUN_COLUMNS "WHERE r.name = ?1 AND t.run IS NULL ORDER BY r.number DESC LIMIT 1",
    OLIVINE_RUN_COLUMNS "WHERE t.run IS NULL ORDER BY r.number DESC LIMIT 1",
    "SELECT sequence, facts, gaps, hash, begin_ns, end_ns, ticks, segment FROM batch WHERE run = ?1 ORDER BY sequence",
    "SELECT batch, component, begin_ns, end_ns, measured_uj, maybe_more_uj, attributed_uj, others_uj, self_uj, idle_uj,"
    " unattributed_uj FROM energy_fact WHERE run = ?1 ORDER BY batch, position",
    "SELECT batch, component, begin_ns, end_ns, reason FROM gap_fact WHERE run = ?1 ORDER BY batch, position",
};

EnergyFact fact_of(const StatementUse& q) {
  EnergyFact f;
  f.component = static_cast<std::int32_t>(q.integer(1));
  f.begin_ns = q.integer(2);
  f.end_ns = q.integer(3);
  f.measured_uj = q.integer(4);
  f.maybe_more_uj = q.integer(5);
  f.attributed_uj = q.integer(6);
  f.others_uj = q.integer(7);
  f.self_uj = q.integer(8);
  f.idle_uj = q.integer(9);
  f.unattributed_uj = q.integer(10);
  return f;
}

GapFact gap_of(const StatementUse& q) {
  return {static_cast<std::int32_t>(q.integer(1)), q.integer(2), q.integer(3), q.text(4)};
}

// Takes the rows of one batch from a cursor that stands on the first row not yet taken; false: a row without a batch.
template <class Item>
Result<bool> take_rows(StatementUse& cursor, bool& there, std::int64_t sequence, std::vector<Item>& items,
                       Item (*item_of)(const StatementUse&)) {
  bool sound = true;
  while (there && cursor.integer(0) <= sequence) {
    if (cursor.integer(0) < sequence) {
      sound = false;
    } else {
      items.push_back(item_of(cursor));
    }
    OLIVINE_TRY(there, cursor.next());
  }
  return sound;
}
}  // namespace

std::string shown_id(const std::string& id) {
  constexpr std::size_t kLongest = 100;
  return printable(id.substr(0, kLongest));
}

Result<StatementUse> Ledger::Impl::use(Query query) {
  const auto index = static_cast<std::size_t>(query);
  return StatementUse::of(statements[index], *database, kSql[index]);
}

Status Ledger::Impl::writable() const {
  if (!read_only) return {};
  return fail(ErrorKind::kPermission, fmt::format("the ledger {} was opened for reading only", database->path()));
}

Result<Ledger::Impl::State> Ledger::Impl::state_of(const std::string& run_id) {
  OLIVINE_TRY(StatementUse query, use(Query::kRunState));
  query.bind(run_id);
  OLIVINE_TRY(const bool found, query.next());
  if (!found)
    return fail(ErrorKind::kNotFound, fmt::format("no run {} in the ledger: olivine ls lists them", shown_id(run_id)));
  return State{query.integer(0), query.integer(1) == 1, query.integer(2) == 1, query.integer(3)};
}

Status Ledger::Impl::insert_batch(const State& state, const std::string& run_id, const Batch& batch) {
  const std::string hash = hash_of(run_id, state.next_batch, batch);
  {
    OLIVINE_TRY(StatementUse insert, use(Query::kInsertBatch));
    insert.bind(state.number);
    insert.bind(state.next_batch);
    insert.bind(static_cast<std::int64_t>(batch.facts.size()));
    insert.bind(static_cast<std::int64_t>(batch.gaps.size()));
    insert.bind(hash);
    if (batch.segment) {
      insert.bind(batch.segment->begin_ns);
      insert.bind(batch.segment->end_ns);
      insert.bind(std::int64_t{batch.segment->ticks});
      insert.bind_blob(batch.segment->bytes);
    }
    OLIVINE_CHECK_STATUS(insert.run());
  }
  std::int64_t position = 0;
  OLIVINE_TRY(StatementUse fact, use(Query::kInsertFact));
  for (const EnergyFact& f : batch.facts) {
    for (const std::int64_t value :
         {state.number, state.next_batch, position++, std::int64_t{f.component}, f.begin_ns, f.end_ns, f.measured_uj,
          f.maybe_more_uj, f.attributed_uj, f.others_uj, f.self_uj, f.idle_uj, f.unattributed_uj}) {
      fact.bind(value);
    }
    OLIVINE_CHECK_STATUS(fact.run());
  }
  position = 0;
  if (batch.gaps.empty()) return {};
  OLIVINE_TRY(StatementUse gap, use(Query::kInsertGap));
  for (const GapFact& g : batch.gaps) {
    for (const std::int64_t value :
         {state.number, state.next_batch, position++, std::int64_t{g.component}, g.begin_ns, g.end_ns}) {
      gap.bind(value);
    }
    gap.bind(g.reason);
    OLIVINE_CHECK_STATUS(gap.run());
  }
  return {};
}

Ledger::Impl::CheckedRow Ledger::Impl::row_of(const StatementUse& q) {
  CheckedRow checked;
  checked.number = q.integer(0);
  RunStart& s = checked.row.start;
  s.run_id = q.text(1);
  s.name = q.text(2);
  s.project = q.text(3);
  s.boot_id = q.text(4);
  s.owner_pid = q.integer(5);
  s.owner_start_ticks = q.integer(6);
  s.started = {{q.integer(7)}, {q.integer(8)}, q.integer(9)};
  s.command_json = q.text(11);
  s.machine_json = q.text(12);
  s.context_json = q.text(13);
  checked.sound = q.text(10) == hash_of(s);
  if (!q.is_null(14)) {
    RunEnd end;
    end.status = q.text(14);
    end.ended_wall_ns = q.integer(15);
    end.ended_mono_ns = q.integer(16);
    if (!q.is_null(17)) end.exit_code = static_cast<int>(q.integer(17));
    if (!q.is_null(18)) end.exit_signal = static_cast<int>(q.integer(18));
    checked.batches = q.integer(19);
    end.summary_json = q.text(21);
    end.record_json = q.text(22);
    if (q.text(20) != hash_of(end, checked.batches)) checked.sound = false;
    checked.row.end = std::move(end);
  }
  if (!q.is_null(23)) checked.row.removed = WallTime{q.integer(23)};
  return checked;
}

Result<std::vector<Ledger::Impl::CheckedRow>> Ledger::Impl::rows(Query query,
                                                                 const std::optional<std::string>& parameter) {
  OLIVINE_TRY(StatementUse statement, use(query));
  if (parameter) statement.bind(*parameter);
  std::vector<CheckedRow> rows;
  while (true) {
    OLIVINE_TRY(const bool more, statement.next());
    if (!more) return rows;
    rows.push_back(row_of(statement));
  }
}

Error Ledger::Impl::damaged_run(const std::string& run_id) const {
  return database->damaged(fmt::format("the row of run {} does not match its hash", shown_id(run_id)));
}

Status Ledger::Impl::read_batches(std::int64_t number, const std::string& run_id, const BatchSink& sink) {
  OLIVINE_TRY(StatementUse batches, use(Query::kBatches));
  OLIVINE_TRY(StatementUse facts, use(Query::kFacts));
  OLIVINE_TRY(StatementUse gaps, use(Query::kGaps));
  batches.bind(number);
  facts.bind(number);
  gaps.bind(number);
  OLIVINE_TRY(bool fact_there, facts.next());
  OLIVINE_TRY(bool gap_there, gaps.next());
  std::int64_t expected = 0;
  while (true) {
    OLIVINE_TRY(const bool more, batches.next());
    if (!more) break;
    Batch batch;
    const std::int64_t sequence = batches.integer(0);
    OLIVINE_TRY(const bool facts_sound, take_rows(facts, fact_there, sequence, batch.facts, &fact_of));
    OLIVINE_TRY(const bool gaps_sound, take_rows(gaps, gap_there, sequence, batch.gaps, &gap_of));
    if (!batches.is_null(7)) {
      batch.segment = Segment{batches.integer(4), batches.integer(5), static_cast<std::int32_t>(batches.integer(6)),
                              batches.text(7)};
    }
    const bool sound = facts_sound && gaps_sound && sequence == expected &&
                       batches.integer(1) == static_cast<std::int64_t>(batch.facts.size()) &&
                       batches.integer(2) == static_cast<std::int64_t>(batch.gaps.size()) &&
                       batches.text(3) == hash_of(run_id, sequence, batch);
    expected = sequence + 1;
    sink(sequence, std::move(batch), sound);
  }
  if (fact_there || gap_there) sink(expected, Batch{}, false);  // facts without their batch
  return {};
}

}  // namespace olivine
