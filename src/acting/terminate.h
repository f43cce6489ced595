// Ending a command with everything it started: first politely, then not.
//
//   signal_tree(processes, SIGTERM);   // each process once; one that is stopped is continued, so that it can act on it
//   ... a grace period ...
//   kill_tree(processes);              // SIGKILL, again until no new process turns up
//
// Units: none. Errors: a process that ended meanwhile is no error; kill_tree says when the tree grows faster than it can be killed.
// Threads: one. Lifetime: none.
#pragma once

#include "acting/pauser.h"

namespace olivine {

void signal_tree(const Pauser::Processes& processes, int signal);
Status kill_tree(const Pauser::Processes& processes);

}  // namespace olivine
