#include "acting/signal_taken.h"

#include <fmt/core.h>

#include <cstdint>
#include <cstdlib>

#include "base/text.h"

namespace olivine {

bool takes_signal(FileSystem& files, const std::string& procfs_root, pid_t pid, int signal) {
  const auto status = read_text(files, fmt::format("{}/{}/status", procfs_root, pid));
  if (!status) return false;
  std::uint64_t taken = 0;
  for (const std::string_view line : split(*status, '\n'))
    if (line.starts_with("SigCgt:") || line.starts_with("SigBlk:"))
      taken |= std::strtoull(std::string(trim(line.substr(7))).c_str(), nullptr, 16);
  return ((taken >> (signal - 1)) & 1) != 0;
}

}  // namespace olivine
