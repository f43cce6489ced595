#include "acting/pauser.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace olivine {
namespace {

char state(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string text((std::istreambuf_iterator<char>(file)), {});
  const std::size_t end = text.rfind(')');
  return end == std::string::npos ? '?' : text[end + 2];
}

void expect_state(pid_t pid, bool stopped) {
  for (int look = 0; look < 1000 && (state(pid) == 'T') != stopped; ++look) ::usleep(2000);
  EXPECT_EQ(state(pid) == 'T', stopped) << state(pid);
}

pid_t spin() {
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (;;) ::pause();
  }
  return pid;
}

void end(pid_t pid) {
  ::kill(pid, SIGKILL);
  ::waitpid(pid, nullptr, 0);
}

Pauser::Wish signals() { return {PauseUse::kSignals, "test", "/proc", "/sys/fs/cgroup", ""}; }

TEST(Pauser, StopsAndContinuesATree) {
  RealFileSystem files;
  auto pauser = Pauser::create(files, signals());
  ASSERT_TRUE(pauser) << pauser.error().message;
  const std::array<pid_t, 2> work{spin(), spin()};
  const auto tree = [&] { return std::vector<pid_t>(work.begin(), work.end()); };
  for (int round = 0; round < 100; ++round) {
    ASSERT_TRUE((*pauser)->pause(tree));
    EXPECT_TRUE((*pauser)->paused());
    for (const pid_t pid : work) expect_state(pid, true);
    ASSERT_TRUE((*pauser)->resume());
    for (const pid_t pid : work) expect_state(pid, false);
  }
  for (const pid_t pid : work) end(pid);
}

TEST(Pauser, WhatSomebodyElseStoppedStaysStopped) {
  RealFileSystem files;
  auto pauser = Pauser::create(files, signals());
  ASSERT_TRUE(pauser);
  const pid_t work = spin(), other = spin();
  ::kill(other, SIGSTOP);
  expect_state(other, true);
  ASSERT_TRUE((*pauser)->pause([&] { return std::vector<pid_t>{work, other}; }));
  expect_state(work, true);
  ASSERT_TRUE((*pauser)->resume());
  expect_state(work, false);
  expect_state(other, true);
  end(work);
  end(other);
}

TEST(Pauser, ProcessesThatTurnUpMeanwhileAreStoppedToo) {
  RealFileSystem files;
  auto pauser = Pauser::create(files, signals());
  ASSERT_TRUE(pauser);
  std::vector<pid_t> tree{spin()};
  int looks = 0;
  ASSERT_TRUE((*pauser)->pause([&] {
    if (++looks == 2) tree.push_back(spin());
    return tree;
  }));
  for (const pid_t pid : tree) expect_state(pid, true);
  (void)(*pauser)->resume();
  for (const pid_t pid : tree) end(pid);
}

// The pauser's own process is killed while the work is stopped: the guardian lets the work go on.
TEST(Pauser, AKilledPauserLeavesTheWorkRunning) {
  const pid_t work = spin();
  const pid_t owner = ::fork();
  if (owner == 0) {
    RealFileSystem files;
    auto pauser = Pauser::create(files, signals());
    if (!pauser || !(*pauser)->pause([&] { return std::vector<pid_t>{work}; })) ::_exit(1);
    for (;;) ::pause();
  }
  expect_state(work, true);
  end(owner);
  expect_state(work, false);
  end(work);
}

TEST(Pauser, AKilledGuardianIsReplaced) {
  RealFileSystem files;
  auto pauser = Pauser::create(files, signals());
  ASSERT_TRUE(pauser);
  const pid_t work = spin();
  const auto tree = [&] { return std::vector<pid_t>{work}; };
  ASSERT_TRUE((*pauser)->pause(tree));
  const pid_t guardian = (*pauser)->guardian_pid();
  end(guardian);
  (*pauser)->guardian_ended();
  expect_state(work, false);
  ASSERT_TRUE((*pauser)->pause(tree));
  EXPECT_NE((*pauser)->guardian_pid(), guardian);
  expect_state(work, true);
  (void)(*pauser)->resume();
  end(work);
}

TEST(Pauser, FreezesACgroupWhereOneCanBeMade) {
  RealFileSystem files;
  auto pauser =
      Pauser::create(files, {PauseUse::kFreezer, "unit-" + std::to_string(::getpid()), "/proc", "/sys/fs/cgroup", ""});
  if (!pauser) GTEST_SKIP() << pauser.error().message;
  std::array<int, 2> beats{};
  ASSERT_EQ(::pipe(beats.data()), 0);
  const int procs = (*pauser)->procs_fds().front();
  const pid_t work = ::fork();
  if (work == 0) {
    if (::write(procs, "0", 1) != 1) ::_exit(1);
    for (char beat = 'x';; ::usleep(1000))
      if (::write(beats[1], &beat, 1) != 1) ::_exit(0);
  }
  const auto beats_in = [&](int ms) {
    std::array<char, 4096> text{};
    ::fcntl(beats[0], F_SETFL, O_NONBLOCK);
    while (::read(beats[0], text.data(), text.size()) > 0) {}
    ::usleep(static_cast<useconds_t>(ms) * 1000);
    return ::read(beats[0], text.data(), text.size()) > 0;
  };
  EXPECT_TRUE(beats_in(500));
  for (int round = 0; round < 3; ++round) {
    ASSERT_TRUE((*pauser)->pause({}));
    EXPECT_FALSE(beats_in(50)) << (*pauser)->name();
    ASSERT_TRUE((*pauser)->resume());
    EXPECT_TRUE(beats_in(500));
  }
  end(work);
}

