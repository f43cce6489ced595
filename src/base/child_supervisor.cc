#include "base/child_supervisor.h"

#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

namespace olivine {

Result<ChildSupervisor> ChildSupervisor::create(const SignalState& signals, Duration interval) {
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);  // without it orphans go to init and their last CPU time is not seen: no failure
  const int signal_fd = ::signalfd(-1, &signals.watched(), SFD_CLOEXEC | SFD_NONBLOCK);
  if (signal_fd < 0) return tl::unexpected<Error>(error_from_errno(errno, "signalfd"));
  const int timer_fd = ::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
  if (timer_fd < 0) {
    ::close(signal_fd);
    return tl::unexpected<Error>(error_from_errno(errno, "timerfd_create"));
  }
  itimerspec timer{};
  timer.it_interval = {interval.ns / 1'000'000'000, interval.ns % 1'000'000'000};
  timer.it_value = timer.it_interval;
  ::timerfd_settime(timer_fd, 0, &timer, nullptr);
  return ChildSupervisor(signal_fd, timer_fd);
}

ChildSupervisor::ChildSupervisor(ChildSupervisor&& other) noexcept
    : signal_fd_(std::exchange(other.signal_fd_, -1)),
      timer_fd_(std::exchange(other.timer_fd_, -1)),
      child_(other.child_),
      reap_pending_(other.reap_pending_) {}

ChildSupervisor::~ChildSupervisor() {
  if (signal_fd_ >= 0) ::close(signal_fd_);
  if (timer_fd_ >= 0) ::close(timer_fd_);
}

SupervisorEvent ChildSupervisor::wait(int extra_fd) {
  while (true) {
    if (reap_pending_) {
      if (auto event = reap()) return *event;
      reap_pending_ = false;
    }
    std::array<pollfd, 3> fds{{{signal_fd_, POLLIN, 0}, {timer_fd_, POLLIN, 0}, {extra_fd, POLLIN, 0}}};
    if (::poll(fds.data(), extra_fd >= 0 ? 3 : 2, -1) < 0) continue;  // EINTR
    if ((fds[0].revents & POLLIN) != 0) read_signals();
    if (reap_pending_) continue;
    std::uint64_t expirations = 0;
    if ((fds[1].revents & POLLIN) != 0 && ::read(timer_fd_, &expirations, sizeof expirations) == sizeof expirations) {
      SupervisorEvent event;
      event.missed_ticks = static_cast<std::int64_t>(expirations) - 1;
      return event;
    }
    if ((fds[2].revents & POLLIN) != 0) {
      SupervisorEvent event;
      event.kind = SupervisorEvent::Kind::kReadable;
      return event;
    }
  }
}

std::optional<SupervisorEvent> ChildSupervisor::reap() {
  while (true) {
    SupervisorEvent event;
    event.pid = ::wait4(-1, &event.status, WNOHANG | WUNTRACED | WCONTINUED, &event.usage);
    if (event.pid < 0 && errno == EINTR) continue;
    if (event.pid <= 0) return std::nullopt;
    if (WIFSTOPPED(event.status)) {
      if (event.pid == child_) ::raise(SIGSTOP);  // returns when somebody continues us
      continue;
    }
    if (WIFCONTINUED(event.status)) continue;
    event.kind = event.pid == child_ ? SupervisorEvent::Kind::kChildEnded : SupervisorEvent::Kind::kReaped;
    return event;
  }
}

void ChildSupervisor::read_signals() {
  std::array<signalfd_siginfo, 16> infos{};
  const ssize_t got = ::read(signal_fd_, infos.data(), sizeof infos);
  if (got <= 0) return;
  for (std::size_t i = 0; i < static_cast<std::size_t>(got) / sizeof(signalfd_siginfo); ++i) {
    const signalfd_siginfo& info = infos[i];
    const int signal = static_cast<int>(info.ssi_signo);
    if (signal == SIGCHLD) {
      reap_pending_ = true;
      continue;
    }
    const bool from_process = info.ssi_code == SI_USER || info.ssi_code == SI_QUEUE || info.ssi_code == SI_TKILL;
    if (!from_process || child_ <= 0 || static_cast<pid_t>(info.ssi_pid) == ::getpid()) continue;
    if (info.ssi_code == SI_QUEUE) {
      sigval value{};
      value.sival_ptr = reinterpret_cast<void*>(static_cast<std::uintptr_t>(info.ssi_ptr));
      ::sigqueue(child_, signal, value);
    } else {
      ::kill(child_, signal);
    }
  }
}

}  // namespace olivine
