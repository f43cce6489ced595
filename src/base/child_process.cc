#include "base/child_process.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace olivine {
namespace {

constexpr std::array kForwardable{SIGHUP,  SIGINT,  SIGQUIT, SIGUSR1, SIGUSR2, SIGPIPE,   SIGALRM, SIGTERM,
                                  SIGCONT, SIGTSTP, SIGTTIN, SIGTTOU, SIGURG,  SIGVTALRM, SIGPROF, SIGWINCH,
                                  SIGIO,   SIGPWR,  SIGXCPU, SIGXFSZ};

// In the child, between fork and exec: only async-signal-safe calls.
[[noreturn]] void become(char* const* argv, const SignalState& signals, const std::vector<int>& fds, int report_fd) {
  for (const int fd : fds)
    if (::write(fd, "0", 1) != 1) continue;  // measured as a process tree then
  signals.restore_in_child();
  ::execvp(argv[0], argv);
  const int error = errno;
  if (::write(report_fd, &error, sizeof error) != sizeof error) ::_exit(125);
  ::_exit(127);
}

StartError start_error(const std::string& command, int error) {
  const int code = error == ENOENT || error == ENOTDIR ? 127 : error == EAGAIN || error == ENOMEM ? 125 : 126;
  return {code, fmt::format("{}: {}", command, std::strerror(error))};
}

}  // namespace

SignalState::SignalState() {
  sigemptyset(&watched_);
  sigaddset(&watched_, SIGCHLD);
  for (const int s : kForwardable) sigaddset(&watched_, s);
  for (int s = SIGRTMIN; s <= SIGRTMAX; ++s) sigaddset(&watched_, s);
  // With SIGCHLD ignored (some launchers do) the kernel reaps for itself and we would never learn the exit status.
  struct sigaction plain {};
  plain.sa_handler = SIG_DFL;
  ::sigaction(SIGCHLD, &plain, &inherited_sigchld_);
  ::sigprocmask(SIG_BLOCK, &watched_, &inherited_mask_);
}

SignalState::~SignalState() {
  ::sigaction(SIGCHLD, &inherited_sigchld_, nullptr);
  ::sigprocmask(SIG_SETMASK, &inherited_mask_, nullptr);
}

void SignalState::restore_in_child() const {
  ::sigaction(SIGCHLD, &inherited_sigchld_, nullptr);
  ::sigprocmask(SIG_SETMASK, &inherited_mask_, nullptr);
}

tl::expected<pid_t, StartError> start_child(const std::vector<std::string>& argv, const SignalState& signals,
                                            const std::vector<int>& move_into_fds) {
  std::vector<char*> words;
  for (const std::string& word : argv) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  std::array<int, 2> report{};
  if (::pipe2(report.data(), O_CLOEXEC) != 0)
    return tl::unexpected<StartError>({125, fmt::format("cannot start a command: {}", std::strerror(errno))});
  const pid_t pid = ::fork();
  if (pid == 0) become(words.data(), signals, move_into_fds, report[1]);
  const int fork_error = errno;
  ::close(report[1]);
  if (pid < 0) {
    ::close(report[0]);
    return tl::unexpected<StartError>({125, fmt::format("cannot start a command: {}", std::strerror(fork_error))});
  }
  int exec_error = 0;
  ssize_t got = 0;
  do got = ::read(report[0], &exec_error, sizeof exec_error);
  while (got < 0 && errno == EINTR);
  ::close(report[0]);
  if (got == static_cast<ssize_t>(sizeof exec_error)) {
    ::waitpid(pid, nullptr, 0);
    return tl::unexpected<StartError>(start_error(argv.front(), exec_error));
  }
  return pid;
}

void mirror_exit(int wait_status) {
  if (WIFEXITED(wait_status)) ::_exit(WEXITSTATUS(wait_status));
  const int signal = WTERMSIG(wait_status);
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  ::prctl(PR_SET_DUMPABLE, 0);
  ::signal(signal, SIG_DFL);
  sigset_t only;
  sigemptyset(&only);
  sigaddset(&only, signal);
  ::sigprocmask(SIG_UNBLOCK, &only, nullptr);
  ::raise(signal);
  ::_exit(128 + signal);
}

}  // namespace olivine
