#include "ledger/schema.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <map>
#include <string_view>

#include "base/text.h"
#include "ledger/statement.h"

namespace olivine {

namespace {
// "OLIV", in the header of every ledger (PRAGMA application_id).
constexpr std::int64_t kApplicationId = 0x4F4C4956;

struct Definition {
  std::string_view name;
  std::string_view sql;  // exactly as SQLite keeps it
};

constexpr std::array<Definition, 8> kTables{{
    {"meta", "CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID"},
    {"run", R"sql(CREATE TABLE run(
  number INTEGER PRIMARY KEY,
  run_id TEXT NOT NULL UNIQUE CHECK(length(run_id) > 0),
  open INTEGER NOT NULL CHECK(open IN (0, 1)),
  name TEXT NOT NULL,
  project TEXT NOT NULL,
  boot_id TEXT NOT NULL,
  owner_pid INTEGER NOT NULL,
  owner_start_ticks INTEGER NOT NULL,
  started_wall_ns INTEGER NOT NULL,
  started_mono_ns INTEGER NOT NULL,
  started_boot_ns INTEGER NOT NULL,
  hash TEXT NOT NULL,
  command_json TEXT NOT NULL,
  machine_json TEXT NOT NULL,
  context_json TEXT NOT NULL
) STRICT)sql"},
    {"run_open", "CREATE INDEX run_open ON run(number) WHERE open = 1"},
    {"run_end", R"sql(CREATE TABLE run_end(
  run INTEGER PRIMARY KEY REFERENCES run(number),
  status TEXT NOT NULL CHECK(length(status) > 0),
  ended_wall_ns INTEGER NOT NULL,
  ended_mono_ns INTEGER NOT NULL,
  exit_code INTEGER,
  exit_signal INTEGER,
  batches INTEGER NOT NULL CHECK(batches >= 0),
  hash TEXT NOT NULL,
  summary_json TEXT NOT NULL,
  record_json TEXT NOT NULL
) STRICT)sql"},
    {"tombstone", R"sql(CREATE TABLE tombstone(
  run INTEGER PRIMARY KEY REFERENCES run(number),
  removed_wall_ns INTEGER NOT NULL
) STRICT)sql"},
    {"batch", R"sql(CREATE TABLE batch(
  run INTEGER NOT NULL REFERENCES run(number),
  sequence INTEGER NOT NULL CHECK(sequence >= 0),
  facts INTEGER NOT NULL CHECK(facts >= 0),
  gaps INTEGER NOT NULL CHECK(gaps >= 0),
  hash TEXT NOT NULL,
  begin_ns INTEGER,
  end_ns INTEGER,
  ticks INTEGER CHECK(ticks >= 0),
  segment BLOB,
  PRIMARY KEY(run, sequence),
  CONSTRAINT segment_is_whole CHECK((segment IS NULL) = (ticks IS NULL) AND (segment IS NULL) = (begin_ns IS NULL)
    AND (segment IS NULL) = (end_ns IS NULL))
) STRICT, WITHOUT ROWID)sql"},
    {"energy_fact", R"sql(CREATE TABLE energy_fact(
  run INTEGER NOT NULL,
  batch INTEGER NOT NULL,
  position INTEGER NOT NULL CHECK(position >= 0),
  component INTEGER NOT NULL,
  begin_ns INTEGER NOT NULL,
  end_ns INTEGER NOT NULL,
  measured_uj INTEGER NOT NULL CHECK(measured_uj >= 0),
  maybe_more_uj INTEGER NOT NULL CHECK(maybe_more_uj >= 0),
  attributed_uj INTEGER NOT NULL CHECK(attributed_uj >= 0),
  others_uj INTEGER NOT NULL CHECK(others_uj >= 0),
  self_uj INTEGER NOT NULL CHECK(self_uj >= 0),
  idle_uj INTEGER NOT NULL CHECK(idle_uj >= 0),
  unattributed_uj INTEGER NOT NULL CHECK(unattributed_uj >= 0),
  PRIMARY KEY(run, batch, position),
  CONSTRAINT time_runs_forward CHECK(end_ns >= begin_ns),
  CONSTRAINT parts_sum_to_measured CHECK(attributed_uj + others_uj + self_uj + idle_uj + unattributed_uj = measured_uj)
) STRICT, WITHOUT ROWID)sql"},
    {"gap_fact", R"sql(CREATE TABLE gap_fact(
  run INTEGER NOT NULL,
  batch INTEGER NOT NULL,
  position INTEGER NOT NULL CHECK(position >= 0),
  component INTEGER NOT NULL,
  begin_ns INTEGER NOT NULL,
  end_ns INTEGER NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY(run, batch, position)
) STRICT, WITHOUT ROWID)sql"},
}};

