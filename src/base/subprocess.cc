#include "base/subprocess.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <string_view>

#include "base/clock.h"

extern char** environ;

namespace olivine {
namespace {

class Pipe {
 public:
  Pipe() {
    if (::pipe2(fds_.data(), O_CLOEXEC) != 0) fds_ = {-1, -1};
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    close_reader();
    close_writer();
  }
  int reader() const { return fds_[0]; }
  int writer() const { return fds_[1]; }
  void close_reader() { close_one(fds_[0]); }
  void close_writer() { close_one(fds_[1]); }

 private:
  static void close_one(int& fd) {
    if (fd >= 0) ::close(fd);
    fd = -1;
  }
  std::array<int, 2> fds_{-1, -1};
};

// What is there now; false at the end of the file.
bool take(int fd, std::string& into) {
  std::array<char, 16384> bytes;
  const ssize_t got = ::read(fd, bytes.data(), bytes.size());
  if (got < 0) return errno == EINTR || errno == EAGAIN;
  into.append(bytes.data(), static_cast<std::size_t>(got));
  return got > 0;
}

constexpr Duration kTermWithin = seconds(2);
constexpr int kWaitMs = 10;

class Deadline {
 public:
  explicit Deadline(std::optional<Duration> limit) {
    if (limit) end_ns_ = SystemClock().now().mono.ns + limit->ns;
  }
  bool over() const { return end_ns_ && SystemClock().now().mono.ns >= *end_ns_; }
  // For poll(2): -1 for ever.
  int left_ms() const {
    if (!end_ns_) return -1;
    const std::int64_t left_ns = *end_ns_ - SystemClock().now().mono.ns;
    return static_cast<int>(std::clamp<std::int64_t>(left_ns / 1'000'000 + 1, 0, 1'000'000));
  }
  bool set() const { return end_ns_.has_value(); }

 private:
  std::optional<std::int64_t> end_ns_;
};

// False when it has not ended in time.
bool wait_until(const Deadline& deadline, pid_t pid, int& status) {
  while (true) {
    const pid_t ended = ::waitpid(pid, &status, deadline.set() ? WNOHANG : 0);
    if (ended == pid || (ended < 0 && errno != EINTR)) return true;
    if (deadline.over()) return false;
    if (ended == 0) ::poll(nullptr, 0, std::min(kWaitMs, deadline.left_ms()));
  }
}

void end(pid_t pid) {
  int status = 0;
  ::kill(pid, SIGTERM);
  if (wait_until(Deadline(kTermWithin), pid, status)) return;
  ::kill(pid, SIGKILL);
  wait_until(Deadline(std::nullopt), pid, status);
}

enum class Talk { kEnded, kTooMuch, kTooLong };

// Feeds and reads until both outputs have ended.
Talk talk(Pipe& in, const std::string& input, Pipe& out, Pipe& err, ProgramOutput& said, const Deadline& deadline) {
  std::size_t written = 0;
  if (input.empty())
    in.close_writer();
  else
    ::fcntl(in.writer(), F_SETFL, O_NONBLOCK);
  while (out.reader() >= 0 || err.reader() >= 0) {
    std::array<pollfd, 3> fds{{{out.reader(), POLLIN, 0}, {err.reader(), POLLIN, 0}, {in.writer(), POLLOUT, 0}}};
    if (deadline.over()) return Talk::kTooLong;
    if (::poll(fds.data(), fds.size(), deadline.left_ms()) <= 0) continue;
    if (fds[0].revents != 0 && !take(out.reader(), said.out)) out.close_reader();
    if (fds[1].revents != 0 && !take(err.reader(), said.err)) err.close_reader();
    if (said.out.size() + said.err.size() > kMostProgramOutput) return Talk::kTooMuch;
    if (fds[2].revents == 0) continue;
    const ssize_t put = ::write(in.writer(), input.data() + written, input.size() - written);
    if (put > 0) written += static_cast<std::size_t>(put);
    if ((put < 0 && errno != EAGAIN && errno != EINTR) || written == input.size()) in.close_writer();
  }
  return Talk::kEnded;
}

// While a program that does not read is fed, SIGPIPE must not end us.
class NoPipeSignal {
 public:
  NoPipeSignal() {
    struct sigaction ignore{};
    ignore.sa_handler = SIG_IGN;
    ::sigaction(SIGPIPE, &ignore, &before_);
  }
  NoPipeSignal(const NoPipeSignal&) = delete;
  NoPipeSignal& operator=(const NoPipeSignal&) = delete;
  ~NoPipeSignal() { ::sigaction(SIGPIPE, &before_, nullptr); }