// A cgroup that cannot be thawed now is still paused, and can be let go later.
TEST(Pauser, AFailedThawIsNotForgotten) {
  std::string folder = "/tmp/olivine-pauser-XXXXXX";
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  const std::string freeze = folder + "/cgroup.freeze";
  std::ofstream(freeze) << "0";
  std::ofstream(folder + "/cgroup.events") << "populated 1\nfrozen 1\n";
  RealFileSystem files;
  auto pauser = Pauser::create(files, {PauseUse::kFreezer, "thaw", "/proc", "/sys/fs/cgroup", folder});
  ASSERT_TRUE(pauser) << pauser.error().message;
  ASSERT_TRUE((*pauser)->pause({}));
  std::filesystem::remove(freeze);
  std::filesystem::create_directory(freeze);  // not writable, for root neither
  EXPECT_FALSE((*pauser)->resume());
  EXPECT_TRUE((*pauser)->paused());
  std::filesystem::remove(freeze);
  std::ofstream(freeze) << "1";
  EXPECT_TRUE((*pauser)->resume());
  EXPECT_FALSE((*pauser)->paused());
  std::string state;
  std::ifstream(freeze) >> state;
  EXPECT_EQ(state, "0");
  pauser->reset();
  std::filesystem::remove_all(folder);
}

// Killed with its work frozen: the guardian thaws it, and no cgroup is left behind.
TEST(Pauser, AKilledPauserLeavesNoCgroup) {
  RealFileSystem files;
  std::array<int, 2> pipe{};
  ASSERT_EQ(::pipe(pipe.data()), 0);
  const pid_t owner = ::fork();
  if (owner == 0) {
    auto pauser = Pauser::create(
        files, {PauseUse::kFreezer, "killed-" + std::to_string(::getpid()), "/proc", "/sys/fs/cgroup", ""});
    if (!pauser) ::_exit(1);
    const pid_t work = spin();
    const std::string text = std::to_string(work);
    if (::write((*pauser)->procs_fds().front(), text.data(), text.size()) < 0 || !(*pauser)->pause({})) ::_exit(1);
    if (::write(pipe[1], &work, sizeof work) != sizeof work) ::_exit(1);
    for (;;) ::pause();
  }
  ::close(pipe[1]);
  pid_t work = 0;
  if (::read(pipe[0], &work, sizeof work) != sizeof work) {
    end(owner);
    GTEST_SKIP() << "no cgroup can be made here that freezes";
  }
  const auto left = [&] {
    for (const auto* base : {"/sys/fs/cgroup", "/sys/fs/cgroup/freezer"})
      for (const auto& entry : std::filesystem::recursive_directory_iterator(
               base, std::filesystem::directory_options::skip_permission_denied))
        if (entry.path().filename() == "olivine-pause-killed-" + std::to_string(owner)) return true;
    return false;
  };
  EXPECT_TRUE(left());
  end(owner);
  for (int look = 0; look < 500 && left(); ++look) ::usleep(10'000);
  EXPECT_FALSE(left());
}

TEST(Pauser, DeadCgroupsAreRemovedAndLivingOnesAreNot) {
  std::string folder = "/tmp/olivine-pauser-XXXXXX";
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  const std::string procfs = folder + "/proc", cgroups = folder + "/cgroup";
  std::filesystem::create_directories(procfs + "/self");
  std::ofstream(procfs + "/self/cgroup") << "4:freezer:/\n3:cpu,cpuacct:/a\n0::/b\n";
  for (const char* empty : {"/freezer/olivine-pause-r1", "/cpu/a/olivine-r1", "/cpu,cpuacct/a/olivine-r1",
                            "/unified/b/olivine-r1", "/b/olivine-pause-r1"})
    std::filesystem::create_directories(cgroups + empty);
  std::filesystem::create_directories(cgroups + "/freezer/olivine-pause-r2");
  std::filesystem::create_directories(cgroups + "/freezer/olivine-r1/child");  // not empty, as one with processes
  RealFileSystem files;
  remove_dead_cgroups(files, procfs, cgroups, "r1");
  std::vector<std::string> left;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(cgroups))
    if (entry.path().filename().string().starts_with("olivine-"))
      left.push_back(entry.path().string().substr(cgroups.size()));
  std::sort(left.begin(), left.end());
  EXPECT_EQ(left, (std::vector<std::string>{"/freezer/olivine-pause-r2", "/freezer/olivine-r1"}));
  std::filesystem::remove_all(folder);
}

TEST(Pauser, Names) {
  EXPECT_EQ(pause_use_from("freezer"), PauseUse::kFreezer);
  EXPECT_EQ(pause_use_from("sigstop").error().message, "\"sigstop\" is not one of auto, freezer, signals");
}

}  // namespace
}  // namespace olivine
