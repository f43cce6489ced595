// Private files: a file with secrets is read only when nobody but its owner can read it.
//
//   read_private_file("/home/u/.config/olivine/tokens")
//     mode 0600, ours      -> its text
//     mode 0640 or 0644    -> kPermission: "... can be read by others (mode 0644); type: chmod 600 /home/u/..."
//
// The mode is that of the open file, so it cannot be exchanged between the look and the read.
// Units: bytes. Errors: kPermission with the command to type; kNotFound; kInvalid where it is no regular file or longer than
// max_bytes. An error never quotes what the file holds. Threads: any. Lifetime: values.
#pragma once

#include <string>

#include "base/result.h"

namespace olivine {

Result<std::string> read_private_file(const std::string& path, std::size_t max_bytes = 65536);

}  // namespace olivine
