#include "acting/guardian.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "base/file_system.h"
#include "base/process_stat.h"
#include "workload/cgroup.h"

namespace olivine {
namespace {

enum class Kind : std::uint8_t { kProcess, kFreeze, kRemove, kAllRunning };

// Fixed size below PIPE_BUF: written and read whole.
struct Message {
  Kind kind = Kind::kAllRunning;
  pid_t pid = 0;
  std::int64_t start_ticks = 0;
  std::array<char, 440> path{};
  std::array<char, 24> thaw{};
};
static_assert(sizeof(Message) <= 512);

constexpr std::size_t kMostProcesses = 65'536;

struct Ward {  // what must go on when we are gone; lives in the guardian only
  pid_t pid;
  std::int64_t start_ticks;
};

void write_file_raw(const char* path, const char* text) {
  const int fd = ::open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0) return;
  if (::write(fd, text, std::strlen(text)) < 0) ::_exit(1);
  ::close(fd);
}

// Blocks everything and waits to be killed: its only purpose is to be a member of the group.
[[noreturn]] void stand_in(pid_t group, pid_t guardian) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != guardian) ::_exit(0);
  ::setpgid(0, group);
  for (;;) ::pause();
}

// Whether our own death would take the group's last link to the session away: our parent stands outside of it, as a shell does. A
// group that is orphaned already, or that hangs on another member, needs no placeholder; in an orphaned one the end of a placeholder would
// itself orphan the group anew, and SIGHUP everybody in it.
bool we_link_the_group() {
  const pid_t parent = ::getppid();
  return ::getsid(parent) == ::getsid(0) && ::getpgid(parent) != ::getpgrp();
}

void let_go(const Ward* wards, std::size_t count, const Message& freeze) {
  if (freeze.path[0] != '\0') write_file_raw(freeze.path.data(), freeze.thaw.data());
  for (std::size_t i = count; i-- > 0;)
    if (process_stat(wards[i].pid).start_ticks == wards[i].start_ticks) ::kill(wards[i].pid, SIGCONT);
}

// After fork in a program without threads.
[[noreturn]] void guard(int input_fd, pid_t group, bool needs_placeholder) {
  ::prctl(PR_SET_NAME, "olivine-guard");
  sigset_t all;
  sigfillset(&all);
  ::sigprocmask(SIG_SETMASK, &all, nullptr);
  ::setpgid(0, 0);
  if (::dup2(input_fd, 3) < 0) ::_exit(1);
  close_all_above(3);
  const int null = ::open("/dev/null", O_RDWR);
  for (int fd = 0; fd <= 2 && null >= 0; ++fd) ::dup2(null, fd);
  const pid_t self = ::getpid();
  const pid_t placeholder = needs_placeholder ? ::fork() : -1;
  if (placeholder == 0) stand_in(group, self);
  auto* wards = static_cast<Ward*>(std::malloc(kMostProcesses * sizeof(Ward)));  // untouched pages cost nothing
  if (wards == nullptr) ::_exit(1);
  std::size_t count = 0;
  Message freeze{}, made{}, message{};
  for (;;) {
    const ssize_t got = ::read(3, &message, sizeof message);
    if (got < 0 && errno == EINTR) continue;
    if (got != static_cast<ssize_t>(sizeof message)) break;
    if (message.kind == Kind::kFreeze) freeze = message;
    if (message.kind == Kind::kRemove) made = message;
    if (message.kind == Kind::kProcess && count < kMostProcesses) wards[count++] = {message.pid, message.start_ticks};
    if (message.kind == Kind::kAllRunning) {
      count = 0;
      freeze = {};
    }
  }
  let_go(wards, count, freeze);
  if (made.path[0] != '\0') {
    RealFileSystem files;
    constexpr timespec kMoment{0, 10'000'000};
    for (int look = 0; look < 100; ++look) {  // who is being killed in it can only leave it by dying
      remove_cgroup(files, made.path.data());
      if (::access(made.path.data(), F_OK) != 0) break;
      ::nanosleep(&kMoment, nullptr);
    }
  }
  if (placeholder > 0) ::kill(placeholder, SIGKILL);
  ::_exit(0);
}

}  // namespace

Result<Guardian> Guardian::start() {
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) return tl::unexpected<Error>(error_from_errno(errno, "pipe"));
  const pid_t group = ::getpgrp();
  const bool needs_placeholder = we_link_the_group();
  const pid_t pid = ::fork();
  if (pid == 0) guard(pipe[0], group, needs_placeholder);
  const int fork_error = errno;
  ::close(pipe[0]);
  if (pid < 0) {
    ::close(pipe[1]);
    return tl::unexpected<Error>(error_from_errno(fork_error, "fork"));
  }
  return Guardian(pid, pipe[1]);
}

Guardian::Guardian(Guardian&& other) noexcept : pid_(std::exchange(other.pid_, 0)), fd_(std::exchange(other.fd_, -1)) {}

Status Guardian::tell(const void* message) {
  if (fd_ < 0) return fail(ErrorKind::kGone, "the guardian has ended");
  sigset_t pipe_signal, before;  // a guardian that was killed must not kill us
  sigemptyset(&pipe_signal);
  sigaddset(&pipe_signal, SIGPIPE);
  ::sigprocmask(SIG_BLOCK, &pipe_signal, &before);
  const ssize_t written = ::write(fd_, message, sizeof(Message));
  const int error = errno;
  if (written < 0 && sigismember(&before, SIGPIPE) == 0) {
    const timespec now{0, 0};
    ::sigtimedwait(&pipe_signal, nullptr, &now);
  }
  ::sigprocmask(SIG_SETMASK, &before, nullptr);
  if (written == static_cast<ssize_t>(sizeof(Message))) return {};
  return tl::unexpected<Error>(error_from_errno(error, "telling the guardian"));
}

Status Guardian::will_stop(pid_t pid, std::int64_t start_ticks) {
  Message message;
  message.kind = Kind::kProcess;
  message.pid = pid;
  message.start_ticks = start_ticks;
  return tell(&message);
}

Status Guardian::will_freeze(const std::string& file, const std::string& thaw) {
  Message message;
  message.kind = Kind::kFreeze;
  if (file.size() >= message.path.size() || thaw.size() >= message.thaw.size())
    return fail(ErrorKind::kUnsupported, "the path of the cgroup is too long for the guardian: " + file);
  file.copy(message.path.data(), file.size());
  thaw.copy(message.thaw.data(), thaw.size());
  return tell(&message);
}

Status Guardian::will_remove(const std::string& directory) {
  Message message;
  message.kind = Kind::kRemove;
  if (directory.size() >= message.path.size())
    return fail(ErrorKind::kUnsupported, "the path of the cgroup is too long for the guardian: " + directory);
  directory.copy(message.path.data(), directory.size());
  return tell(&message);
}

Status Guardian::all_running() {
  const Message message;
  return tell(&message);
}

void Guardian::forget() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
  pid_ = 0;
}

void Guardian::dismiss() {
  if (fd_ >= 0) ::close(fd_);  // it lets go whatever is still stopped, and ends
  fd_ = -1;
  if (pid_ > 0)
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {}
  pid_ = 0;
}

}  // namespace olivine
