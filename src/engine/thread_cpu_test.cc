// CPU time of threads between their marks: sums are kept, and nobody computes where the run did not.
#include "engine/thread_cpu.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <map>

namespace olivine {
namespace {

Mark at(std::int64_t ns, std::int64_t thread, std::optional<std::int64_t> cpu) {
  return {MarkKind::kBegin, ns, "s", {}, {}, 1, ScopeMark{{1, 1, 1}, 0, cpu, false, thread, false}};
}

// CPU time of each thread in each interval.
std::map<std::size_t, std::vector<double>> spread(const std::vector<Mark>& marks,
                                                  const std::vector<MarkInterval>& intervals) {
  ThreadCpu cpu(marks, intervals);
  std::map<std::size_t, std::vector<double>> by_thread;
  for (std::size_t i = 0; i < marks.size(); ++i) {
    cpu.pass(i);
    for (std::size_t t = 0; t < cpu.threads(); ++t) by_thread[t].push_back(cpu.used_ns(t).value_or(-1.0));
  }
  return by_thread;
}

TEST(ThreadCpu, TheExampleOfTheHeader) {
  const auto used = spread({at(0, 1, 0), at(200, 2, 0), at(600, 2, 400), at(800, 1, 200)},
                           {{0.0, 0.0}, {200.0, 200.0}, {400.0, 400.0}, {200.0, 200.0}, {200.0, 200.0}});
  EXPECT_NEAR(used.at(0)[0], 100.0, 5.0);
  EXPECT_NEAR(used.at(0)[1], 0.0, 8.0);  // 2 % of 400
  EXPECT_NEAR(used.at(0)[2], 100.0, 5.0);
  EXPECT_NEAR(used.at(1)[1], 400.0, 1e-9);
  EXPECT_EQ(used.at(0)[3], -1.0) << "it said nothing more";
  EXPECT_EQ(used.at(1)[2], -1.0);
}

TEST(ThreadCpu, EvenlyWhereTheRunIsNotKnownAndSumsWin) {
  const auto even =
      spread({at(0, 1, 0), at(300, 2, 5), at(400, 1, 100)}, {{0.0, {}}, {300.0, {}}, {100.0, {}}, {9.0, {}}});
  EXPECT_DOUBLE_EQ(even.at(0)[0], 75.0);
  EXPECT_DOUBLE_EQ(even.at(0)[1], 25.0);
  const auto idle =
      spread({at(0, 1, 0), at(300, 2, 5), at(400, 1, 100)}, {{0.0, 0.0}, {300.0, 0.0}, {100.0, 0.0}, {9.0, 0.0}});
  EXPECT_NEAR(idle.at(0)[0] + idle.at(0)[1], 100.0, 1e-9);
}

RC_GTEST_PROP(ThreadCpu, SumsOfThreadsAreKept, ()) {
  std::vector<Mark> marks;
  std::vector<MarkInterval> intervals;
  std::map<std::int64_t, std::int64_t> clock;
  std::int64_t ns = 0;
  for (int i = *rc::gen::inRange(1, 30); i > 0; --i) {
    const std::int64_t step = *rc::gen::inRange<std::int64_t>(0, 100), thread = *rc::gen::inRange<std::int64_t>(0, 4);
    ns += step;
    clock[thread] += *rc::gen::inRange<std::int64_t>(0, 100);
    marks.push_back(at(ns, thread, clock[thread]));
    const bool known = *rc::gen::arbitrary<bool>();
    intervals.push_back(
        {static_cast<double>(step), known ? std::optional(*rc::gen::element(0.0, 1.0, 50.0, 400.0)) : std::nullopt});
  }
  intervals.push_back({0.0, std::nullopt});
  const auto used = spread(marks, intervals);
  const ThreadCpu threads(marks, intervals);
  for (std::size_t i = 0; i < marks.size(); ++i) {  // from each mark of a thread to its next of another time
    const std::size_t thread = threads.thread_of(i);
    double sum = 0.0;
    for (std::size_t k = i + 1; k < marks.size(); ++k) {
      RC_ASSERT(std::isfinite(used.at(thread)[k - 1]));
      sum += std::max(0.0, used.at(thread)[k - 1]);
      const bool first_of_its_time = i == 0 || marks[i - 1].ns < marks[i].ns;
      if (threads.thread_of(k) != thread || marks[k].ns == marks[i].ns) continue;
      if (first_of_its_time)
        RC_ASSERT(std::abs(sum - static_cast<double>(*marks[k].scope->cpu_ns - *marks[i].scope->cpu_ns)) < 1e-6);
      break;
    }
  }
}

}  // namespace
}  // namespace olivine