// A trigger that refuses an operation on a table, save where `unless` (of the row's run) holds.
struct Guard {
  std::string_view name, operation, table, run, unless;
};
constexpr std::string_view kHasTombstone = "EXISTS(SELECT 1 FROM tombstone WHERE tombstone.run = {})";

constexpr std::array<Guard, 16> kGuards{{
    {"batch_update", "UPDATE", "batch", "", ""},
    {"batch_delete", "DELETE", "batch", "OLD.run", kHasTombstone},
    {"energy_fact_update", "UPDATE", "energy_fact", "", ""},
    {"energy_fact_delete", "DELETE", "energy_fact", "OLD.run", kHasTombstone},
    {"gap_fact_update", "UPDATE", "gap_fact", "", ""},
    {"gap_fact_delete", "DELETE", "gap_fact", "OLD.run", kHasTombstone},
    {"run_identity", "UPDATE OF number, run_id, started_wall_ns, started_mono_ns, started_boot_ns", "run", "", ""},
    {"run_update",
     "UPDATE OF name, project, boot_id, owner_pid, owner_start_ticks, hash, command_json, machine_json, context_json",
     "run", "OLD.number", kHasTombstone},
    {"run_delete", "DELETE", "run", "", ""},
    {"run_end_times", "UPDATE OF run, ended_wall_ns, ended_mono_ns", "run_end", "", ""},
    // The assessment (record_json and with it the hash) may be redone; what was measured may not.
    {"run_end_update", "UPDATE OF status, exit_code, exit_signal, batches, summary_json", "run_end", "OLD.run",
     kHasTombstone},
    {"run_end_delete", "DELETE", "run_end", "", ""},
    {"tombstone_update", "UPDATE", "tombstone", "", ""},
    {"tombstone_delete", "DELETE", "tombstone", "", ""},
    {"batch_insert", "INSERT", "batch", "NEW.run", "EXISTS(SELECT 1 FROM run WHERE number = {} AND open = 1)"},
    {"run_reopen", "UPDATE OF open", "run", "", "NEW.open = 0"},
}};

std::string sql_of(const Guard& guard) {
  std::string when;
  if (!guard.unless.empty()) when = fmt::format(" WHEN NOT {}", fmt::format(fmt::runtime(guard.unless), guard.run));
  return fmt::format(
      "CREATE TRIGGER {} BEFORE {} ON {}{} BEGIN SELECT RAISE(ABORT, 'facts are appended once; a run goes only as a "
      "whole, "
      "with olivine rm'); END",
      guard.name, guard.operation, guard.table, when);
}

std::vector<Migration> our_migrations() {
  std::string first;
  for (const Definition& table : kTables) first += std::string(table.sql) + ";\n";
  for (const Guard& guard : kGuards) first += sql_of(guard) + ";\n";
  return {{1, first}};
}

Error foreign(const Database& database) {
  return {ErrorKind::kInvalid,
          fmt::format("{} is an SQLite file of another program, not a ledger of olivine: choose another with --ledger",
                      database.path())};
}

// What each object's definition must be, by name.
std::map<std::string, std::string> expected_definitions() {
  std::map<std::string, std::string> expected;
  for (const Definition& table : kTables) expected.emplace(table.name, table.sql);
  for (const Guard& guard : kGuards) expected.emplace(guard.name, sql_of(guard));
  return expected;
}

// The tables that statements read or write must be ours; the triggers are left to `olivine verify`.
Status check_tables(Database& database) {
  Statement statement;
  OLIVINE_TRY(
      StatementUse query,
      StatementUse::of(statement, database, "SELECT name, sql FROM sqlite_schema WHERE type IN ('table', 'view')"));
  std::size_t found = 0;
  while (true) {
    OLIVINE_TRY(const bool more, query.next());
    if (!more) break;
    const std::string name = query.text(0);
    const auto known =
        std::find_if(kTables.begin(), kTables.end(), [&](const Definition& d) { return d.name == name; });
    if (known == kTables.end()) continue;
    if (query.text(1) != known->sql)
      return tl::unexpected<Error>(database.damaged("table " + name + " is not as olivine makes it"));
    ++found;
  }
  const auto tables = std::count_if(kTables.begin(), kTables.end(),
                                    [](const Definition& d) { return d.sql.starts_with("CREATE TABLE"); });
  if (found != static_cast<std::size_t>(tables)) return tl::unexpected<Error>(database.damaged("a table is missing"));
  return {};
}

