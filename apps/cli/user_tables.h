// The user's newer versions of the built-in grid tables: $XDG_DATA_HOME/olivine/tables/NAME.csv, each beside its sum NAME.csv.sum.
// `olivine grid update FILE` checks a table and puts it there; removing both files goes back to the built-in one.
//
// Units: none. Errors: kCorrupt for a table that does not match its sum or no longer fits this program: it is named and not used.
// Threads: before the first reader of a table. Lifetime: none.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "apps/cli/app.h"

namespace olivine::cli {

std::span<const std::string_view> user_table_names();  // those that a user may replace
std::string user_table_folder(const App& app);
// Puts every table of the user's in place. A folder that does not exist costs one system call.
Status load_user_tables(const App& app);

}  // namespace olivine::cli
