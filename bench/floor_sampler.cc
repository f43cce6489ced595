// The floor of a sampler: pread a set of kept-open files at absolute deadlines, and nothing else.
//   floor_sampler INTERVAL_US SECONDS FILE...
#include <fcntl.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <vector>

int main(int argc, char** argv) {
  if (argc < 4) return 2;
  const long interval_ns = std::atol(argv[1]) * 1000;
  const long ticks = std::atol(argv[2]) * 1'000'000'000L / interval_ns;
  std::vector<int> fds;
  for (int i = 3; i < argc; ++i) fds.push_back(::open(argv[i], O_RDONLY | O_CLOEXEC));
  ::prctl(PR_SET_TIMERSLACK, 1UL);
  timespec next{};
  ::clock_gettime(CLOCK_MONOTONIC, &next);
  std::array<char, 4096> buffer{};
  long sum = 0;
  for (long tick = 0; tick < ticks; ++tick) {
    next.tv_nsec += interval_ns;
    while (next.tv_nsec >= 1'000'000'000L) {
      next.tv_nsec -= 1'000'000'000L;
      ++next.tv_sec;
    }
    ::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, nullptr);
    for (const int fd : fds) sum += ::pread(fd, buffer.data(), buffer.size(), 0);
  }
  return sum > 0 ? 0 : 1;
}
