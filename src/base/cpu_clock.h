// The CPU time of a process by the kernel's own clock of it, exact where /proc/PID/stat counts in ticks of 10 ms.
//
// Units: ns, all threads together, those that ended too. Errors: absent when no process of that number lives, or when the
// system keeps it from us. Threads: safe. Lifetime: none.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>

namespace olivine {

std::optional<std::int64_t> process_cpu_ns(pid_t pid);

}  // namespace olivine
