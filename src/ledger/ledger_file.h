// Where the ledger's file is and what stands there: made when missing, refused with a reason when it cannot be one.
// The file is looked at, never opened here: closing a second descriptor would drop the locks that SQLite holds on it.
//
// Units: none. Errors: kInvalid for a directory, a device or a link to nothing; kPermission and others from the system;
// kNotFound (existing_file) when no run was recorded yet. Threads: pure. Lifetime: values.
#pragma once

#include <string>

#include "base/result.h"

namespace olivine {

// Makes the directory (0700) and the empty file (0600) where missing; returns the real path, links resolved.
Result<std::string> make_ledger_file(const std::string& path);
// The real path of a file that is there.
Result<std::string> existing_ledger_file(const std::string& path);
// No write-ahead log is left beside the file: the file alone is complete.
bool log_is_empty(const std::string& path);
// "/a/b" of "/a/b/c".
std::string directory_of(const std::string& absolute_path);

}  // namespace olivine
