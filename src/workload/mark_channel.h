// MarkChannel: how marks get from the work to us: a private named pipe (mode 0600) whose name both sides can work out, so
// that the work's environment, descriptors and output stay as they are.
//
// Name: DIR/olivine-marks-NAMESPACE-PID with the inode of our PID namespace and our PID; DIR is the first of /run/user/UID,
// /dev/shm and /tmp that can be written. The writer goes from its parent to that one's parent and so on, and takes the
// first that has such a pipe of the same user: the innermost olivine. Daemons find us too, because orphans become ours.
//
// Both sides open it for reading and writing, without blocking: a writer never waits for a reader, gets no SIGPIPE when
// there is none, and loses a mark when 1 MiB is waiting (64 KiB where the kernel grants no more). Nothing is kept open in the work.
//
// A killed olivine leaves the pipe; the next one with its PID replaces it, and `remove_stale` takes it away.
//
// Units: none. Errors: create says what the system refused; the run goes on without marks. Threads: one. Lifetime: the
// pipe's name goes with the channel.
#pragma once

#include <sys/types.h>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "workload/mark.h"

namespace olivine {

class MarkChannel {
 public:
  static Result<MarkChannel> create(const std::vector<std::string>& directories = mark_directories());
  MarkChannel(MarkChannel&& other) noexcept;
  MarkChannel& operator=(MarkChannel&&) = delete;
  ~MarkChannel();

  int fd() const { return fd_; }
  const std::string& path() const { return path_; }
  // Hands out the complete lines that have arrived, at most 64 KiB of them; a longer line than a mark may have is cut.
  // False: the pipe may have been full, so that marks may have been lost.
  bool read(const std::function<void(std::string_view line)>& take);
  // The last read ended at its limit.
  bool has_more() const { return has_more_; }

  static std::vector<std::string> mark_directories();
  // The pipe that a dead olivine may have left.
  static void remove_stale(pid_t owner);

 private:
  MarkChannel(int fd, std::string path, std::size_t room) : fd_(fd), room_(room), path_(std::move(path)) {}
  int fd_;
  std::size_t room_;  // bytes that the pipe holds
  std::string path_;
  std::string rest_;  // the beginning of a line
  bool has_more_ = false;
};

// The pipe of the olivine that measures this process; nothing when none does.
std::optional<std::string> find_mark_pipe(
    const std::vector<std::string>& directories = MarkChannel::mark_directories());
// Never blocks and raises no signal. False: nobody reads, or too much is waiting.
bool send_mark(const std::string& pipe, const Mark& mark);
bool send_line(const std::string& pipe, std::string_view line);  // with its newline

}  // namespace olivine
