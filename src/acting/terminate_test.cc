#include "acting/terminate.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "base/process_stat.h"

namespace olivine {
namespace {

// A process that sleeps; with `deaf` it ignores SIGTERM. It says so by a byte before it is used.
pid_t sleeper(bool deaf) {
  int ready[2];
  if (::pipe(ready) != 0) return -1;
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::signal(SIGTERM, deaf ? SIG_IGN : SIG_DFL);
    if (::write(ready[1], "x", 1) != 1) ::_exit(1);
    for (;;) ::pause();
  }
  char byte = 0;
  EXPECT_EQ(::read(ready[0], &byte, 1), 1);
  ::close(ready[0]);
  ::close(ready[1]);
  return pid;
}

int signal_that_ended(pid_t pid) {
  int status = 0;
  ::waitpid(pid, &status, 0);
  return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

TEST(Terminate, AStoppedProcessActsOnItToo) {
  const pid_t running = sleeper(false), stopped = sleeper(false);
  ::kill(stopped, SIGSTOP);
  int status = 0;
  ::waitpid(stopped, &status, WUNTRACED);
  ASSERT_TRUE(WIFSTOPPED(status));
  signal_tree([&] { return std::vector<pid_t>{running, stopped, 0x3ffffff}; }, SIGTERM);
  EXPECT_EQ(signal_that_ended(running), SIGTERM);
  EXPECT_EQ(signal_that_ended(stopped), SIGTERM);
}

TEST(Terminate, KillReachesWhatIgnoresTheRequestAndWhatTurnsUpLate) {
  const pid_t deaf = sleeper(true), late = sleeper(true);
  signal_tree([&] { return std::vector<pid_t>{deaf}; }, SIGTERM);
  EXPECT_EQ(::waitpid(deaf, nullptr, WNOHANG), 0);
  int asked = 0;
  ASSERT_TRUE(kill_tree([&] { return ++asked == 1 ? std::vector<pid_t>{deaf} : std::vector<pid_t>{deaf, late}; }));
  EXPECT_EQ(signal_that_ended(deaf), SIGKILL);
  EXPECT_EQ(signal_that_ended(late), SIGKILL);
}

}  // namespace
}  // namespace olivine
