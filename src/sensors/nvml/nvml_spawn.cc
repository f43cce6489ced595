#include "sensors/nvml/nvml_spawn.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "sensors/nvml/nvml_worker.h"

namespace olivine {
namespace {

constexpr int kPipeBytes = 1 << 20;  // a minute of rounds of eight GPUs, should the parent pause for long

struct Actions {
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
  Actions() {
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&attributes);
  }
  Actions(const Actions&) = delete;
  Actions& operator=(const Actions&) = delete;
  ~Actions() {
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
  }
};

void prepare(Actions& actions, int write_fd) {
  for (const int stream : {0, 1, 2}) posix_spawn_file_actions_addopen(&actions.files, stream, "/dev/null", O_RDWR, 0);
  posix_spawn_file_actions_adddup2(&actions.files, write_fd, kNvmlRecordFd);
  sigset_t none;
  sigset_t all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&actions.attributes, &none);
  posix_spawnattr_setsigdefault(&actions.attributes, &all);
  posix_spawnattr_setflags(&actions.attributes,
                           static_cast<short>(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSID));
}

}  // namespace

Result<SpawnedHelper> spawn_helper(const std::vector<std::string>& command) {
  if (command.empty()) return fail(ErrorKind::kInvalid, "no program for the NVML helper");
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) return tl::unexpected<Error>(error_from_errno(errno, "pipe"));
  ::fcntl(ends[1], F_SETPIPE_SZ, kPipeBytes);  // best effort: the default holds three seconds
  Actions actions;
  prepare(actions, ends[1]);
  std::vector<char*> words;
  for (const std::string& word : command) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  SpawnedHelper helper;
  const int error =
      ::posix_spawn(&helper.pid, command[0].c_str(), &actions.files, &actions.attributes, words.data(), environ);
  ::close(ends[1]);
  if (error != 0) {
    ::close(ends[0]);
    return tl::unexpected<Error>(error_from_errno(error, "starting " + command[0]));
  }
  helper.records_fd = ends[0];
  helper.pid_fd = static_cast<int>(::syscall(SYS_pidfd_open, helper.pid, 0));
  return helper;
}

}  // namespace olivine
