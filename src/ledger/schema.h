// The ledger's tables (docs/ledger-format.md) and their versions. A file is ours when its application id is "OLIV"; its
// schema version stands in the table `meta`.
//
// A version that is larger than ours is refused and nothing is touched; a smaller one is brought forward by the
// migrations above it, all in one transaction. The definitions that a file carries must be the ones that this program
// makes: a table that somebody replaced by a view or another table would make every check below worthless.
//
// Units: in the column names. Errors: kInvalid for a newer version or another program's file, kCorrupt for damage.
// Threads: one. Lifetime: none.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "ledger/database.h"

namespace olivine {

inline constexpr int kSchemaVersion = 1;

struct Migration {
  int to = 0;       // the version that the file has afterwards
  std::string sql;  // from version to - 1
};

// Makes the tables in an empty file, migrates an older one, refuses a newer or a foreign one.
Status prepare_schema(Database& database);
// Only looks. An empty file has no run yet: kNotFound.
Status check_schema(Database& database);
// The version of the file; 0 for an empty one.
Result<int> schema_version(Database& database);
// Applies the migrations above the file's version; prepare_schema uses our own.
Status migrate(Database& database, std::span<const Migration> migrations);
// One line for each table, index or trigger that is missing or differs from what this version makes.
Result<std::vector<std::string>> schema_faults(Database& database);

}  // namespace olivine
