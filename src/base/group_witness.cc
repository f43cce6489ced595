#include "base/group_witness.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <utility>

#include "base/process_stat.h"

namespace olivine {
namespace {

constexpr int kAnswerWithinMs = 20;
constexpr int kLookEveryMs = 20;
constexpr std::int64_t kSecondLookNs = 1'000'000;  // for senders that go through the processes one by one
constexpr char kProcessName[] = "olivine-witness";

struct Command {
  pid_t watch;  // 0: tell what you got; else watch this process
};

// The witness process. Runs after fork in what may be a program with threads: system calls only, no memory allocation.
[[noreturn]] void witness(int command_fd, int answer_fd, pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::prctl(PR_SET_NAME, kProcessName);
  sigset_t all;
  sigfillset(&all);
  ::sigprocmask(SIG_SETMASK, &all, nullptr);
  if (::dup2(command_fd, 0) < 0 || ::dup2(answer_fd, 1) < 0 || ::getppid() != parent) ::_exit(0);
  close_all_above(1);
  pid_t watched = 0;
  for (;;) {
    pollfd input{0, POLLIN, 0};
    if (::poll(&input, 1, watched != 0 ? kLookEveryMs : -1) == 0) {
      const char state = process_stat(watched).state;
      if (state == 'T' || state == 't') continue;
      ::kill(parent, SIGCONT);
      watched = 0;
      continue;
    }
    Command command{};
    if (::read(0, &command, sizeof command) != static_cast<ssize_t>(sizeof command)) ::_exit(0);
    watched = command.watch;
    if (watched != 0) continue;
    std::array<std::uint8_t, 65> counts{};
    const timespec now{0, 0};
    for (int signal = ::sigtimedwait(&all, nullptr, &now); signal > 0; signal = ::sigtimedwait(&all, nullptr, &now))
      ++counts.at(static_cast<std::size_t>(std::min(signal, 64)));
    if (::write(1, counts.data(), counts.size()) != static_cast<ssize_t>(counts.size())) ::_exit(0);
  }
}

}  // namespace

Result<GroupWitness> GroupWitness::start() {
  std::array<int, 2> command{}, answer{};
  if (::pipe2(command.data(), O_CLOEXEC) != 0) return tl::unexpected<Error>(error_from_errno(errno, "pipe"));
  if (::pipe2(answer.data(), O_CLOEXEC) != 0) {
    const Error error = error_from_errno(errno, "pipe");
    ::close(command[0]);
    ::close(command[1]);
    return tl::unexpected<Error>(error);
  }
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid == 0) witness(command[0], answer[1], parent);
  const int fork_error = errno;
  ::close(command[0]);
  ::close(answer[1]);
  GroupWitness made;
  made.command_fd_ = command[1];
  made.answer_fd_ = answer[0];
  if (pid < 0) return tl::unexpected<Error>(error_from_errno(fork_error, "fork"));  // `made` closes its pipes
  made.pid_ = pid;
  return made;
}

GroupWitness::GroupWitness(GroupWitness&& other) noexcept
    : pid_(std::exchange(other.pid_, 0)),
      command_fd_(std::exchange(other.command_fd_, -1)),
      answer_fd_(std::exchange(other.answer_fd_, -1)),
      seen_(other.seen_) {}

GroupWitness& GroupWitness::operator=(GroupWitness&& other) noexcept {
  if (this == &other) return *this;
  stop();
  pid_ = std::exchange(other.pid_, 0);
  command_fd_ = std::exchange(other.command_fd_, -1);
  answer_fd_ = std::exchange(other.answer_fd_, -1);
  seen_ = other.seen_;
  return *this;
}

GroupWitness::~GroupWitness() { stop(); }

bool GroupWitness::group_got(int signal) {
  if (pid_ <= 0 || signal < 1 || signal > 64) return false;
  auto& count = seen_.at(static_cast<std::size_t>(signal));
  for (int look = 0; look < 2; ++look) {
    if (count > 0 || (query() && count > 0)) {
      --count;
      opposite_seen(signal, true);
      return true;
    }
    if (opposite_seen(signal, false)) return true;
    const timespec pause{0, kSecondLookNs};
    if (look == 0) ::nanosleep(&pause, nullptr);
  }
  return false;
}

// A stop signal that is sent makes the kernel drop a pending SIGCONT, and the other way round. So when Ctrl-Z follows `fg`
// at once, the witness has lost the SIGCONT that we still have in hand; passing that on would undo the stop.
bool GroupWitness::opposite_seen(int signal, bool forget) {
  constexpr std::array kStops{SIGTSTP, SIGTTIN, SIGTTOU};
  const auto look = [&](int number) {
    auto& count = seen_.at(static_cast<std::size_t>(number));
    return forget ? std::exchange(count, std::uint8_t{0}) > 0 : count > 0;
  };
  if (signal != SIGCONT) return std::find(kStops.begin(), kStops.end(), signal) != kStops.end() && look(SIGCONT);
  return std::count_if(kStops.begin(), kStops.end(), look) > 0;
}

bool GroupWitness::query() {
  const Command tell{0};
  if (::write(command_fd_, &tell, sizeof tell) != static_cast<ssize_t>(sizeof tell)) return false;
  pollfd input{answer_fd_, POLLIN, 0};
  Counts counts{};
  if (::poll(&input, 1, kAnswerWithinMs) != 1) return false;
  if (::read(answer_fd_, counts.data(), counts.size()) != static_cast<ssize_t>(counts.size())) return false;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const int sum = seen_[i] + counts[i];
    seen_[i] = static_cast<std::uint8_t>(std::min(sum, 255));
  }
  return true;
}

void GroupWitness::watch_stopped(pid_t child) {
  if (pid_ <= 0) return;
  const Command watch{child};
  if (::write(command_fd_, &watch, sizeof watch) != static_cast<ssize_t>(sizeof watch)) forget();
}

void GroupWitness::stop() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {}
  }
  forget();
}

void GroupWitness::forget() {
  pid_ = 0;
  close_pipes();
}

void GroupWitness::close_pipes() {
  if (command_fd_ >= 0) ::close(command_fd_);
  if (answer_fd_ >= 0) ::close(answer_fd_);
  command_fd_ = answer_fd_ = -1;
}

}  // namespace olivine
