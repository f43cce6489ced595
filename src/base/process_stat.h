// ProcessStat: state, parent and start of a process, from /proc/PID/stat.
//
// Only system calls and no memory of its own: it may be asked after fork in a program with threads. The command's name may hold
// anything, so fields are counted behind the last ')' (proc(5)).
//
//   const ProcessStat stat = process_stat(pid);
//   if (stat.start_ticks == when_it_was_ours) ...      // the number was not given to somebody else meanwhile
//
// Units: clock ticks since boot. Errors: state '?' and zeros where nothing can be read: it is gone. Threads: any. Lifetime: value.
#pragma once

#include <sys/types.h>

#include <cstdint>

namespace olivine {

struct ProcessStat {
  char state = '?';  // 'R', 'S', 'T', 'Z', ...
  pid_t parent = 0;
  std::int64_t start_ticks = 0;
};
ProcessStat process_stat(pid_t pid);

// Closes every descriptor above `last`.
void close_all_above(int last);

}  // namespace olivine
