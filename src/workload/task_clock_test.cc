#include "workload/task_clock.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <map>
#include <set>

#include "base/prng.h"
#include "testing/memory_file_system.h"
#include "workload/process_tree.h"

namespace olivine {
namespace {

// Tasks with their true time, and counters that are inherited at a fork, as the kernel does it.
class FakeKernel final : public TaskCounters {
 public:
  struct Task {
    std::int64_t cpu_ns = 0;
    std::set<int> counted_by;
    ErrorKind refuses = ErrorKind::kInternal;  // kInternal: it does not
  };
  class Counter final : public TaskCounter {
   public:
    Counter(FakeKernel& kernel, int id) : kernel_(kernel), id_(id) {}
    Counter(const Counter&) = delete;
    Counter& operator=(const Counter&) = delete;
    ~Counter() override { kernel_.counts.erase(id_); }
    Result<std::int64_t> read_ns() override { return kernel_.counts.at(id_); }

   private:
    FakeKernel& kernel_;
    int id_;
  };

  Result<std::unique_ptr<TaskCounter>> open(std::int64_t task) override {
    if (on_open) on_open();
    const auto found = tasks.find(task);
    if (found == tasks.end()) return fail(ErrorKind::kNotFound, "no such task");
    if (found->second.refuses != ErrorKind::kInternal) return fail(found->second.refuses, "refused");
    counts[next_id_] = 0;
    found->second.counted_by.insert(next_id_);
    return std::make_unique<Counter>(*this, next_id_++);
  }
  std::int64_t fork(std::int64_t parent) {
    const std::int64_t child = next_task_++;
    tasks[child].counted_by = tasks.at(parent).counted_by;
    return child;
  }
  void work(std::int64_t task, std::int64_t ns) {
    tasks.at(task).cpu_ns += ns;
    total_ns += ns;
    for (const int id : tasks.at(task).counted_by)
      if (counts.contains(id)) counts[id] += ns;
  }
  TaskClock::Look look() const {
    TaskClock::Look look;
    look.cpu_ns = total_ns;
    for (const auto& [task, unused] : tasks) look.tasks.push_back(task);
    return look;
  }

  std::map<std::int64_t, Task> tasks{{100, {}}};
  std::map<int, std::int64_t> counts;
  std::int64_t total_ns = 0;
  std::function<void()> on_open;