Status judge(Database& database, int version) {
  if (version > kSchemaVersion) {
    return fail(
        ErrorKind::kInvalid,
        fmt::format("{} has ledger version {}, this olivine knows up to {}: use the newer olivine that wrote it",
                    database.path(), version, kSchemaVersion));
  }
  return check_tables(database);
}

}  // namespace

Result<int> schema_version(Database& database) {
  OLIVINE_TRY(std::string id, database.ask("PRAGMA application_id"));
  if (id != std::to_string(kApplicationId)) {
    OLIVINE_TRY(const std::string objects, database.ask("SELECT count(*) FROM sqlite_schema"));
    if (id == "0" && objects == "0") return 0;
    // Another process may have made the ledger between the two questions; it makes tables and number in one step.
    if (id == "0") {
      OLIVINE_TRY(id, database.ask("PRAGMA application_id"));
    }
    if (id != std::to_string(kApplicationId)) return tl::unexpected<Error>(foreign(database));
  }
  auto text = database.ask("SELECT value FROM meta WHERE key = 'schema_version'");
  if (!text) {
    // The header is ours but the table is not there or not readable.
    if (text.error().kind == ErrorKind::kInternal) return tl::unexpected<Error>(database.damaged("no schema version"));
    return tl::unexpected<Error>(text.error());
  }
  const auto version = parse_i64(*text);
  if (!version || *version < 1 || *version > 1'000'000)
    return tl::unexpected<Error>(database.damaged("no schema version"));
  return static_cast<int>(*version);
}

Status migrate(Database& database, std::span<const Migration> migrations) {
  OLIVINE_TRY(Transaction transaction, Transaction::begin(database));
  OLIVINE_TRY(int version, schema_version(database));  // another process may have been first
  for (const Migration& migration : migrations) {
    if (migration.to != version + 1) continue;
    OLIVINE_CHECK_STATUS(database.execute(migration.sql));
    version = migration.to;
  }
  OLIVINE_CHECK_STATUS(database.execute(fmt::format(
      "INSERT INTO meta VALUES('schema_version', '{}') ON CONFLICT(key) DO UPDATE SET value = excluded.value;"
      "PRAGMA application_id = {};",
      version, kApplicationId)));
  return transaction.commit();
}

Status prepare_schema(Database& database) {
  OLIVINE_TRY(int version, schema_version(database));
  if (version < kSchemaVersion) {
    OLIVINE_CHECK_STATUS(migrate(database, our_migrations()));
    OLIVINE_TRY(version, schema_version(database));
  }
  return judge(database, version);
}

Status check_schema(Database& database) {
  OLIVINE_TRY(const int version, schema_version(database));
  if (version == 0) {
    return fail(ErrorKind::kNotFound,
                fmt::format("no run is recorded yet in {}; start one with olivine run -- COMMAND", database.path()));
  }
  if (version < kSchemaVersion) {
    return fail(ErrorKind::kPermission,
                fmt::format("{} has the older ledger version {} and cannot be written here: copy it to where it can",
                            database.path(), version));
  }
  return judge(database, version);
}

Result<std::vector<std::string>> schema_faults(Database& database) {
  std::map<std::string, std::string> expected = expected_definitions();
  std::vector<std::string> faults;
  Statement statement;
  OLIVINE_TRY(StatementUse query, StatementUse::of(statement, database, "SELECT name, sql FROM sqlite_schema"));
  while (true) {
    OLIVINE_TRY(const bool more, query.next());
    if (!more) break;
    const std::string name = query.text(0);
    const auto known = expected.find(name);
    if (known != expected.end()) {
      if (known->second != query.text(1))
        faults.push_back("schema: " + printable(name) + " is not as olivine makes it");
      expected.erase(known);
    } else if (!name.starts_with("sqlite_")) {
      faults.push_back("schema: " + printable(name) + " is not of olivine");
    }
  }
  for (const auto& [name, sql] : expected) faults.push_back("schema: " + name + " is missing");
  return faults;
}

}  // namespace olivine
