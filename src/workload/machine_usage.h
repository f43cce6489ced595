// MachineUsage: busy CPU time and memory of the whole machine, from /proc/stat and /proc/meminfo kept open.
//
// Busy = user + nice + system + irq + softirq (guest time is inside user); idle, iowait and steal are not ours. The kernel
// counts in ticks of 10 ms (USER_HZ); cumulative, so nothing is lost over a longer span.
//
// Units: ns, bytes. Errors: kinds of the file; a line that is not as documented in proc(5) is kCorrupt.
// Threads: one. Lifetime: keeps two files open.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>

#include "base/file_system.h"

namespace olivine {

class MachineUsage {
 public:
  MachineUsage(FileSystem& files, const std::string& procfs_root);
  Result<std::int64_t> busy_ns();
  Result<std::int64_t> used_memory_bytes();  // MemTotal - MemAvailable

 private:
  std::unique_ptr<OpenFile> stat_, meminfo_;
  std::string trouble_;
  std::array<char, 4096> buffer_{};
};

// The first line of /proc/stat -> busy ns.
Result<std::int64_t> parse_busy_ns(std::string_view stat_text);
Result<std::int64_t> parse_used_memory_bytes(std::string_view meminfo_text);

}  // namespace olivine
