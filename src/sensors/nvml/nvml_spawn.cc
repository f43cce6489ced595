#include "sensors/nvml/nvml_spawn.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "base/subprocess.h"
#include "sensors/nvml/nvml_worker.h"

namespace olivine {
namespace {

constexpr int kPipeBytes = 1 << 20;  // a minute of rounds of eight GPUs, should the parent pause for long

Result<pid_t> spawn_writer(const std::vector<std::string>& command, int write_fd) {
  const int nothing = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  if (nothing < 0) return tl::unexpected<Error>(error_from_errno(errno, "opening /dev/null"));
  static_assert(kNvmlRecordFd == 3);
  SpawnWish wish;
  wish.words = command;
  wish.stdin_fd = wish.stdout_fd = wish.stderr_fd = nothing;
  wish.fd_3 = write_fd;
  wish.own_session = true;
  const Result<pid_t> pid = spawn(wish);
  ::close(nothing);
  return pid;
}

}  // namespace

Result<SpawnedHelper> spawn_helper(const std::vector<std::string>& command) {
  if (command.empty()) return fail(ErrorKind::kInvalid, "no program for the NVML helper");
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) return tl::unexpected<Error>(error_from_errno(errno, "pipe"));
  ::fcntl(ends[1], F_SETPIPE_SZ, kPipeBytes);  // best effort: the default holds three seconds
  const Result<pid_t> pid = spawn_writer(command, ends[1]);
  ::close(ends[1]);
  if (!pid) {
    ::close(ends[0]);
    return tl::unexpected<Error>(pid.error());
  }
  return SpawnedHelper{*pid, ends[0], static_cast<int>(::syscall(SYS_pidfd_open, *pid, 0))};
}

}  // namespace olivine
