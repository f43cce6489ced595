#include "base/cpu_clock.h"

#include <ctime>

namespace olivine {

std::optional<std::int64_t> process_cpu_ns(pid_t pid) {
  // What clock_getcpuclockid gives, without the system call by which it asks whether the process is there: reading the clock
  // asks that too (linux/posix-timers.h: the pid's complement, and 2 for the scheduler's clock).
  constexpr int kSchedulerClock = 2;
  const auto clock = static_cast<clockid_t>((~static_cast<unsigned>(pid) << 3U) | kSchedulerClock);
  timespec t{};
  if (::clock_gettime(clock, &t) != 0) return std::nullopt;
  return static_cast<std::int64_t>(t.tv_sec) * 1'000'000'000 + t.tv_nsec;
}

}  // namespace olivine
