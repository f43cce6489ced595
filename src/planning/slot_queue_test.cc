#include "planning/slot_queue.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <limits>

#include "base/prng.h"
#include "planning/queue_exact.h"

namespace olivine {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

SlotJob job(std::size_t begin, std::size_t end, std::size_t slots, std::int64_t units = 1) {
  SlotJob j;
  j.begin = begin;
  j.end = end;
  j.slots = slots;
  j.units = units;
  return j;
}

// Every schedule of every job in turn.
class BruteForce {
 public:
  explicit BruteForce(const SlotQueue& queue) : q_(queue), left_(queue.prices.size(), queue.capacity) {}
  struct Best {
    std::int64_t left_out = std::numeric_limits<std::int64_t>::max();
    double cost = 0.0;
  };
  Best best() {
    next(0, 0, 0.0);
    return best_;
  }

 private:
  void next(std::size_t j, std::int64_t left_out, double cost) {
    if (left_out > best_.left_out) return;
    if (j == q_.jobs.size()) {
      if (left_out < best_.left_out || cost < best_.cost) best_ = {left_out, cost};
      return;
    }
    next(j + 1, left_out + q_.jobs[j].priority, cost);
    extend(j, q_.jobs[j].begin, q_.jobs[j].slots, 0, left_out, cost);
  }
  // The next run of job j begins at `from` or later.
  void extend(std::size_t j, std::size_t from, std::size_t work, std::size_t runs, std::int64_t left_out, double cost) {
    const SlotJob& job = q_.jobs[j];
    const std::size_t overhead = runs > 0 ? job.pause_slots : 0;
    for (std::size_t begin = from; begin < job.end; ++begin) {
      double sum = cost + (runs > 0 ? job.pause_cost : 0.0);
      std::size_t t = begin;
      for (; t < job.end && t - begin < overhead + work; ++t) {
        if (left_[t] < job.units || std::isnan(q_.prices[t])) break;
        left_[t] -= job.units;
        sum += job.kwh * q_.prices[t];
        if (t + 1 - begin <= overhead) continue;
        const std::size_t done = t + 1 - begin - overhead;
        if (done < std::min(job.min_run_slots, job.slots)) continue;
        if (done == work)
          next(j + 1, left_out, sum);
        else if (job.may_pause)
          extend(j, t + 2, work - done, runs + 1, left_out, sum);
      }
      for (std::size_t back = begin; back < t; ++back) left_[back] += job.units;
    }
  }

  const SlotQueue& q_;
  std::vector<std::int64_t> left_;
  Best best_;
};

SlotQueue random_queue(Prng& prng, bool simple) {
  SlotQueue q;
  const std::size_t slots = 3 + prng.below(4);
  for (std::size_t t = 0; t < slots; ++t)
    q.prices.push_back(prng.below(12) == 0 ? kUnknown : static_cast<double>(1 + prng.below(9)));
  q.capacity = static_cast<std::int64_t>(1 + prng.below(3));
  const std::size_t jobs = 1 + prng.below(3);
  for (std::size_t i = 0; i < jobs; ++i) {
    SlotJob j;
    j.begin = prng.below(slots);
    j.end = j.begin + 1 + prng.below(slots - j.begin);
    j.slots = 1 + prng.below(3);
    j.units = static_cast<std::int64_t>(1 + prng.below(2));
    j.kwh = static_cast<double>(1 + prng.below(3));
    j.priority = static_cast<std::int64_t>(1 + prng.below(3));
    j.may_pause = prng.below(3) != 0;
    if (prng.below(2) == 0) j.pause_cost = static_cast<double>(prng.below(5));
    if (!simple && prng.below(3) == 0) j.pause_slots = 1;
    if (!simple && prng.below(3) == 0) j.min_run_slots = 2;
    q.jobs.push_back(j);
  }
  return q;
}

// Windows, capacity, work and known prices hold.
void expect_holds(const SlotQueue& q, const QueueSchedule& s, int seed) {
  std::vector<std::int64_t> use(q.prices.size(), 0);
  double cost = 0.0;
  for (std::size_t j = 0; j < q.jobs.size(); ++j) {
    const SlotJob& job = q.jobs[j];
    std::size_t work = 0;
    for (const SlotRun& run : s.runs[j]) {
      ASSERT_GE(run.begin, job.begin) << seed;
      ASSERT_LE(run.end, job.end) << seed;
      work += run.end - run.begin - run.overhead;
      for (std::size_t t = run.begin; t < run.end; ++t) use[t] += job.units;
    }
    if (!s.runs[j].empty()) {
      ASSERT_EQ(work, job.slots) << seed;
    }
    cost += cost_of(job, s.runs[j], q.prices);
  }
  for (const std::int64_t units : use) ASSERT_LE(units, q.capacity) << seed;
  ASSERT_NEAR(cost, s.cost, 1e-9) << seed;
}

TEST(SlotQueue, WorkedExample) {
  SlotQueue q{{job(0, 3, 1), job(0, 3, 1)}, {9, 1, 1}, 1};
  auto found = decompose_queue(q);
  ASSERT_TRUE(found);
  EXPECT_DOUBLE_EQ(found->cost, 2.0);
  q.jobs = {job(0, 2, 1), job(0, 2, 1)};
  found = decompose_queue(q);
  EXPECT_DOUBLE_EQ(found->cost, 10.0);
  EXPECT_LE(found->bound, 10.0);
}

TEST(SlotQueue, TheLowestPriorityIsLeftOut) {
  SlotQueue q{{job(0, 2, 2), job(0, 2, 2), job(0, 2, 2)}, {5, 5}, 2};
  q.jobs[0].priority = 1;
  q.jobs[1].priority = 5;
  q.jobs[2].priority = 3;
  const auto found = decompose_queue(q);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->left_out(), 1U);
  EXPECT_EQ(found->left_out_priority, 1);
  EXPECT_TRUE(found->left_out_is_least);  // 6 of capacity asked for, 4 there
}

