#include "ledger/ledger.h"

#include <fmt/core.h>

#include "ledger/ledger_file.h"
#include "ledger/ledger_impl.h"
#include "ledger/mount_type.h"
#include "ledger/row_hash.h"
#include "ledger/schema.h"

namespace olivine {

namespace {

// Frames in the write-ahead log before it is written back: 1 MiB, so that the next start reads at most that much.
constexpr const char* kLogSql =
    "PRAGMA synchronous=NORMAL; PRAGMA wal_autocheckpoint=256; PRAGMA journal_size_limit=4194304;";
// Without the log a crash of the machine could tear a transaction unless every commit is synced.
constexpr const char* kRollbackSql = "PRAGMA synchronous=FULL; PRAGMA journal_size_limit=4194304;";

// Changing the journal mode takes the file alone, and SQLite does not wait for that by itself.
Status set_journal(Database& database, const std::string& mode, Duration patience) {
  constexpr Duration kStep = milliseconds(5);
  Duration waited;
  while (true) {
    auto now = database.ask("PRAGMA journal_mode");
    if (now && *now == mode) return {};
    if (now) now = database.ask("PRAGMA journal_mode=" + mode);
    if (now && *now == mode) return {};
    if (now) {
      return fail(
          ErrorKind::kUnsupported,
          fmt::format("ledger {}: its journal cannot be changed from {} to {} while another process has it open: try "
                      "again when no olivine runs",
                      database.path(), *now, mode));
    }
    if (!database.busy() || waited >= patience) return tl::unexpected<Error>(now.error());
    database.wait(kStep);
    waited = waited + kStep;
  }
}

std::string network_notice(const std::string& path, const std::string& type) {
  return fmt::format(
      "the ledger {} is on {}: its write-ahead log is off there, so commits are slower; a ledger on a local disk "
      "is faster (--ledger)",
      path, type);
}

}  // namespace

Ledger::Ledger(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Ledger::~Ledger() = default;
const std::string& Ledger::notice() const { return impl_->notice; }

Result<std::unique_ptr<Ledger>> Ledger::open(const Options& options) {
  OLIVINE_TRY(const std::string path, make_ledger_file(options.path));
  auto impl = std::make_unique<Impl>();
  OLIVINE_TRY(impl->database, Database::open({path, Database::Mode::kReadWrite, options.busy_timeout}));
  Database& database = *impl->database;
  if (!database.writable()) {
    return fail(ErrorKind::kPermission,
                fmt::format("the ledger {0} cannot be written: chmod u+w {0}, or choose another with --ledger", path));
  }
  OLIVINE_TRY(const int version,
              schema_version(database));  // a foreign or newer file is refused before anything changes
  if (version <= kSchemaVersion) {
    const auto type = network_file_system(directory_of(path));
    const bool network = options.network_home.value_or(type.has_value());
    if (network)
      impl->notice = network_notice(
          path, type ? "a file system (" + *type + ") without safe shared memory" : "a network file system");
    OLIVINE_CHECK_STATUS(set_journal(database, network ? "delete" : "wal", options.busy_timeout));
    OLIVINE_CHECK_STATUS(database.execute(network ? kRollbackSql : kLogSql));
  }
  OLIVINE_CHECK_STATUS(prepare_schema(database));
  return std::unique_ptr<Ledger>(new Ledger(std::move(impl)));
}

Result<std::unique_ptr<Ledger>> Ledger::open_read_only(const std::string& given) {
  OLIVINE_TRY(const std::string path, existing_ledger_file(given));
  auto impl = std::make_unique<Impl>();
  impl->read_only = true;
  const auto open_as = [&](Database::Mode mode) -> Status {
    OLIVINE_TRY(impl->database, Database::open({path, mode, seconds(2)}));
    return check_schema(*impl->database);
  };
  Status opened = open_as(Database::Mode::kReadOnly);
  // In a directory that cannot be written SQLite finds no place for its side files. When no log is left over, the file
  // alone is complete and is read as it is.
  if (!opened && opened.error().kind == ErrorKind::kPermission && log_is_empty(path)) {
    impl->database.reset();
    opened = open_as(Database::Mode::kImmutable);
  }
  if (!opened) return tl::unexpected<Error>(opened.error());
  return std::unique_ptr<Ledger>(new Ledger(std::move(impl)));
}

void Ledger::wait_at_most(Duration limit) { impl_->database->wait_at_most(limit); }

Status Ledger::begin_run(const RunStart& s) {
  OLIVINE_CHECK_STATUS(impl_->writable());
  OLIVINE_TRY(Transaction transaction, Transaction::begin(*impl_->database));
  if (const auto there = impl_->state_of(s.run_id)) {
    return fail(ErrorKind::kInvalid, fmt::format("run {} is in the ledger already", shown_id(s.run_id)));
  }
  const std::string hash = hash_of(s);
  {
    OLIVINE_TRY(StatementUse insert, impl_->use(Query::kInsertRun));
    insert.bind(s.run_id);
    insert.bind(s.name);
    insert.bind(s.project);
    insert.bind(s.boot_id);
    insert.bind(s.owner_pid);
    insert.bind(s.owner_start_ticks);
    insert.bind(s.started.wall.ns);
    insert.bind(s.started.mono.ns);
    insert.bind(s.started.boot_ns);
    insert.bind(hash);
    insert.bind(s.command_json);
    insert.bind(s.machine_json);
    insert.bind(s.context_json);
    OLIVINE_CHECK_STATUS(insert.run());
  }
  return transaction.commit();
}

Status Ledger::append(const std::string& run_id, const Batch& batch) {
  OLIVINE_CHECK_STATUS(impl_->writable());
  if (batch.facts.empty() && batch.gaps.empty() && !batch.segment) return {};
  OLIVINE_TRY(Transaction transaction, Transaction::begin(*impl_->database));
  OLIVINE_TRY(const Impl::State state, impl_->state_of(run_id));
  if (state.removed) return fail(ErrorKind::kGone, fmt::format("run {} was removed from the ledger", shown_id(run_id)));
  if (!state.open)
    return fail(ErrorKind::kInvalid, fmt::format("run {} has ended; nothing is added to it", shown_id(run_id)));
  OLIVINE_CHECK_STATUS(impl_->insert_batch(state, run_id, batch));
  return transaction.commit();
}

namespace {
bool same_but_record(const RunEnd& a, const RunEnd& b) {
  return a.status == b.status && a.ended_wall_ns == b.ended_wall_ns && a.ended_mono_ns == b.ended_mono_ns &&
         a.exit_code == b.exit_code && a.exit_signal == b.exit_signal && a.summary_json == b.summary_json;
}
}  // namespace

// Called again for an ended run, with all but the record unchanged, it stores the new record: an assessment may be
// redone, a measurement not.
Status Ledger::end_run(const std::string& run_id, const RunEnd& end) {
  OLIVINE_CHECK_STATUS(impl_->writable());
  OLIVINE_TRY(Transaction transaction, Transaction::begin(*impl_->database));
  OLIVINE_TRY(const Impl::State state, impl_->state_of(run_id));
  if (state.removed) return fail(ErrorKind::kGone, fmt::format("run {} was removed from the ledger", shown_id(run_id)));
  const std::string hash = hash_of(end, state.next_batch);
  if (state.open) {
    OLIVINE_TRY(StatementUse insert, impl_->use(Query::kInsertEnd));
    insert.bind(state.number);
    insert.bind(end.status);
    insert.bind(end.ended_wall_ns);
    insert.bind(end.ended_mono_ns);
    insert.bind_optional(end.exit_code);
    insert.bind_optional(end.exit_signal);
    insert.bind(state.next_batch);
    insert.bind(hash);
    insert.bind(end.summary_json);
    insert.bind(end.record_json);
    OLIVINE_CHECK_STATUS(insert.run());
    OLIVINE_TRY(StatementUse close, impl_->use(Query::kCloseRun));
    close.bind(state.number);
    OLIVINE_CHECK_STATUS(close.run());
  } else {
    OLIVINE_TRY(const auto rows, impl_->rows(Query::kRunById, run_id));
    if (rows.empty() || !rows.front().row.end || !same_but_record(*rows.front().row.end, end)) {
      return fail(ErrorKind::kInvalid, fmt::format("run {} has ended already", shown_id(run_id)));
    }
    OLIVINE_TRY(StatementUse update, impl_->use(Query::kUpdateRecord));
    update.bind(state.number);
    update.bind(end.record_json);
    update.bind(hash);
    OLIVINE_CHECK_STATUS(update.run());
  }
  return transaction.commit();
}

// The tombstone's row is what opens the guards of the run's other rows, and only within this transaction is there
// anything behind them.
Status Ledger::remove(const std::string& run_id, WallTime now) {
  OLIVINE_CHECK_STATUS(impl_->writable());
  OLIVINE_TRY(Transaction transaction, Transaction::begin(*impl_->database));
  OLIVINE_TRY(const auto rows, impl_->rows(Query::kRunById, run_id));
  if (rows.empty())
    return fail(ErrorKind::kNotFound, fmt::format("no run {} in the ledger: olivine ls lists them", shown_id(run_id)));
  const RunRow& old = rows.front().row;
  if (old.removed) return fail(ErrorKind::kInvalid, fmt::format("run {} is removed already", shown_id(run_id)));
  RunStart start;
  start.run_id = old.start.run_id;
  start.started = old.start.started;
  RunEnd end;
  end.status = "removed";
  if (old.end) {
    end.ended_wall_ns = old.end->ended_wall_ns;
    end.ended_mono_ns = old.end->ended_mono_ns;
  }
  const std::int64_t number = rows.front().number;
  OLIVINE_CHECK_STATUS(impl_->database->execute(fmt::format(
      "INSERT INTO tombstone VALUES({0}, {1}); DELETE FROM energy_fact WHERE run = {0}; DELETE FROM gap_fact WHERE run "
      "= {0};"
      "DELETE FROM batch WHERE run = {0};"
      "UPDATE run SET open = 0, name = '', project = '', boot_id = '', owner_pid = 0, owner_start_ticks = 0, hash = "
      "'{2}',"
      "  command_json = '', machine_json = '', context_json = '' WHERE number = {0};"
      "UPDATE run_end SET status = 'removed', exit_code = NULL, exit_signal = NULL, batches = 0, hash = '{3}',"
      "  summary_json = '', record_json = '' WHERE run = {0};",
      number, now.ns, hash_of(start), hash_of(end, 0))));
  OLIVINE_CHECK_STATUS(transaction.commit());
  // What was removed also leaves the log, unless somebody reads it just now; the next writer then overwrites it.
  (void)impl_->database->ask("PRAGMA wal_checkpoint(TRUNCATE)");
  return {};
}

}  // namespace olivine