 private:
  struct sigaction before_{};
};

// Of a name that stands twice, getenv takes the first.
bool is_set_by(const std::vector<std::string>& environment, std::string_view entry) {
  const std::string_view name = entry.substr(0, entry.find('=') + 1);
  return !name.empty() && std::any_of(environment.begin(), environment.end(),
                                      [&](const std::string& one) { return one.starts_with(name); });
}

}  // namespace

Result<pid_t> spawn(const SpawnWish& wish) {
  const std::string& path = wish.path.empty() ? wish.words.at(0) : wish.path;
  std::vector<char*> argv, envp;
  for (const std::string& word : wish.words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  for (char** e = environ; *e != nullptr; ++e)
    if (!is_set_by(wish.environment, *e)) envp.push_back(*e);
  for (const std::string& variable : wish.environment) envp.push_back(const_cast<char*>(variable.c_str()));
  envp.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  int its_fd = 0;
  for (const int fd : {wish.stdin_fd, wish.stdout_fd, wish.stderr_fd, wish.fd_3}) {
    if (fd >= 0) ::posix_spawn_file_actions_adddup2(&actions, fd, its_fd);
    ++its_fd;
  }
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  sigset_t none, usual;
  sigemptyset(&none);
  sigfillset(&usual);
  ::posix_spawnattr_setsigmask(&attributes, &none);
  ::posix_spawnattr_setsigdefault(&attributes, &usual);
  const int flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | (wish.own_group ? POSIX_SPAWN_SETPGROUP : 0) |
                    (wish.own_session ? POSIX_SPAWN_SETSID : 0);
  ::posix_spawnattr_setflags(&attributes, static_cast<short>(flags));
  pid_t pid = 0;
  const int error = ::posix_spawnp(&pid, path.c_str(), &actions, &attributes, argv.data(), envp.data());
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return tl::unexpected<Error>(error_from_errno(error, "starting " + path));
  return pid;
}

Result<ProgramOutput> run_program(const std::vector<std::string>& words, const std::string& input,
                                  std::optional<Duration> limit) {
  Pipe in, out, err;
  if (in.reader() < 0 || out.reader() < 0 || err.reader() < 0)
    return tl::unexpected<Error>(error_from_errno(errno, "pipe"));
  const NoPipeSignal guard;
  SpawnWish wish;
  wish.words = words;
  wish.stdin_fd = in.reader();
  wish.stdout_fd = out.writer();
  wish.stderr_fd = err.writer();
  OLIVINE_TRY(const pid_t pid, spawn(wish));
  in.close_reader();
  out.close_writer();
  err.close_writer();
  ProgramOutput said;
  const Deadline deadline(limit);
  const Talk ended = talk(in, input, out, err, said, deadline);
  if (ended == Talk::kTooMuch) ::kill(pid, SIGKILL);
  int status = 0;
  if (ended == Talk::kTooLong || !wait_until(deadline, pid, status)) {
    end(pid);
    return fail(ErrorKind::kTransient, words[0] + (words.size() > 1 ? " " + words[1] : "") + " did not end within " +
                                           std::to_string(limit->ns / 1'000'000'000) + " s: it was stopped");
  }
  if (ended == Talk::kTooMuch) return fail(ErrorKind::kInvalid, words[0] + " says more than 64 MiB");
  said.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return said;
}

}  // namespace olivine
