// The ledger's tables (docs/ledger-format.md) and their versions.
//
// Units: in the column names. Errors: kInvalid for a file of a newer version. Threads: one. Lifetime: none.
#pragma once

#include "ledger/database.h"

namespace olivine {

inline constexpr int kSchemaVersion = 1;

// Makes the tables in an empty file, migrates an older one, refuses a newer one or a foreign one.
Status prepare_schema(Database& database);
// Only looks: for read-only use.
Status check_schema(Database& database);

}  // namespace olivine
