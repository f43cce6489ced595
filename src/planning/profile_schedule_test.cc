#include "planning/profile_schedule.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "base/prng.h"
#include "planning/every_schedule.h"

namespace olivine {
namespace {

using Prices = std::vector<double>;
constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
constexpr double kNever = std::numeric_limits<double>::infinity();

TEST(ProfileSchedule, TheHeavyPartGoesWhereItIsCheap) {
  const JobShape job{.slots = 2};
  const Prices prices{1, 9, 2}, profile{3, 1};
  const auto paused = cheapest_pause_resume(job, profile, prices);
  ASSERT_TRUE(paused);
  EXPECT_EQ(paused->segments, (std::vector<SlotRun>{{0, 1, 0}, {2, 3, 0}}));
  EXPECT_DOUBLE_EQ(paused->cost, 5.0);
  const auto start = cheapest_contiguous(job, profile, prices);
  ASSERT_TRUE(start);
  EXPECT_EQ(start->segments, (std::vector<SlotRun>{{0, 2, 0}}));  // 3 x 1 + 9; the other start costs 27 + 2
  EXPECT_DOUBLE_EQ(start->cost, 12.0);
}

TEST(ProfileSchedule, TheEarliestOfEquals) {
  const Prices profile{3, 1};
  for (const auto& [prices, begin] : std::vector<std::pair<Prices, std::size_t>>{
           {{5, 5, 5, 5, 5}, 0}, {{9, 2, 2, 9, 2, 2}, 1}, {{9, 2, 2, 2, 2}, 1}}) {
    for (const std::size_t least_run : {1U, 2U}) {
      const auto paused = cheapest_pause_resume({.slots = 2, .min_run_slots = least_run}, profile, prices);
      ASSERT_TRUE(paused);
      EXPECT_EQ(paused->segments, (std::vector<SlotRun>{{begin, begin + 2, 0}}));
    }
    EXPECT_EQ(cheapest_contiguous({.slots = 2}, profile, prices)->segments,
              (std::vector<SlotRun>{{begin, begin + 2, 0}}));
  }
}

TEST(ProfileSchedule, ProfileOfSteps) {
  // 2.5 slots of work: 1 unit in the first slot, 4 in the next one and a half.
  const std::vector<ProfileStep> steps{{0.0, 1.0, 1.0}, {1.0, 2.5, 4.0}};
  const auto profile = profile_of(steps, 2.5);
  ASSERT_TRUE(profile);
  ASSERT_EQ(profile->size(), 3U);
  EXPECT_DOUBLE_EQ((*profile)[0], 0.5);
  EXPECT_DOUBLE_EQ((*profile)[1], 0.5 * 4.0 / 1.5);
  EXPECT_DOUBLE_EQ((*profile)[0] + (*profile)[1] + (*profile)[2], 2.5);
  EXPECT_FALSE(profile_of(std::vector<ProfileStep>{{0.0, 3.0, 1.0}}, 2.0));
  EXPECT_FALSE(profile_of(std::vector<ProfileStep>{{0.0, 1.0, 0.0}}, 2.0));
  EXPECT_FALSE(profile_of(std::vector<ProfileStep>{{0.0, 1.0, -1.0}}, 2.0));
}

TEST(ProfileScheduleProperty, EveryOptimumIsThatOfBruteForce) {
  Prng prng(11);
  std::size_t feasible = 0;
  for (int i = 0; i < 100'000; ++i) {
    Prices whole, last, profile;
    const std::uint64_t most = prng.below(2) == 0 ? 4 : 1000;
    const std::size_t count = 1 + prng.below(8);
    const bool negative = prng.below(3) == 0;
    for (std::size_t t = 0; t < count; ++t) whole.push_back(planning_test::random_price(prng, most, negative));
    const JobShape job = planning_test::random_shape(prng, most);
    last = whole;
    if (job.last_part() < 1.0)
      for (double& price : last) price = planning_test::random_price(prng, most, negative);
    const SlotPrices prices(whole, last);
    const bool flat = prng.below(4) == 0;
    for (std::size_t w = 0; w < job.whole_slots(); ++w)
      profile.push_back(flat ? 1.0 : 0.25 * static_cast<double>(prng.below(9)));
    if (flat) profile.back() = job.last_part();
    planning_test::EverySchedule all(job, prices.size(),
                                     [&](const auto& segments) { return cost_of(segments, job, profile, prices); });
    const double paused = all.least(true), contiguous = all.least(false);
    const auto p = cheapest_pause_resume(job, profile, prices);
    ASSERT_EQ(p.has_value(), paused != kNever) << "case " << i;
    if (p) {
      ASSERT_NEAR(p->cost, paused, 1e-9) << "case " << i;
      for (std::size_t k = 1; k < p->segments.size(); ++k)
        ASSERT_LT(p->segments[k - 1].end, p->segments[k].begin) << "case " << i;
      ++feasible;
    }
    if (flat) {
      const auto q = cheapest_pause_resume(job, prices);
      ASSERT_EQ(p.has_value(), q.has_value()) << "case " << i;
      if (q) {
        ASSERT_NEAR(p->cost, q->cost, 1e-9) << "case " << i;
      }
    }
    if (job.state != JobState::kFresh) continue;
    const auto s = cheapest_contiguous(job, profile, prices);
    ASSERT_EQ(s.has_value(), contiguous != kNever) << "case " << i;
    if (s) {
      ASSERT_NEAR(s->cost, contiguous, 1e-9) << "case " << i;
    }
  }
  EXPECT_GT(feasible, 30'000U);
}

TEST(ProfileSchedule, ShapesThatMakeNoSense) {
  const Prices prices{1, 2, 3};
  EXPECT_EQ(cheapest_pause_resume({.slots = 2}, Prices{1}, prices).error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(cheapest_pause_resume({.slots = 1}, Prices{-1}, prices).error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(cheapest_contiguous({.slots = 1}, Prices{kUnknown}, prices).error().kind, ErrorKind::kInvalid);
}

}  // namespace
}  // namespace olivine