// Jobs cut out of a schedule that fills most of the capacity, with some room around each.
SlotQueue tight_queue(Prng& prng) {
  SlotQueue q;
  q.capacity = 8;
  constexpr std::size_t kSlots = 48;
  for (std::size_t t = 0; t < kSlots; ++t) q.prices.push_back(static_cast<double>(1 + prng.below(20)));
  std::vector<std::int64_t> left(kSlots, q.capacity);
  for (int attempt = 0; attempt < 400; ++attempt) {
    const std::size_t slots = 1 + prng.below(8), at = prng.below(kSlots - slots + 1);
    const auto units = static_cast<std::int64_t>(1 + prng.below(4));
    bool fits = true;
    for (std::size_t t = at; t < at + slots; ++t) fits = fits && left[t] >= units;
    if (!fits) continue;
    for (std::size_t t = at; t < at + slots; ++t) left[t] -= units;
    SlotJob j = job(at - std::min(at, prng.below(6)), std::min(kSlots, at + slots + prng.below(6)), slots, units);
    j.may_pause = false;
    q.jobs.push_back(j);
  }
  return q;
}

TEST(SlotQueueProperty, JobsThatFitArePlaced) {
  Prng prng(79);
  std::size_t queues_left_out = 0;
  for (int i = 0; i < 20; ++i) {
    const SlotQueue q = tight_queue(prng);
    const auto found = decompose_queue(q, {.gap = 1.0, .rounds = 5});
    ASSERT_TRUE(found) << i;
    expect_holds(q, *found, i);
    queues_left_out += found->left_out() > 0 ? 1 : 0;
    if (found->left_out() == 0) {
      EXPECT_TRUE(found->left_out_is_least) << i;
    }
  }
  EXPECT_EQ(queues_left_out, 0U);  // 16 by dispatch and lifted groups alone
}

TEST(SlotQueueProperty, TheBoundHoldsAndTheScheduleDoes) {
  Prng prng(77);
  std::size_t optimal = 0, all = 0;
  for (int i = 0; i < 25'000; ++i) {
    const SlotQueue q = random_queue(prng, false);
    const auto least = BruteForce(q).best();
    const auto found = decompose_queue(q, {.gap = 1e-9, .rounds = 40, .attempts = 60});
    ASSERT_TRUE(found) << i;
    expect_holds(q, *found, i);
    ASSERT_GE(found->left_out_priority, least.left_out) << i;
    if (found->left_out_is_least) {
      ASSERT_EQ(found->left_out_priority, least.left_out) << i;
    }
    if (least.left_out > 0 || found->left_out_priority > 0) continue;
    ++all;
    ASSERT_GE(found->cost, least.cost - 1e-9) << i;
    ASSERT_LE(found->bound, least.cost + 1e-9) << i;
    optimal += found->cost <= least.cost + 1e-9 ? 1 : 0;
  }
  EXPECT_GT(all, 5'000U);
  EXPECT_GT(static_cast<double>(optimal), 0.99 * static_cast<double>(all)) << optimal << " of " << all;
}

TEST(SlotQueueProperty, TheExactProgrammeIsBruteForce) {
  const char* library = std::getenv("OLIVINE_HIGHS");
  auto highs = Highs::load(library == nullptr ? "" : library);
  if (!highs) GTEST_SKIP() << highs.error().message;
  Prng prng(78);
  for (int i = 0; i < 1500; ++i) {
    const SlotQueue q = random_queue(prng, true);
    const auto least = BruteForce(q).best();
    const auto known = decompose_queue(q, {.rounds = 20, .attempts = 20});
    const auto found = solve_queue_exactly(**highs, q, *known, 10.0);
    ASSERT_TRUE(found) << i << found.error().message;
    expect_holds(q, *found, i);
    ASSERT_EQ(found->left_out_priority, least.left_out) << i;
    ASSERT_NEAR(found->cost, least.cost, 1e-6) << i;
    ASSERT_NEAR(found->bound, least.cost, 1e-6) << i;
    ASSERT_TRUE(found->left_out_is_least) << i;
  }
}

TEST(SlotQueue, FirstComeFirstServed) {
  const SlotQueue q{{job(0, 3, 2), job(0, 2, 1), job(1, 4, 1)}, {1, 1, 1, 1}, 1};
  const auto runs = first_come_first_served(q, 4);
  EXPECT_EQ(runs[0], (std::vector<SlotRun>{{0, 2, 0}}));
  EXPECT_EQ(runs[1], (std::vector<SlotRun>{{2, 3, 0}}));  // late: deadlines are not looked at
  EXPECT_EQ(runs[2], (std::vector<SlotRun>{{3, 4, 0}}));
  EXPECT_TRUE(first_come_first_served(q, 3)[2].empty());
}

TEST(SlotQueue, QueuesThatMakeNoSense) {
  const auto kind = [](const SlotQueue& q) { return decompose_queue(q).error().kind; };
  EXPECT_EQ(kind({{}, {1}, 1}), ErrorKind::kInvalid);
  EXPECT_EQ(kind({{job(0, 1, 1)}, {1}, 0}), ErrorKind::kInvalid);
  EXPECT_EQ(kind({{job(0, 2, 1)}, {1}, 1}), ErrorKind::kInvalid);  // beyond the prices
  EXPECT_EQ(kind({{job(0, 1, 0)}, {1}, 1}), ErrorKind::kInvalid);
}

}  // namespace
}  // namespace olivine
