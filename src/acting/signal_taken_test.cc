#include "acting/signal_taken.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>

namespace olivine {
namespace {

// A child in that state, asked, and ended.
bool taken_by_child(void (*prepare)()) {
  std::array<int, 2> ready{};
  EXPECT_EQ(::pipe(ready.data()), 0);
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::signal(SIGUSR1, SIG_DFL);
    prepare();
    if (::write(ready[1], "x", 1) != 1) ::_exit(1);
    for (;;) ::pause();
  }
  char byte = 0;
  EXPECT_EQ(::read(ready[0], &byte, 1), 1);
  RealFileSystem files;
  const bool taken = takes_signal(files, "/proc", pid, SIGUSR1);
  EXPECT_FALSE(takes_signal(files, "/proc", pid, SIGUSR2)) << "the other one";
  ::kill(pid, SIGKILL);
  ::waitpid(pid, nullptr, 0);
  ::close(ready[0]);
  ::close(ready[1]);
  EXPECT_FALSE(takes_signal(files, "/proc", pid, SIGUSR1)) << "it is gone";
  return taken;
}

TEST(SignalTaken, ByAHandlerOrByWhoWaitsForIt) {
  EXPECT_TRUE(taken_by_child([] { ::signal(SIGUSR1, [](int) {}); }));
  EXPECT_TRUE(taken_by_child([] {
    sigset_t one;
    sigemptyset(&one);
    sigaddset(&one, SIGUSR1);
    ::sigprocmask(SIG_BLOCK, &one, nullptr);
  }));
  EXPECT_FALSE(taken_by_child([] {}));
  EXPECT_FALSE(taken_by_child([] { ::signal(SIGUSR1, SIG_IGN); }));
}

}  // namespace
}  // namespace olivine
