#include "workload/task_clock.h"

#include <fmt/core.h>
#include <linux/perf_event.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>
#include <optional>

namespace olivine {
namespace {

constexpr int kTries = 4;
constexpr std::size_t kMostTasks = 512;  // a descriptor each
constexpr char kPrimerName[] = "olivine-primer";

int open_task_clock(pid_t task, bool inherit) {
  perf_event_attr attributes;
  std::memset(&attributes, 0, sizeof attributes);
  attributes.size = sizeof attributes;
  attributes.type = PERF_TYPE_SOFTWARE;
  attributes.config = PERF_COUNT_SW_TASK_CLOCK;
  attributes.inherit = inherit ? 1 : 0;
  attributes.exclude_kernel = 1;  // asked of ordinary users; time in the kernel counts all the same
  attributes.exclude_hv = 1;
  return static_cast<int>(::syscall(SYS_perf_event_open, &attributes, task, -1, -1, PERF_FLAG_FD_CLOEXEC));
}

Error refusal(int error_number) {
  const std::string why = fmt::format("perf task clocks: {}", std::strerror(error_number));
  if (error_number == ESRCH) return {ErrorKind::kNotFound, why};
  if (error_number == EACCES || error_number == EPERM) return {ErrorKind::kPermission, why};
  if (error_number == EMFILE || error_number == ENFILE || error_number == ENOMEM) return {ErrorKind::kTransient, why};
  return {ErrorKind::kUnsupported, why};
}

class SystemTaskCounter final : public TaskCounter {
 public:
  explicit SystemTaskCounter(int fd) : fd_(fd) {}
  SystemTaskCounter(const SystemTaskCounter&) = delete;
  SystemTaskCounter& operator=(const SystemTaskCounter&) = delete;
  ~SystemTaskCounter() override { ::close(fd_); }

  Result<std::int64_t> read_ns() override {
    std::uint64_t count = 0;
    ssize_t bytes = 0;
    do {
      bytes = ::read(fd_, &count, sizeof count);
    } while (bytes < 0 && errno == EINTR);
    if (bytes < 0) return tl::unexpected<Error>(refusal(errno));
    if (bytes != static_cast<ssize_t>(sizeof count) || count > static_cast<std::uint64_t>(INT64_MAX))
      return fail(ErrorKind::kGone, "perf task clocks: the kernel stopped a counter");
    return static_cast<std::int64_t>(count);
  }

 private:
  int fd_;
};

// Runs after fork: system calls only, no memory allocation.
[[noreturn]] void primer(pid_t parent, const timespec& wait) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::prctl(PR_SET_NAME, kPrimerName);
  sigset_t all;
  sigfillset(&all);
  ::sigprocmask(SIG_SETMASK, &all, nullptr);
#ifdef SYS_close_range
  ::syscall(SYS_close_range, 0U, ~0U, 0U);  // a pipe that the command closes must not stay open through us
#endif
  ::nanosleep(&wait, nullptr);
  if (::getppid() != parent) ::_exit(ESRCH);
  ::_exit(open_task_clock(0, false) < 0 ? errno : 0);
}

}  // namespace

Result<std::unique_ptr<TaskCounter>> SystemTaskCounters::open(std::int64_t task) {
  const int fd = open_task_clock(static_cast<pid_t>(task), true);
  if (fd < 0) return tl::unexpected<Error>(refusal(errno));
  return std::make_unique<SystemTaskCounter>(fd);
}

Result<TaskClock> TaskClock::open(TaskCounters& counters, const std::function<Result<Look>()>& look) {
  for (int tries = 1;; ++tries) {
    OLIVINE_TRY(Look before, look());
    if (before.tasks.size() > kMostTasks)
      return fail(ErrorKind::kUnsupported, fmt::format("perf task clocks: more than {} tasks at once", kMostTasks));
    std::sort(before.tasks.begin(), before.tasks.end());
    TaskClock clock;
    clock.base_ns_ = before.cpu_ns;
    std::optional<Error> refused;
    for (const std::int64_t task : before.tasks) {
      auto counter = counters.open(task);
      if (counter) {
        clock.counters_.push_back(std::move(*counter));
      } else if (counter.error().kind == ErrorKind::kPermission) {
        refused = counter.error();  // a program of another user: followed by its rusage only
      } else if (counter.error().kind != ErrorKind::kNotFound) {
        return tl::unexpected<Error>(counter.error());
      }
    }
    if (clock.counters_.empty() && refused) return tl::unexpected<Error>(*refused);
    OLIVINE_TRY(const Look after, look());
    const bool settled = std::all_of(after.tasks.begin(), after.tasks.end(), [&](std::int64_t task) {
      return std::binary_search(before.tasks.begin(), before.tasks.end(), task);
    });
    if (!settled && tries < kTries) continue;
    if (clock.counters_.empty()) return fail(ErrorKind::kNotFound, "perf task clocks: nothing of the run lives");
    return clock;
  }
}

Result<std::int64_t> TaskClock::ns() {
  std::int64_t sum = base_ns_;
  for (const auto& counter : counters_) {
    OLIVINE_TRY(const std::int64_t ns, counter->read_ns());
    sum += ns;
  }
  return sum;
}

Result<pid_t> start_task_clock_primer(Duration wait) {
  const pid_t parent = ::getpid();
  const timespec pause{wait.ns / 1'000'000'000, wait.ns % 1'000'000'000};
  const pid_t pid = ::fork();
  if (pid < 0) return fail(ErrorKind::kTransient, fmt::format("perf task clocks: fork: {}", std::strerror(errno)));
  if (pid == 0) primer(parent, pause);
  return pid;
}

Status task_clock_primed(int wait_status) {
  if (!WIFEXITED(wait_status)) return fail(ErrorKind::kTransient, "perf task clocks: the primer was killed");
  if (WEXITSTATUS(wait_status) != 0) return tl::unexpected<Error>(refusal(WEXITSTATUS(wait_status)));
  return {};
}

}  // namespace olivine
