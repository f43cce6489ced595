// Whether a directory lies on a network file system, where SQLite's WAL cannot be used.
//
// Units: none. Errors: none; what statfs cannot say is taken as local. Threads: pure. Lifetime: none.
#pragma once

#include <optional>
#include <string>

namespace olivine {

// "NFS", "SMB", "Lustre", ...; absent for a local file system.
std::optional<std::string> network_file_system(const std::string& directory);

}  // namespace olivine
