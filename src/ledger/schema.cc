#include "ledger/schema.h"

#include <fmt/core.h>

#include "base/text.h"

namespace olivine {
namespace {

// "OLIV": tells our files from others (PRAGMA application_id).
constexpr int kApplicationId = 0x4F4C4956;

constexpr const char* kTables = R"sql(
CREATE TABLE run(
  number INTEGER PRIMARY KEY,
  run_id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL, project TEXT NOT NULL,
  command_json TEXT NOT NULL, machine_json TEXT NOT NULL, context_json TEXT NOT NULL,
  boot_id TEXT NOT NULL, owner_pid INTEGER NOT NULL, owner_start_ticks INTEGER NOT NULL,
  started_wall_ns INTEGER NOT NULL, started_mono_ns INTEGER NOT NULL, started_boot_ns INTEGER NOT NULL,
  open INTEGER NOT NULL DEFAULT 1 CHECK(open IN (0, 1))
) STRICT;
CREATE INDEX run_open ON run(number) WHERE open = 1;
CREATE TABLE run_end(
  run INTEGER PRIMARY KEY REFERENCES run(number),
  status TEXT NOT NULL, ended_wall_ns INTEGER NOT NULL, ended_mono_ns INTEGER NOT NULL,
  exit_code INTEGER, exit_signal INTEGER,
  summary_json TEXT NOT NULL, record_json TEXT NOT NULL
) STRICT;
CREATE TABLE tombstone(
  run INTEGER PRIMARY KEY REFERENCES run(number),
  removed_wall_ns INTEGER NOT NULL
) STRICT;
CREATE TABLE energy_fact(
  run INTEGER NOT NULL, sequence INTEGER NOT NULL,
  component INTEGER NOT NULL, begin_ns INTEGER NOT NULL, end_ns INTEGER NOT NULL,
  measured_uj INTEGER NOT NULL CHECK(measured_uj >= 0), maybe_more_uj INTEGER NOT NULL CHECK(maybe_more_uj >= 0),
  attributed_uj INTEGER NOT NULL CHECK(attributed_uj >= 0), others_uj INTEGER NOT NULL CHECK(others_uj >= 0),
  self_uj INTEGER NOT NULL CHECK(self_uj >= 0), idle_uj INTEGER NOT NULL CHECK(idle_uj >= 0),
  unattributed_uj INTEGER NOT NULL CHECK(unattributed_uj >= 0),
  PRIMARY KEY(run, sequence),
  CHECK(attributed_uj + others_uj + self_uj + idle_uj + unattributed_uj = measured_uj)
) STRICT, WITHOUT ROWID;
CREATE TABLE gap_fact(
  run INTEGER NOT NULL, sequence INTEGER NOT NULL,
  component INTEGER NOT NULL, begin_ns INTEGER NOT NULL, end_ns INTEGER NOT NULL, reason TEXT NOT NULL,
  PRIMARY KEY(run, sequence)
) STRICT, WITHOUT ROWID;
CREATE TABLE segment(
  run INTEGER NOT NULL, sequence INTEGER NOT NULL,
  begin_ns INTEGER NOT NULL, end_ns INTEGER NOT NULL, ticks INTEGER NOT NULL CHECK(ticks > 0),
  bytes BLOB NOT NULL, hash TEXT NOT NULL,
  PRIMARY KEY(run, sequence)
) STRICT, WITHOUT ROWID;
)sql";

// Facts are appended once: only a tombstone opens the way to delete, nothing opens one to change.
std::string guards() {
  std::string sql;
  for (const char* table : {"energy_fact", "gap_fact", "segment"})
    sql += fmt::format(
        "CREATE TRIGGER {0}_update BEFORE UPDATE ON {0} BEGIN SELECT RAISE(ABORT, 'facts are never rewritten'); END;"
        "CREATE TRIGGER {0}_delete BEFORE DELETE ON {0} WHEN NOT EXISTS(SELECT 1 FROM tombstone WHERE run = OLD.run)"
        " BEGIN SELECT RAISE(ABORT, 'facts go only with their whole run: olivine rm'); END;",
        table);
  return sql;
}

Result<int> version_of(Database& database) {
  OLIVINE_TRY(const std::string text, database.ask("PRAGMA user_version"));
  OLIVINE_TRY(const std::int64_t version, parse_i64(text));
  return static_cast<int>(version);
}

Status judge(Database& database, int version) {
  if (version > kSchemaVersion)
    return fail(ErrorKind::kInvalid, fmt::format("{} has ledger version {}; this olivine reads up to {}: update olivine",
                                                 database.path(), version, kSchemaVersion));
  OLIVINE_TRY(const std::string id, database.ask("PRAGMA application_id"));
  if (id != std::to_string(kApplicationId))
    return fail(ErrorKind::kCorrupt, database.path() + " is an SQLite file but not a ledger of olivine: choose another with --ledger");
  return {};
}

}  // namespace

Status check_schema(Database& database) {
  OLIVINE_TRY(const int version, version_of(database));
  return judge(database, version);
}

Status prepare_schema(Database& database) {
  OLIVINE_TRY(int version, version_of(database));
  if (version != 0) return judge(database, version);
  OLIVINE_TRY(Transaction transaction, Transaction::begin(database));
  OLIVINE_TRY(version, version_of(database));  // another process may have made it meanwhile
  if (version != 0) {
    OLIVINE_CHECK_STATUS(transaction.commit());
    return judge(database, version);
  }
  OLIVINE_TRY(const std::string tables, database.ask("SELECT count(*) FROM sqlite_schema"));
  if (tables != "0")
    return fail(ErrorKind::kCorrupt, database.path() + " is an SQLite file but not a ledger of olivine: choose another with --ledger");
  OLIVINE_CHECK_STATUS(database.execute(kTables + guards() +
                                        fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {};", kApplicationId,
                                                    kSchemaVersion)));
  return transaction.commit();
}

}  // namespace olivine
