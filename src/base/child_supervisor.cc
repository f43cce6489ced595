#include "base/child_supervisor.h"

#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

namespace olivine {
namespace {

// Raised by the kernel because of what we ourselves did: no business of the child.
bool is_our_own_doing(const signalfd_siginfo& info) {
  const int signal = static_cast<int>(info.ssi_signo);
  const bool of_limits = signal == SIGPIPE || signal == SIGXCPU || signal == SIGXFSZ;
  return (info.ssi_code == SI_KERNEL && of_limits) ||
         (info.ssi_code <= 0 && static_cast<pid_t>(info.ssi_pid) == ::getpid());
}

// Without a witness: signals of the terminal come from the kernel and went to the whole group. Timers that were set
// before we were executed also come from the kernel, but to us alone.
bool likely_for_us_alone(const signalfd_siginfo& info) {
  const int signal = static_cast<int>(info.ssi_signo);
  if (info.ssi_code != SI_KERNEL) return true;
  if (signal == SIGHUP) return ::getsid(0) == ::getpid();  // a hang-up goes to the session's leader
  return signal == SIGALRM || signal == SIGVTALRM || signal == SIGPROF;
}

}  // namespace

Result<ChildSupervisor> ChildSupervisor::create(const SignalState& signals, Duration interval) {
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);  // without it orphans go to init and their last CPU time is not seen: no failure
  const int signal_fd = ::signalfd(-1, &signals.watched(), SFD_CLOEXEC | SFD_NONBLOCK);
  if (signal_fd < 0) return tl::unexpected<Error>(error_from_errno(errno, "signalfd"));
  const int timer_fd = ::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
  if (timer_fd < 0) {
    const Error error = error_from_errno(errno, "timerfd_create");
    ::close(signal_fd);
    return tl::unexpected<Error>(error);
  }
  itimerspec timer{};
  timer.it_interval = {interval.ns / 1'000'000'000, interval.ns % 1'000'000'000};
  timer.it_value = timer.it_interval;  // a periodic timer keeps its deadlines, however late a tick is read
  ::timerfd_settime(timer_fd, 0, &timer, nullptr);
  return ChildSupervisor(signal_fd, timer_fd);
}

ChildSupervisor::ChildSupervisor(ChildSupervisor&& other) noexcept
    : signal_fd_(std::exchange(other.signal_fd_, -1)),
      timer_fd_(std::exchange(other.timer_fd_, -1)),
      child_(other.child_),
      reap_pending_(other.reap_pending_),
      witness_(std::move(other.witness_)) {}

ChildSupervisor::~ChildSupervisor() {
  if (signal_fd_ >= 0) ::close(signal_fd_);
  if (timer_fd_ >= 0) ::close(timer_fd_);
}

tl::expected<StartedChild, StartError> ChildSupervisor::start(const std::vector<std::string>& argv,
                                                              const SignalState& signals,
                                                              const ChildPlacement& placement) {
  if (auto witness = GroupWitness::start()) witness_ = std::move(*witness);
  auto child = start_child_placed(argv, signals, placement);
  if (!child && child.error().exit_code == 125 && witness_.present()) {
    witness_.stop();  // perhaps it took the last process that the limits allow
    child = start_child_placed(argv, signals, placement);
  }
  if (child)
    child_ = child->pid;
  else
    witness_.stop();
  return child;
}

