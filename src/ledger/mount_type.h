// Whether a directory lies on a file system where SQLite's write-ahead log is safe. The log needs memory shared between
// the processes that use it, and file locks that hold; file systems over a network, and those of programs in user space
// (FUSE: sshfs, rclone, virtiofs), promise neither. One that is not known is treated like them: slower, never wrong.
//
// Units: none. Errors: none; what statfs cannot say counts as unknown. Threads: pure. Lifetime: none.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace olivine {

// "NFS", "Lustre", "unknown type 0x1234", ...; absent for a local file system.
std::optional<std::string> network_file_system(const std::string& directory);
// The same for a type number of statfs(2).
std::optional<std::string> network_type(std::uint32_t magic);

}  // namespace olivine
