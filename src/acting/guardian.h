// Guardian: a small process that lets stopped work go on when ours is gone. A monitor never changes the fate of the work:
// whoever stops a process must see to it that it is continued, also when he is killed in between.
//
// What is to be stopped is told to the guardian first. It does nothing until the pipe to us ends: then it continues what it was
// told of (each process known by pid and start time, so that a reused number is left alone), thaws the cgroup and takes it away.
//
// Where we are our process group's link to the session (started by a shell), it keeps a placeholder in the group whose parent stands
// outside: without one, our death would orphan the group, and the kernel sends SIGHUP to the stopped members of a newly orphaned group (POSIX, _exit), which would kill the work.
//
// Units: none. Errors: start says why not; tell() fails when the guardian is gone. Threads: one. Lifetime: dismiss() or the
// destructor ends it; with our death it does its work and ends.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

#include "base/result.h"

namespace olivine {

class Guardian {
 public:
  static Result<Guardian> start();
  Guardian(Guardian&& other) noexcept;
  Guardian& operator=(Guardian&&) = delete;
  ~Guardian() { dismiss(); }

  pid_t pid() const { return pid_; }
  // A process that is about to be stopped.
  Status will_stop(pid_t pid, std::int64_t start_ticks);
  // A file that holds a cgroup frozen, and what written into it thaws it.
  Status will_freeze(const std::string& file, const std::string& thaw);
  // A cgroup that was made for the work: taken away when we are gone, what still runs in it goes to its parent.
  Status will_remove(const std::string& directory);
  // Everything runs again.
  Status all_running();
  void dismiss();
  void forget();  // it was reaped elsewhere

 private:
  Guardian(pid_t pid, int fd) : pid_(pid), fd_(fd) {}
  Status tell(const void* message);

  pid_t pid_ = 0;
  int fd_ = -1;
};

}  // namespace olivine