SupervisorEvent ChildSupervisor::wait(int extra_fd, Duration at_most) {
  const int at_most_ms = at_most.ns < 0 ? -1 : static_cast<int>((at_most.ns + 999'999) / 1'000'000);
  while (true) {
    if (reap_pending_) {
      if (auto event = reap()) return *event;
      reap_pending_ = false;
    }
    std::array<pollfd, 3> fds{{{signal_fd_, POLLIN, 0}, {timer_fd_, POLLIN, 0}, {extra_fd, POLLIN, 0}}};
    const int ready = ::poll(fds.data(), extra_fd >= 0 ? 3 : 2, at_most_ms);
    if (ready < 0) continue;  // EINTR
    if (ready == 0) {
      SupervisorEvent event;
      event.kind = SupervisorEvent::Kind::kNothing;
      return event;
    }
    if ((fds[0].revents & POLLIN) != 0) read_signals();
    if (reap_pending_) continue;
    if (seen_ != 0) {
      SupervisorEvent event;
      event.kind = SupervisorEvent::Kind::kSignal;
      event.signals = std::exchange(seen_, 0);
      return event;
    }
    std::uint64_t expirations = 0;
    if ((fds[1].revents & POLLIN) != 0 && ::read(timer_fd_, &expirations, sizeof expirations) == sizeof expirations) {
      SupervisorEvent event;
      event.missed_ticks = static_cast<std::int64_t>(expirations) - 1;
      return event;
    }
    if (extra_fd >= 0 && fds[2].revents != 0) {
      SupervisorEvent event;
      event.kind = SupervisorEvent::Kind::kReadable;
      return event;
    }
  }
}

std::optional<SupervisorEvent> ChildSupervisor::reap() {
  while (true) {
    SupervisorEvent event;
    event.pid = ::wait4(-1, &event.status, WNOHANG | WUNTRACED | WCONTINUED | __WALL, &event.usage);
    if (event.pid < 0 && errno == EINTR) continue;
    if (event.pid <= 0) return std::nullopt;
    if (WIFSTOPPED(event.status)) {
      if (event.pid == child_ && !expect_stops_) stop_with_child(WSTOPSIG(event.status));
      continue;
    }
    if (WIFCONTINUED(event.status)) continue;
    if (event.pid == witness_.pid()) {
      witness_.forget();
      continue;
    }
    event.kind = event.pid == child_ ? SupervisorEvent::Kind::kChildEnded : SupervisorEvent::Kind::kReaped;
    if (event.pid == child_) {
      child_ = 0;  // its number may now be given to somebody else: nothing is sent there any more
      witness_.stop();
    }
    return event;
  }
}

// Returns when somebody has continued us, or at once where the signal does not stop us (an orphaned group).
void ChildSupervisor::stop_with_child(int signal) {
  witness_.watch_stopped(child_);
  struct sigaction plain{}, before{};
  plain.sa_handler = SIG_DFL;
  sigset_t only;
  sigemptyset(&only);
  sigaddset(&only, signal);
  ::sigaction(signal, &plain, &before);
  ::raise(signal);
  ::sigprocmask(SIG_UNBLOCK, &only, nullptr);
  ::sigprocmask(SIG_BLOCK, &only, nullptr);
  ::sigaction(signal, &before, nullptr);
}

void ChildSupervisor::read_signals() {
  std::array<signalfd_siginfo, 16> infos;
  const ssize_t got = ::read(signal_fd_, infos.data(), sizeof infos);
  if (got <= 0) return;
  for (std::size_t i = 0; i < static_cast<std::size_t>(got) / sizeof(signalfd_siginfo); ++i) {
    const signalfd_siginfo& info = infos[i];
    const bool from_process = info.ssi_code == SI_USER || info.ssi_code == SI_QUEUE || info.ssi_code == SI_TKILL;
    if (info.ssi_signo == SIGCHLD) reap_pending_ = true;
    if (info.ssi_signo == SIGCHLD && !from_process) continue;
    if ((expect_stops_ || report_signals_) && info.ssi_signo != SIGCHLD && !is_our_own_doing(info))
      seen_ |= std::uint64_t{1} << (info.ssi_signo - 1);
    if (concerns_child(info)) forward(info);
  }
}

bool ChildSupervisor::concerns_child(const signalfd_siginfo& info) {
  if (child_ <= 0 || is_our_own_doing(info)) return false;
  if (witness_.present() && info.ssi_code <= 0 && static_cast<pid_t>(info.ssi_pid) == witness_.pid()) return false;
  const bool went_to_group =
      witness_.present() ? witness_.group_got(static_cast<int>(info.ssi_signo)) : !likely_for_us_alone(info);
  return !went_to_group || ::getpgid(child_) != ::getpgrp();
}

void ChildSupervisor::forward(const signalfd_siginfo& info) const {
  const int signal = static_cast<int>(info.ssi_signo);
  if (info.ssi_code != SI_QUEUE) {
    ::kill(child_, signal);
    return;
  }
  siginfo_t queued{};  // sender and value as we got them
  queued.si_signo = signal;
  queued.si_code = SI_QUEUE;
  queued.si_pid = static_cast<pid_t>(info.ssi_pid);
  queued.si_uid = info.ssi_uid;
  queued.si_value.sival_ptr = reinterpret_cast<void*>(static_cast<std::uintptr_t>(info.ssi_ptr));
  if (::syscall(SYS_rt_sigqueueinfo, child_, signal, &queued) != 0) ::kill(child_, signal);
}

}  // namespace olivine
