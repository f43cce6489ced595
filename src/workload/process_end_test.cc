#include "workload/process_end.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

namespace olivine {
namespace {

TEST(ProcessEnd, ReadsTheStateAndTheThreads) {
  const char* kRest = " 1 7 7 0 -1 4194304 0 0 0 0 1 2 0 0 20 0 ";
  const auto stat = [&](const char* state, int threads) {
    return "7 (a) Z (b) " + std::string(state) + kRest + std::to_string(threads) + " 0 99 0 0";
  };
  for (const char* state : {"R", "S", "D", "T", "t", "I"}) EXPECT_FALSE(stat_says_ended(stat(state, 1))) << state;
  for (const char* state : {"Z", "X"}) EXPECT_TRUE(stat_says_ended(stat(state, 1))) << state;
  EXPECT_FALSE(stat_says_ended(stat("Z", 3))) << "other threads go on";
  for (const char* text : {"", "7", "7 (a", "7 (a) Z", "7 (a) Z 1 7 7 0 -1 4194304 0 0 0 0 1 2 0 0 20 0"})
    EXPECT_FALSE(stat_says_ended(text)) << text;
}

TEST(ProcessEnd, AProcessIsSeenToEnd) {
  RealFileSystem files;
  EXPECT_FALSE(has_ended(files, ::getpid()));
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0)
    for (;;) ::pause();
  EXPECT_FALSE(has_ended(files, child));
  ::kill(child, SIGKILL);
  siginfo_t info{};
  ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT), 0);
  EXPECT_TRUE(has_ended(files, child)) << "not reaped yet";
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  EXPECT_TRUE(has_ended(files, child));
}

}  // namespace
}  // namespace olivine
