#include "base/process_stat.h"

#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

namespace olivine {
namespace {

TEST(ProcessStat, OfAChildWithAStrangeName) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::prctl(PR_SET_NAME, "a) S 7 (b");
    for (;;) ::pause();
  }
  for (int look = 0; look < 1000 && process_stat(child).state != 'S'; ++look) ::usleep(1000);
  const ProcessStat stat = process_stat(child);
  EXPECT_EQ(stat.state, 'S');
  EXPECT_EQ(stat.parent, ::getpid());
  EXPECT_GE(stat.start_ticks, process_stat(::getpid()).start_ticks);
  EXPECT_GT(stat.start_ticks, 0);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  const ProcessStat gone = process_stat(child);
  EXPECT_EQ(gone.state, '?');
  EXPECT_EQ(gone.start_ticks, 0);
}

}  // namespace
}  // namespace olivine
