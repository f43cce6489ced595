#include "planning/slot_schedule.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/prng.h"
#include "planning/every_schedule.h"

namespace olivine {
namespace {

using Prices = std::vector<double>;
constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
constexpr double kNever = std::numeric_limits<double>::infinity();

std::span<const double> first(const Prices& prices, std::size_t count) { return std::span(prices).first(count); }

// Case D7 of the reference: prices 5 1 4 2 3 1 6 2, a job of 2 slots.
const Prices kD7{5, 1, 4, 2, 3, 1, 6, 2};

TEST(SlotSchedule, CaseD7) {
  const JobShape job{.slots = 2};
  EXPECT_EQ(run_at(0, job, kD7)->cost, 6.0);
  const auto start = cheapest_contiguous(job, first(kD7, 4 + 2));  // may begin up to slot 4
  ASSERT_TRUE(start);
  EXPECT_EQ(start->segments, (std::vector<SlotRun>{{4, 6, 0}}));
  EXPECT_EQ(start->cost, 4.0);
  const auto paused = cheapest_pause_resume(job, first(kD7, 6));
  ASSERT_TRUE(paused);
  EXPECT_EQ(paused->segments, (std::vector<SlotRun>{{1, 2, 0}, {5, 6, 0}}));
  EXPECT_EQ(paused->cost, 2.0);
  EXPECT_EQ(paused->pauses(), 1U);
}

struct Case {
  const char* what;
  JobShape job;
  Prices prices;
  std::vector<SlotRun> expected;  // empty: does not fit
  double cost;
};

TEST(PauseResume, Table) {
  const std::vector<Case> table{
      {"a dear pause is not made", {.slots = 2, .pause_cost = 5.0}, {1, 3, 1}, {{0, 2, 0}}, 4.0},
      {"a cheap one is", {.slots = 2, .pause_cost = 1.0}, {1, 9, 1}, {{0, 1, 0}, {2, 3, 0}}, 3.0},
      {"of equals the one without a pause", {.slots = 2, .pause_cost = 1.0}, {1, 2, 1}, {{0, 2, 0}}, 3.0},
      {"overhead is run and paid", {.slots = 3, .pause_slots = 1}, {1, 1, 90, 2, 1}, {{0, 2, 0}, {3, 5, 1}}, 5.0},
      {"a short run is not worth starting",
       {.slots = 4, .min_run_slots = 2},
       {1, 9, 1, 1, 9, 1, 1},
       {{2, 4, 0}, {5, 7, 0}},
       4.0},
      {"energy of a pause at its hour", {.slots = 2, .pause_energy = 2.0}, {1, 9, 1}, {{0, 1, 0}, {2, 3, 0}}, 4.0},
      {"power while paused", {.slots = 2, .paused_power = 0.5}, {1, 9, 1}, {{0, 1, 0}, {2, 3, 0}}, 6.5},
      {"nobody runs in the unknown", {.slots = 2}, {5, kUnknown, 5}, {{0, 1, 0}, {2, 3, 0}}, 10.0},
      {"and does not pause in it at a price", {.slots = 2, .paused_power = 0.1}, {1, kUnknown, 1}, {}, 0.0},
      {"the last slot in part", {.slots = 1.25}, {8, 1, 4}, {{1, 3, 0}}, 2.0},
      {"too long", {.slots = 4}, {1, 1, 1}, {}, 0.0},
      {"running: to go on is free",
       {.slots = 2, .pause_cost = 9.0, .state = JobState::kRunning},
       {5, 5, 1, 1},
       {{0, 2, 0}},
       10.0},
      {"running: stopped where that pays",
       {.slots = 2, .pause_cost = 7.0, .state = JobState::kRunning},
       {5, 5, 1, 1},
       {{2, 4, 0}},
       9.0},
      {"running: a last slot before the pause",
       {.slots = 2, .min_run_slots = 1, .pause_cost = 2.0, .state = JobState::kRunning},
       {1, 9, 1},
       {{0, 1, 0}, {2, 3, 0}},
       4.0},
      {"running: no least length for what runs",
       {.slots = 3, .min_run_slots = 2, .state = JobState::kRunning},
       {1, 9, 1, 1},
       {{0, 1, 0}, {2, 4, 0}},
       3.0},
      {"paused: the stop is paid, the restart is not",
       {.slots = 1, .pause_slots = 1, .pause_cost = 50.0, .state = JobState::kPaused},
       {9, 2, 1, 8},
       {{1, 3, 1}},
       3.0},
      {"paused: power is drawn from slot 0 on",
       {.slots = 1, .paused_power = 0.5, .state = JobState::kPaused},
       {4, 1, 9},
       {{1, 2, 0}},
       3.0},
  };
  for (const Case& c : table) {
    const auto found = cheapest_pause_resume(c.job, c.prices);
    ASSERT_EQ(found.has_value(), !c.expected.empty()) << c.what;
    if (!found) continue;
    EXPECT_EQ(found->segments, c.expected) << c.what;
    EXPECT_DOUBLE_EQ(found->cost, c.cost) << c.what;
  }
}

// Without a whole last slot: where it lies, and what it costs there.
TEST(PauseResume, TheLastSlotInPartHasItsOwnPrice) {
  const JobShape job{.slots = 1.5};
  const Prices whole{300, 200, kUnknown}, last{300, 200, 100};  // right before the deadline there is only half a slot
  const SlotPrices prices(whole, last);
  for (const auto& found : {cheapest_pause_resume(job, prices), cheapest_contiguous(job, prices)}) {
    ASSERT_TRUE(found);
    EXPECT_EQ(found->segments, (std::vector<SlotRun>{{1, 3, 0}}));
    EXPECT_EQ(found->cost, 250.0);
  }
  EXPECT_EQ(cost_of(cheapest_contiguous(job, prices)->segments, job, prices), 250.0);
  EXPECT_FALSE(cheapest_contiguous({.slots = 3}, whole));  // a whole slot does not fit there
}

TEST(PauseResume, ALastSlotInPartDoesNotMakeALeastRun) {
  const Prices prices{10, 10, 500, 500, 10, 10, 500};
  JobShape job{.slots = 3.25, .min_run_slots = 2};
  EXPECT_EQ(cheapest_pause_resume(job, prices)->segments, (std::vector<SlotRun>{{0, 2, 0}, {4, 6, 0}}));
  job.min_run = 2.0;  // 1.25 slots are not 2
  EXPECT_EQ(cheapest_pause_resume(job, prices)->segments, (std::vector<SlotRun>{{0, 4, 0}}));
  job.min_run = 1.25;
  EXPECT_EQ(cheapest_pause_resume(job, prices)->segments, (std::vector<SlotRun>{{0, 2, 0}, {4, 6, 0}}));
  job.min_run = 2.5;  // more than its slots
  EXPECT_EQ(cheapest_pause_resume(job, prices).error().kind, ErrorKind::kInvalid);
}

TEST(PauseResume, NoPauseWithoutASlotOfRestIsBoughtToEarnMoney) {
  // Two segments 1-2 and 2-4 with a restart in slot 2 would earn 0.2 more.
  const JobShape job{.slots = 2, .pause_slots = 1};
  const Prices prices{0.3, -0.2, -0.2, -0.2, 0.2, 0.2};
  const auto found = cheapest_pause_resume(job, prices);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->segments, (std::vector<SlotRun>{{1, 3, 0}}));
  EXPECT_DOUBLE_EQ(found->cost, -0.4);
}

struct RandomCase {
  JobShape job;
  Prices prices, last;
  SlotPrices views(std::size_t count) const { return {first(prices, count), first(last, count)}; }
  SlotPrices all() const { return views(prices.size()); }
};

RandomCase random_case(Prng& prng) {
  RandomCase c;
  const std::size_t count = 1 + prng.below(9);
  const std::uint64_t most = prng.below(2) == 0 ? 4 : 1000;  // few values: ties
  const bool negative = prng.below(3) == 0, cut = prng.below(3) == 0;
  for (std::size_t i = 0; i < count; ++i) c.prices.push_back(planning_test::random_price(prng, most, negative));
  c.job = planning_test::random_shape(prng, most);
  c.last = c.prices;
  if (c.job.last_part() == 1.0) return c;
  for (double& price : c.last) price = planning_test::random_price(prng, most, negative);
  if (cut) c.prices.back() = kUnknown;  // a deadline within the last slot
  return c;
}

TEST(SlotScheduleProperty, EveryOptimumIsThatOfBruteForce) {
  Prng prng(5);
  std::size_t feasible = 0;
  for (int i = 0; i < 100'000; ++i) {
    const RandomCase c = random_case(prng);
    planning_test::EverySchedule all(c.job, c.prices.size(),
                                     [&](const auto& segments) { return cost_of(segments, c.job, c.all()); });
    const double paused = all.least(true), contiguous = all.least(false);
    const auto p = cheapest_pause_resume(c.job, c.all());
    const auto s = cheapest_contiguous(c.job, c.all());
    ASSERT_EQ(p.has_value(), paused != kNever) << "case " << i;
    if (c.job.state == JobState::kFresh)
      ASSERT_EQ(s.has_value(), contiguous != kNever) << "case " << i;
    else
      ASSERT_FALSE(s) << "case " << i;
    if (p) {
      ASSERT_NEAR(p->cost, paused, 1e-9) << "case " << i;
      for (std::size_t k = 1; k < p->segments.size(); ++k)
        ASSERT_LT(p->segments[k - 1].end, p->segments[k].begin) << "case " << i;
      ++feasible;
    }
    if (s) {
      ASSERT_NEAR(s->cost, contiguous, 1e-9) << "case " << i;
      ASSERT_LE(p->cost, s->cost + 1e-9) << "case " << i;
    }
  }
  EXPECT_GT(feasible, 30'000U);
}

// Long enough for many blocks of the way back: against the same programme on a plain table.
TEST(SlotScheduleProperty, LongSeriesAsOnAPlainTable) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    Prng prng(seed);
    Prices prices;
    for (int i = 0; i < 2000; ++i) prices.push_back(static_cast<double>(prng.below(500)));
    const JobShape job{.slots = 60, .pause_cost = static_cast<double>(prng.below(400))};
    const std::size_t work = job.whole_slots();
    std::vector<double> on(work + 1, kNever), off(work + 1, kNever);
    off[0] = 0.0;
    for (const double price : prices)
      for (std::size_t w = work; w >= 1; --w) {
        on[w] = std::min(on[w - 1], off[w - 1] + (w > 1 ? job.pause_cost : 0.0)) + price;
        // off[w - 1] of this slot is not needed any more; w falls, so on[w - 1] is still the slot before's.
        off[w] = std::min(off[w], on[w]);
        if (w == 1) on[0] = kNever;
      }
    const auto found = cheapest_pause_resume(job, prices);
    ASSERT_TRUE(found);
    EXPECT_NEAR(found->cost, off[work], 1e-6) << "seed " << seed;
  }
}

