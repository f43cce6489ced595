#include "base/subprocess.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

#include "base/clock.h"

namespace olivine {
namespace {

TEST(Subprocess, OutputAndExitCode) {
  const auto said = run_program({"sh", "-c", "echo out; echo err >&2; cat; exit 7"}, "in");
  ASSERT_TRUE(said) << said.error().message;
  EXPECT_EQ(said->out, "out\nin");
  EXPECT_EQ(said->err, "err\n");
  EXPECT_EQ(said->exit_code, 7);
}

TEST(Subprocess, ASignalIsAnExitCodeToo) {
  const auto said = run_program({"sh", "-c", "kill -TERM $$"});
  ASSERT_TRUE(said);
  EXPECT_EQ(said->exit_code, 128 + 15);
}

TEST(Subprocess, MoreThanAPipeHoldsGoesBothWays) {
  const std::string much(3 << 20, 'x');
  const auto said = run_program({"cat"}, much);
  ASSERT_TRUE(said);
  EXPECT_EQ(said->out, much);
}

TEST(Subprocess, OneThatDoesNotReadIsNotWaitedFor) {
  const auto said = run_program({"sh", "-c", "exec <&-; echo done"}, std::string(3 << 20, 'x'));
  ASSERT_TRUE(said);
  EXPECT_EQ(said->out, "done\n");
}

// Also one that does not heed SIGTERM, or whose outputs have ended, or whose child holds them.
TEST(Subprocess, OneThatHangsIsEnded) {
  for (const char* script :
       {"exec sleep 60", "trap '' TERM; exec sleep 60", "exec >&- 2>&-; exec sleep 60", "sleep 3 & exit 0"}) {
    const std::int64_t begun_ns = SystemClock().now().mono.ns;
    const auto said = run_program({"sh", "-c", script}, {}, seconds(1));
    ASSERT_FALSE(said) << script;
    EXPECT_EQ(said.error().kind, ErrorKind::kTransient) << script;
    EXPECT_EQ(said.error().message, "sh -c did not end within 1 s: it was stopped");
    EXPECT_LT(SystemClock().now().mono.ns - begun_ns, seconds(10).ns) << script;
  }
  const auto quick = run_program({"sh", "-c", "cat; exit 3"}, "in", seconds(30));
  ASSERT_TRUE(quick);
  EXPECT_EQ(quick->out, "in");
  EXPECT_EQ(quick->exit_code, 3);
}

TEST(Subprocess, WhatIsNotThereIsNamed) {
  const auto said = run_program({"olivine-no-such-program"});
  ASSERT_FALSE(said);
  EXPECT_EQ(said.error().kind, ErrorKind::kNotFound);
  EXPECT_NE(said.error().message.find("olivine-no-such-program"), std::string::npos);
}

TEST(Subprocess, ItsEnvironmentIsOursAndMore) {
  SpawnWish wish;
  wish.words = {"sh", "-c", "exit $EXTRA"};
  wish.environment = {"EXTRA=5"};
  const auto pid = spawn(wish);
  ASSERT_TRUE(pid);
  int status = 0;
  ::waitpid(*pid, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 5);
}

TEST(Subprocess, ADescriptorAndASessionOfItsOwn) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  SpawnWish wish;
  wish.words = {"sh", "-c", "read -r _ _ _ _ _ session _ </proc/$$/stat; echo $((session == $$)) >&3"};
  wish.fd_3 = ends[1];
  wish.own_session = true;
  const auto pid = spawn(wish);
  ::close(ends[1]);
  ASSERT_TRUE(pid);
  std::array<char, 8> said{};
  EXPECT_EQ(::read(ends[0], said.data(), said.size()), 2);
  EXPECT_EQ(said[0], '1');
  ::close(ends[0]);
  ::waitpid(*pid, nullptr, 0);
}

TEST(Subprocess, AVariableOfOursGivesWay) {
  ::setenv("OLIVINE_TEST_EXTRA", "1", 1);
  ::setenv("OLIVINE_TEST_EXTRA_TOO", "2", 1);  // begins alike
  std::array<int, 2> pipe{};
  ASSERT_EQ(::pipe(pipe.data()), 0);
  SpawnWish wish;
  wish.words = {"cat", "/proc/self/environ"};
  wish.environment = {"OLIVINE_TEST_EXTRA=5"};
  wish.stdout_fd = pipe[1];
  const auto pid = spawn(wish);
  ::close(pipe[1]);
  ASSERT_TRUE(pid);
  std::string environment;
  std::array<char, 4096> bytes{};
  for (ssize_t got = 0; (got = ::read(pipe[0], bytes.data(), bytes.size())) > 0;)
    environment.append(bytes.data(), static_cast<std::size_t>(got));
  ::close(pipe[0]);
  ::waitpid(*pid, nullptr, 0);
  ::unsetenv("OLIVINE_TEST_EXTRA");
  ::unsetenv("OLIVINE_TEST_EXTRA_TOO");
  EXPECT_EQ(environment.find("OLIVINE_TEST_EXTRA=1"), std::string::npos);
  EXPECT_NE(environment.find("OLIVINE_TEST_EXTRA=5"), std::string::npos);
  EXPECT_NE(environment.find("OLIVINE_TEST_EXTRA_TOO=2"), std::string::npos);
}

}  // namespace
}  // namespace olivine
