#include "base/cpu_clock.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <ctime>

namespace olivine {
namespace {

TEST(ProcessCpu, IsThatOfTheProcessAndNoneWhenItIsGone) {
  timespec before{}, after{};
  ASSERT_EQ(::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before), 0);
  const auto own = process_cpu_ns(::getpid());
  ASSERT_EQ(::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after), 0);
  ASSERT_TRUE(own);
  const auto ns = [](const timespec& t) { return static_cast<std::int64_t>(t.tv_sec) * 1'000'000'000 + t.tv_nsec; };
  EXPECT_GE(*own, ns(before));
  EXPECT_LE(*own, ns(after));

  const pid_t child = ::fork();
  if (child == 0) {
    ::pause();
    ::_exit(0);
  }
  const auto idle = process_cpu_ns(child);
  ASSERT_TRUE(idle);
  EXPECT_LT(*idle, 100'000'000);
  ::kill(child, SIGKILL);
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  EXPECT_FALSE(process_cpu_ns(child));
}

}  // namespace
}  // namespace olivine