// Prices whose sums round: a pause has a length, and where it costs nothing there are still no more than the prices ask for.
TEST(SlotScheduleProperty, APauseHasALength) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    Prng prng(seed);
    Prices prices;
    for (int i = 0; i < 96; ++i)
      prices.push_back(0.1 * std::floor(prng.between(900.0, 1100.0)) + 1e-3 * prng.between(0.0, 1.0));
    const auto found = cheapest_pause_resume({.slots = 20}, prices);
    ASSERT_TRUE(found);
    for (std::size_t k = 1; k < found->segments.size(); ++k)
      EXPECT_LT(found->segments[k - 1].end, found->segments[k].begin) << "seed " << seed;
  }
}

TEST(SlotScheduleProperty, MoreSlackNeverCostsMore) {
  Prng prng(9);
  for (int i = 0; i < 2000; ++i) {
    const RandomCase c = random_case(prng);
    double before = kNever;
    for (std::size_t slots = 1; slots <= c.prices.size(); ++slots) {
      const auto found = cheapest_pause_resume(c.job, c.views(slots));
      if (!found) continue;
      ASSERT_LE(found->cost, before + 1e-9) << "case " << i;
      before = found->cost;
    }
  }
}

TEST(SlotSchedule, ShapesThatMakeNoSense) {
  for (const JobShape job :
       {JobShape{.slots = 0}, JobShape{.slots = kUnknown}, JobShape{.slots = 2, .min_run_slots = 0},
        JobShape{.slots = 2, .pause_cost = -1}, JobShape{.slots = 2, .paused_power = kNever}})
    EXPECT_EQ(cheapest_pause_resume(job, kD7).error().kind, ErrorKind::kInvalid);
}

}  // namespace
}  // namespace olivine
