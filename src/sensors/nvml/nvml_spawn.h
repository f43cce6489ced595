// Spawns the NVML helper: its records come through a pipe on descriptor 3, its other streams are /dev/null, it has a
// session of its own (no signals of the terminal) and default signal handling.
//
// Units: none. Errors: as the system refuses. Threads: any. Lifetime: the caller owns descriptors and child.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "base/result.h"

namespace olivine {

struct SpawnedHelper {
  pid_t pid = 0;
  int records_fd = -1;  // non-blocking, closed on exec
  int pid_fd = -1;      // -1 where the kernel has none
};
Result<SpawnedHelper> spawn_helper(const std::vector<std::string>& command);

}  // namespace olivine