 private:
  int next_id_ = 1;
  std::int64_t next_task_ = 101;
};

TEST(TaskClock, CountsListedTasksAndAllThatTheyStart) {
  FakeKernel kernel;
  const std::int64_t second = kernel.fork(100);
  kernel.work(100, 70);
  kernel.work(second, 50);
  auto clock = TaskClock::open(kernel, [&] { return kernel.look(); });
  ASSERT_TRUE(clock);
  EXPECT_EQ(clock->ns(), 120);
  const std::int64_t child = kernel.fork(100), grandchild = kernel.fork(child);
  kernel.work(100, 30);
  kernel.work(second, 5);
  kernel.tasks.erase(second);
  kernel.work(grandchild, 2);
  kernel.tasks.erase(grandchild);  // nobody waits for it
  EXPECT_EQ(clock->ns(), 157);
}

TEST(TaskClock, ARaceWithAForkIsTriedAgain) {
  FakeKernel kernel;
  int forks = 2;
  kernel.on_open = [&] {
    if (forks-- > 0) kernel.work(kernel.fork(100), 3);
  };
  auto clock = TaskClock::open(kernel, [&] { return kernel.look(); });
  ASSERT_TRUE(clock);
  for (const auto& [task, unused] : kernel.tasks) kernel.work(task, 10);
  EXPECT_EQ(clock->ns(), kernel.total_ns);
}

// Forks, work and ends at every instant of the opening and after it.
TEST(TaskClock, NeverCountsTwice) {
  int complete = 0;
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    Prng prng(seed);
    FakeKernel kernel;
    const auto churn = [&] {
      for (auto steps = prng.below(3); steps > 0; --steps) {
        auto task = kernel.tasks.begin();
        std::advance(task, static_cast<std::ptrdiff_t>(prng.below(kernel.tasks.size())));
        const std::int64_t id = task->first;
        kernel.work(id, static_cast<std::int64_t>(prng.below(100)));
        const auto what = prng.below(4);
        if (what == 0) kernel.fork(id);
        if (what == 1 && id != 100) kernel.tasks.erase(id);
      }
    };
    kernel.on_open = churn;
    auto clock = TaskClock::open(kernel, [&] {
      auto look = kernel.look();
      churn();
      return Result<TaskClock::Look>(look);
    });
    ASSERT_TRUE(clock) << seed;
    std::int64_t before_ns = 0;
    for (int i = 0; i < 50; ++i) {
      churn();
      const std::int64_t ns = *clock->ns();
      ASSERT_LE(ns, kernel.total_ns) << seed;
      ASSERT_GE(ns, before_ns) << seed;
      before_ns = ns;
    }
    complete += before_ns == kernel.total_ns ? 1 : 0;
  }
  EXPECT_GE(complete, 50);  // even then
}

TEST(TaskClock, RefusalsAndEnds) {
  using enum ErrorKind;
  struct Case {
    const char* name;
    std::vector<ErrorKind> tasks;  // what each answers; kInternal: it is counted
    ErrorKind expected;            // kInternal: a clock
  };
  const Case cases[] = {
      {"all well", {kInternal, kInternal}, kInternal},
      {"one of another user", {kInternal, kPermission}, kInternal},
      {"one has ended", {kNotFound, kInternal}, kInternal},
      {"not permitted", {kPermission, kPermission}, kPermission},
      {"all have ended", {kNotFound}, kNotFound},
      {"nothing lives", {}, kNotFound},
      {"no perf in this kernel", {kUnsupported}, kUnsupported},
      {"no descriptors left", {kInternal, kTransient}, kTransient},
      {"too many", std::vector<ErrorKind>(513, kInternal), kUnsupported},
  };
  for (const Case& c : cases) {
    FakeKernel kernel;
    kernel.tasks.clear();
    std::int64_t id = 1;
    for (const ErrorKind kind : c.tasks) kernel.tasks[id++].refuses = kind;
    auto clock = TaskClock::open(kernel, [&] { return kernel.look(); });
    EXPECT_EQ(clock ? kInternal : clock.error().kind, c.expected) << c.name;
    EXPECT_EQ(kernel.counts.empty(), !clock) << c.name;  // nothing stays open behind an error
  }
  FakeKernel kernel;
  const auto blind = TaskClock::open(kernel, [] { return Result<TaskClock::Look>(fail(kCorrupt, "procfs")); });
  EXPECT_EQ(blind.error().kind, kCorrupt);
}

TEST(TaskClock, ThePrimersEndSaysWhetherCountersArePermitted) {
  EXPECT_TRUE(task_clock_primed(0));
  EXPECT_EQ(task_clock_primed(EACCES << 8).error().kind, ErrorKind::kPermission);
  EXPECT_EQ(task_clock_primed(EPERM << 8).error().kind, ErrorKind::kPermission);
  EXPECT_EQ(task_clock_primed(ENOSYS << 8).error().kind, ErrorKind::kUnsupported);
  EXPECT_EQ(task_clock_primed(SIGKILL).error().kind, ErrorKind::kTransient);
  const auto pid = start_task_clock_primer(milliseconds(0));
  ASSERT_TRUE(pid);
  int status = 0;
  ASSERT_EQ(::waitpid(*pid, &status, 0), *pid);
  SystemTaskCounters counters;
  EXPECT_EQ(task_clock_primed(status).has_value(), counters.open(0).has_value());
}

void write_process(MemoryFileSystem& files, int pid, int parent, const char* ticks, const char* ignored) {
  const std::string base = "/p/" + std::to_string(pid);
  files.write(base + "/stat", std::to_string(pid) + " (a) b) S " + std::to_string(parent) + " 1 1 0 0 0 0 0 0 0 " +
                                  ticks + " 20 0 1 0 5 1000 10\n");
  files.write(base + "/status",
              std::string("Name:\ta\nSigBlk:\t0000000000010000\nSigIgn:\t") + ignored + "\nSigCgt:\t0\n");
  files.write(base + "/task/" + std::to_string(pid) + "/children", "");
}

TEST(ProcessTree, TheLargerOfTheTwoBoundsIsTheTotal) {
  MemoryFileSystem files;
  write_process(files, 100, 1, "3 1 2 1", "0000000000000000");
  files.write("/p/1/task/1/children", "100 ");
  FakeKernel kernel;  // outlives its counters
  ProcessTree tree(files, "/p", 1);
  EXPECT_EQ(tree.cpu_ns(), 70'000'000);
  ASSERT_TRUE(tree.follow(kernel));
  kernel.work(kernel.fork(100), 9'000'000);
  EXPECT_EQ(tree.cpu_ns(), 79'000'000);
  write_process(files, 100, 1, "3 1 2 3", "0000000000000000");  // waits know more: the end of the process
  EXPECT_EQ(tree.cpu_ns(), 90'000'000);
  kernel.counts.begin()->second = -1'000'000'000;  // never falls
  EXPECT_EQ(tree.cpu_ns(), 90'000'000);
}

TEST(ProcessTree, SeesWhoIgnoresSigchld) {
  for (const auto& [mask, loses] : {std::pair{"0000000000010000", true},
                                    {"0000000000000000", false},
                                    {"fffffffffffeffff", false},
                                    {"0000000180014002", true},
                                    {"", false},
                                    {"zz", false}}) {
    MemoryFileSystem files;
    write_process(files, 100, 1, "0 0 0 0", mask);
    files.write("/p/1/task/1/children", "100 ");
    ProcessTree tree(files, "/p", 1);
    EXPECT_FALSE(tree.loses_children());  // nothing seen yet
    ASSERT_TRUE(tree.cpu_ns());
    EXPECT_EQ(tree.loses_children(), loses) << mask;
  }
}

std::int64_t own_ns(clockid_t clock) {
  timespec t{};
  ::clock_gettime(clock, &t);
  return static_cast<std::int64_t>(t.tv_sec) * 1'000'000'000 + t.tv_nsec;
}

// This machine's kernel: a parent that ignores SIGCHLD and 60 children of 3 ms; today's rusage knows nothing of them.
TEST(ProcessTree, CountsChildrenThatNobodyWaitsFor) {
  SystemTaskCounters counters;
  if (const auto permitted = counters.open(0); !permitted) GTEST_SKIP() << permitted.error().message;
  std::array<int, 2> go{};
  ASSERT_EQ(::pipe(go.data()), 0);
  const pid_t parent = ::fork();
  if (parent == 0) {
    ::signal(SIGCHLD, SIG_IGN);
    char byte = 0;
    if (::read(go[0], &byte, 1) != 1) ::_exit(1);
    for (int i = 0; i < 60; ++i) {
      if (::fork() == 0) {
        while (own_ns(CLOCK_PROCESS_CPUTIME_ID) < 3'000'000) {}
        ::_exit(0);
      }
      while (::waitpid(-1, nullptr, 0) > 0) {}
    }
    ::_exit(0);
  }
  RealFileSystem files;
  ProcessTree tree(files, "/proc", ::getpid());
  ASSERT_TRUE(tree.follow(counters));
  ASSERT_EQ(::write(go[1], "x", 1), 1);
  rusage usage{};
  ASSERT_EQ(::wait4(parent, nullptr, 0, &usage), parent);
  tree.reaped(parent, usage);
  const std::int64_t waits_know_ns = std::int64_t{1'000'000'000} * (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                                     std::int64_t{1000} * (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
  ASSERT_LT(waits_know_ns, 90'000'000);
  EXPECT_GE(*tree.cpu_ns(), std::int64_t{60} * 3'000'000 / 100 * 99);
  ::close(go[0]);
  ::close(go[1]);
}

}  // namespace
}  // namespace olivine
