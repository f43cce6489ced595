#include "base/child_process.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <linux/sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "base/text.h"

namespace olivine {
namespace {

// A memory fault of our own must reach the sanitizer that reports it; in the product its default action kills us whether
// it is blocked or not, and one that somebody sends on purpose is passed on.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif
#else
constexpr bool kSanitized = false;
#endif
constexpr std::array kFaults{SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS, SIGABRT};

// What the child tells us through the close-on-exec pipe. No message but the end of the file: it runs the command.
struct Report {
  int exec_error;  // 0: only the placement failed
};

struct Plan {
  char* const* argv;
  const SignalState* signals;
  const int* procs_fds;
  std::size_t procs_count;
  int report_fd;
};

// In the child, between fork and exec: only async-signal-safe calls.
[[noreturn]] void become(const Plan& plan) {
  bool placed = true;
  for (std::size_t i = 0; i < plan.procs_count; ++i) placed = ::write(plan.procs_fds[i], "0", 1) == 1 && placed;
  Report report{0};
  if (!placed && ::write(plan.report_fd, &report, sizeof report) != sizeof report) ::_exit(125);
  plan.signals->restore_in_child();
  ::execvp(plan.argv[0], plan.argv);
  report.exec_error = errno;
  if (::write(plan.report_fd, &report, sizeof report) != sizeof report) ::_exit(125);
  ::_exit(127);
}

// The parent waits inside vfork until the command runs, so no page of ours is copied (0.1 ms against 0.3 ms).
pid_t start_by_vfork(const Plan& plan) {
  const pid_t pid = ::vfork();
  if (pid == 0) become(plan);
  return pid;
}

// Born inside the v2 cgroup; -1 where the kernel or a filter refuses.
pid_t start_in_cgroup(Plan plan, int cgroup_fd) {
  clone_args arguments{};
  arguments.flags = CLONE_INTO_CGROUP;
  arguments.exit_signal = SIGCHLD;
  arguments.cgroup = static_cast<std::uint64_t>(cgroup_fd);
  const long pid = ::syscall(SYS_clone3, &arguments, sizeof arguments);
  if (pid == 0) {
    plan.procs_count = 0;
    become(plan);
  }
  return static_cast<pid_t>(pid);
}

StartError start_error(const std::string& command, int error) {
  return {error == ENOENT ? 127 : 126, fmt::format("{}: {}", printable(command), std::strerror(error))};
}

// 0 when it may be executed.
int execution_error(const std::string& path) {
  struct stat file{};
  if (::stat(path.c_str(), &file) != 0) return errno;
  if (!S_ISREG(file.st_mode)) return EACCES;
  return ::faccessat(AT_FDCWD, path.c_str(), X_OK, AT_EACCESS) == 0 ? 0 : errno;
}

StartError own_failure(int error) { return {125, fmt::format("cannot start a command: {}", std::strerror(error))}; }

// Reads reports until the pipe ends, which is when exec has closed the child's side or the child has ended.
Report read_report(int fd, bool& placed) {
  Report last{0};
  for (;;) {
    Report report{};
    const ssize_t got = ::read(fd, &report, sizeof report);
    if (got < 0 && errno == EINTR) continue;
    if (got != static_cast<ssize_t>(sizeof report)) return last;
    if (report.exec_error == 0) placed = false;
    last = report;
  }
}

void replace_by_null(int fd) {
  const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  if (null < 0) return;
  ::dup3(null, fd, O_CLOEXEC);
  ::close(null);
}

}  // namespace

void protect_standard_streams() {
  for (int fd = 0; fd <= 2; ++fd) {
    if (::fcntl(fd, F_GETFD) >= 0 || errno != EBADF) continue;
    // The lowest free descriptor, hence this one. Nothing can be written to a closed stdout: an answer must not be lost silently.
    const int opened = ::open("/dev/null", (fd == 1 ? O_RDONLY : O_RDWR) | O_CLOEXEC);
    if (opened > 2) ::close(opened);
  }
}

void release_inherited_descriptors(bool standard_output_too) {
  replace_by_null(0);
  if (standard_output_too) replace_by_null(1);
  DIR* stream = ::opendir("/proc/self/fd");
  if (stream == nullptr) return;
  while (const dirent* entry = ::readdir(stream)) {
    const auto fd = parse_u64(entry->d_name);
    if (!fd || *fd <= 2) continue;
    const int flags = ::fcntl(static_cast<int>(*fd), F_GETFD);
    if (flags >= 0 && (flags & FD_CLOEXEC) == 0) ::close(static_cast<int>(*fd));
  }
  ::closedir(stream);
}

SignalState::SignalState() {
  sigfillset(&watched_);
  sigdelset(&watched_, SIGKILL);
  sigdelset(&watched_, SIGSTOP);
  if (kSanitized)
    for (const int fault : kFaults) sigdelset(&watched_, fault);
  // With SIGCHLD ignored (some launchers do) the kernel reaps for itself and we would never learn the exit status.
  struct sigaction plain{};
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

tl::expected<StartedChild, StartError> start_child_placed(const std::vector<std::string>& argv,
                                                          const SignalState& signals, const ChildPlacement& placement) {
  if (argv.empty()) return tl::unexpected<StartError>({125, "no command given"});
  std::vector<char*> words;
  for (const std::string& word : argv) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  std::array<int, 2> report{};
  if (::pipe2(report.data(), O_CLOEXEC) != 0) return tl::unexpected<StartError>(own_failure(errno));
  const Plan plan{words.data(), &signals, placement.procs_fds.data(), placement.procs_fds.size(), report[1]};
  StartedChild child{-1, true};
  if (placement.cgroup_fd >= 0) child.pid = start_in_cgroup(plan, placement.cgroup_fd);
  if (child.pid < 0) {
    child.placed = placement.cgroup_fd < 0 || !placement.procs_fds.empty();
    child.pid = start_by_vfork(plan);
  }
  const int fork_error = errno;
  ::close(report[1]);
  Report outcome{0};
  if (child.pid >= 0) outcome = read_report(report[0], child.placed);
  ::close(report[0]);
  if (child.pid < 0) return tl::unexpected<StartError>(own_failure(fork_error));
  if (outcome.exec_error != 0) {
    while (::waitpid(child.pid, nullptr, 0) < 0 && errno == EINTR) {}
    return tl::unexpected<StartError>(start_error(argv.front(), outcome.exec_error));
  }
  return child;
}

tl::expected<pid_t, StartError> start_child(const std::vector<std::string>& argv, const SignalState& signals,
                                            const ChildPlacement& placement) {
  return start_child_placed(argv, signals, placement).map([](const StartedChild& child) { return child.pid; });
}

std::optional<StartError> cannot_start(const std::string& command) {
  int error = ENOENT;
  if (command.find('/') != std::string::npos) {
    error = execution_error(command);
  } else if (!command.empty()) {
    const char* const path = ::getenv("PATH");
    for (const std::string_view folder : split(path != nullptr ? path : "/bin:/usr/bin", ':')) {
      const int here = execution_error((folder.empty() ? "." : std::string(folder)) + "/" + command);
      if (here == 0) return std::nullopt;
      if (here == EACCES) error = EACCES;
    }
  }
  return error == 0 ? std::nullopt : std::optional(start_error(command, error));
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
  ::_exit(128 + signal);  // reached as process 1 of a container, whose signals of its own do not kill it
}

}  // namespace olivine
