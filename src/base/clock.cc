#include "base/clock.h"

#include <ctime>

namespace olivine {

namespace {
std::int64_t read_clock_ns(clockid_t clock) {
  timespec value{};
  ::clock_gettime(clock, &value);  // cannot fail for these three clocks on a kernel since 2.6.39
  return static_cast<std::int64_t>(value.tv_sec) * 1'000'000'000 + value.tv_nsec;
}
}  // namespace

Now SystemClock::now() const {
  Now now;
  now.wall.ns = read_clock_ns(CLOCK_REALTIME);
  now.mono.ns = read_clock_ns(CLOCK_MONOTONIC);
  now.boot_ns = read_clock_ns(CLOCK_BOOTTIME);
  return now;
}

}  // namespace olivine
