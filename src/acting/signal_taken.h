// Whether a process does something of its own with a signal, in place of what the system does: for SIGUSR1 that is to end.
//
//   if (takes_signal(files, "/proc", pid, SIGUSR1)) ::kill(pid, SIGUSR1);   // before Python has set its handler: not
//
// It has a handler (SigCgt), or its main thread holds the signal back (SigBlk) for sigwait or a signalfd. One that is ignored is not
// taken. Between the look and a kill it may change its mind.
//
// Units: none. Errors: false where nothing can be read: it is gone. Threads: pure. Lifetime: none. Source: proc_pid_status(5).
#pragma once

#include <sys/types.h>

#include <string>

#include "base/file_system.h"

namespace olivine {

bool takes_signal(FileSystem& files, const std::string& procfs_root, pid_t pid, int signal);

}  // namespace olivine
