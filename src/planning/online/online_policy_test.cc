#include "planning/online/online_policy.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/prng.h"
#include "planning/online/deadline_guard.h"
#include "planning/online/thresholds.h"

namespace olivine {
namespace {

using Prices = std::vector<double>;

Forecaster perfect(const Prices& prices) {
  return [&prices](std::size_t slot, std::size_t count) {
    const auto first = prices.begin() + static_cast<std::ptrdiff_t>(slot) + 1;
    return Prices(first, first + static_cast<std::ptrdiff_t>(count));
  };
}

// Says the contrary of what comes.
Forecaster misleading(const Prices& prices, double low, double high) {
  return [&prices, low, high](std::size_t slot, std::size_t count) {
    Prices said;
    for (std::size_t i = 1; i <= count; ++i) said.push_back(low + high - prices[slot + i]);
    return said;
  };
}

std::unique_ptr<OnlinePolicy> policy(const std::string& name, const OnlineJob& job, const PolicySettings& settings) {
  auto made = make_policy(name, job, settings);
  EXPECT_TRUE(made) << name;
  return std::move(*made);
}

TEST(OnlinePolicy, Table) {
  // Hours of 5 1 4 2 3 1 g, 2 hours of work within 6; the week before: 4 5 6 3.
  const Prices prices{4, 5, 6, 3, 5, 1, 4, 2, 3, 1};
  const OnlineJob job{.work = 2, .deadline = 6};
  struct Row {
    const char* name;
    PolicySettings settings;
    double cost;
    std::size_t forced;
  };
  const std::vector<Row> table{
      {"at_once", {}, 6, 0},
      {"mpc", {}, 2, 1},                                 // perfect forecast: the last slot is the last chance too
      {"last_week_quantile", {.quantile = 0.25}, 3, 0},  // at most 3: hours 1 and 3
      {"one_threshold", {.low = 1, .high = 9}, 3, 0},    // 3
      {"learning_augmented", {.low = 1, .high = 9, .trust = 1.0}, 2, 0},
  };
  for (const Row& row : table) {
    const auto out = run_online(*policy(row.name, job, row.settings), job, prices, 4, perfect(prices));
    ASSERT_TRUE(out) << row.name;
    EXPECT_EQ(out->cost, row.cost) << row.name;
    EXPECT_TRUE(out->in_time) << row.name;
  }
}

TEST(OnlinePolicy, EdgesAreChargedTwiceARun) {
  const Prices prices{1, 9, 1};
  const OnlineJob job{.work = 2, .deadline = 3, .edge_cost = 5.0};
  EXPECT_EQ(run_online(*policy("mpc", job, {}), job, prices, 0, perfect(prices))->cost,
            10.0 + 10.0);  // a second run would cost 10
  EXPECT_EQ(*least_cost(job, prices), 20.0);
  EXPECT_EQ(*least_cost({.work = 2, .deadline = 3, .edge_cost = 2.0}, prices), 2.0 + 8.0);
}

TEST(OnlinePolicy, NobodyWaitsForTheUnknown) {
  const Prices prices{std::nan(""), 1, 1, 1};
  const OnlineJob job{.work = 1, .deadline = 4};
  const auto out = run_online(*policy("mpc", job, {}), job, prices, 0, perfect(prices));
  EXPECT_EQ(out->segments, (std::vector<SlotRun>{{0, 1, 0}}));
}

TEST(OnlinePolicy, MistakesSayWhatToDo) {
  const OnlineJob one{.work = 1, .deadline = 4};
  EXPECT_EQ(make_policy("mpcc", one, {}).error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(make_policy("double_threshold", one, {}).error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(make_policy("learning_augmented", one, {.low = 1, .high = 2, .trust = 1.5}).error().kind,
            ErrorKind::kInvalid);
  EXPECT_EQ(check(OnlineJob{.work = 5, .deadline = 4}).error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(check(OnlineJob{.work = 4, .deadline = 5, .work_factor = 1.5}).error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(run_online(*policy("at_once", one, {}), one, Prices{1, 2}, 0, {}).error().kind, ErrorKind::kInvalid);
}

// With a perfect forecast model-predictive control is the exact programme; without one it is "at once".
TEST(OnlinePolicyProperty, PerfectForecastIsTheOracle) {
  Prng prng(11);
  for (int i = 0; i < 5'000; ++i) {
    Prices prices;
    for (int t = 0; t < 24; ++t) prices.push_back(static_cast<double>(prng.below(100)) + prng.between(0.0, 1.0));
    const OnlineJob job{.work = 1 + prng.below(8),
                        .deadline = 12 + prng.below(12),
                        .edge_cost = prng.below(2) == 0 ? 0.0 : prng.between(0.0, 60.0)};
    const auto out = run_online(*policy("mpc", job, {}), job, prices, 0, perfect(prices));
    ASSERT_NEAR(out->cost, *least_cost(job, prices), 1e-9) << "case " << i;
    ASSERT_EQ(run_online(*policy("mpc", job, {}), job, prices, 0, {})->segments,
              run_online(*policy("at_once", job, {}), job, prices, 0, {})->segments);
  }
}

struct RandomCase {
  OnlineJob job;
  PolicySettings settings;
  Prices prices;
};

RandomCase random_case(Prng& prng, bool with_restart) {
  RandomCase c;
  c.settings.low = prng.between(0.5, 50.0);
  c.settings.high = c.settings.low * prng.between(1.0, prng.below(2) == 0 ? 5.0 : 100.0);
  c.settings.trust = prng.between(0.0, 1.0);
  c.job.work = 1 + prng.below(6);
  c.job.restart = with_restart ? prng.below(3) : 0;
  c.job.deadline = c.job.work + prng.below(12);
  if (prng.below(2) == 0) c.job.edge_cost = prng.between(0.0, 0.4) * (c.settings.high - c.settings.low);
  const double low = c.settings.low, high = c.settings.high;
  const auto shape = prng.below(4);  // noise; extremes; falling; near the thresholds
  for (std::size_t t = 0; t < c.job.deadline; ++t) {
    double price = prng.between(low, high);
    if (shape == 1) price = prng.below(2) == 0 ? low : high;
    if (shape == 2)
      price =
          high - (high - low) * static_cast<double>(t) / static_cast<double>(c.job.deadline) * prng.between(0.9, 1.0);
    if (shape == 3) price = prng.below(3) == 0 ? low : std::min(high, std::sqrt(low * high) * prng.between(0.5, 2.0));
    c.prices.push_back(std::clamp(price, low, high));
  }
  return c;
}

// No policy misses a deadline, whatever the prices and the forecasts, with restarts too.
TEST(OnlinePolicyProperty, NoDeadlineIsMissed) {
  Prng prng(3);
  std::size_t forced = 0;
  for (int i = 0; i < 10'000; ++i) {
    const RandomCase c = random_case(prng, true);
    const Forecaster forecaster =
        prng.below(2) == 0 ? perfect(c.prices) : misleading(c.prices, c.settings.low, c.settings.high);
    for (const std::string& name : policy_names()) {
      const auto out = run_online(*policy(name, c.job, c.settings), c.job, c.prices, 0, forecaster);
      ASSERT_TRUE(out) << name;
      ASSERT_TRUE(out->in_time) << name << ", case " << i;
      std::size_t progress = 0;
      for (const SlotRun& run : out->segments) progress += run.end - run.begin - run.overhead;
      ASSERT_EQ(progress, c.job.work) << name << ", case " << i;
      forced += out->forced;
    }
  }
  EXPECT_GT(forced, 10'000U);  // the guard had something to do
}

// 5 1 4 2 3 1: two hours in one run are cheapest in hours 3 and 4 or 4 and 5; by price alone they start at the first low one.
TEST(OnlinePolicy, AJobThatMayNotPauseHasAStartOnly) {
  const Prices prices{4, 5, 6, 3, 5, 1, 4, 2, 3, 1};
  const OnlineJob job{.work = 2, .deadline = 6, .edge_cost = 0.5, .may_pause = false};
  struct Row {
    const char* name;
    PolicySettings settings;
    std::size_t begin;
    double cost;
  };
  const std::vector<Row> table{
      {"at_once", {}, 0, 7},
      {"mpc", {}, 4, 5},
      {"last_week_quantile", {.quantile = 0.25}, 1, 6},
      {"one_threshold", {.low = 1, .high = 9}, 1, 6},
      {"double_threshold", {.low = 1, .high = 9}, 1, 6},  // (T + 10) (2 T + 1) = 19 * 3: T = 2.0
  };
  for (const Row& row : table) {
    const auto out = run_online(*policy(row.name, job, row.settings), job, prices, 4, perfect(prices));
    ASSERT_TRUE(out) << row.name;
    EXPECT_EQ(out->segments, (std::vector<SlotRun>{{row.begin, row.begin + 2, 0}})) << row.name;
    EXPECT_EQ(out->cost, row.cost) << row.name;
  }
  EXPECT_EQ(*least_cost(job, std::span(prices).subspan(4)), 5.0);
}

// Every policy runs such a job in one piece, in time, no cheaper than the cheapest start and within its bound, whatever the forecast says.
TEST(OnlinePolicyProperty, InOneRunNobodyBeatsTheCheapestStart) {
  Prng prng(5);
  std::vector<double> nearest(policy_names().size(), 0.0);
  for (int i = 0; i < 20'000; ++i) {
    RandomCase c = random_case(prng, true);
    c.job.may_pause = false;
    const double least = *least_cost(c.job, c.prices);
    ASSERT_GE(
        least,
        *least_cost({.work = c.job.work, .deadline = c.job.deadline, .edge_cost = c.job.edge_cost}, c.prices) - 1e-9)
        << "pauses never cost more";
    for (std::size_t p = 0; p < policy_names().size(); ++p) {
      const auto made = policy(policy_names()[p], c.job, c.settings);
      const bool lies = i % 2 == 0;
      const auto out = run_online(*made, c.job, c.prices, 0,
                                  lies ? misleading(c.prices, c.settings.low, c.settings.high) : perfect(c.prices));
      ASSERT_TRUE(out && out->in_time) << made->name() << ", case " << i;
      ASSERT_EQ(out->segments.size(), 1U) << made->name() << ", case " << i;
      ASSERT_EQ(out->segments[0].end - out->segments[0].begin, c.job.work) << made->name() << ", case " << i;
      ASSERT_GE(out->cost, least - 1e-9) << made->name() << ", case " << i;
      if (made->name() == "mpc" && !lies) {
        ASSERT_NEAR(out->cost, least, 1e-9) << "with a perfect forecast it is the cheapest start";
      }
      const auto bound = made->worst_case();
      if (!bound) continue;
      ASSERT_LE(out->cost / least, *bound * (1.0 + 1e-9)) << made->name() << ", case " << i;
      nearest[p] = std::max(nearest[p], (out->cost / least - 1.0) / std::max(*bound - 1.0, 1e-9));
    }
  }
  for (std::size_t p = 3; p < nearest.size(); ++p) EXPECT_GT(nearest[p], 0.5) << policy_names()[p];  // no idle bound
}

// A price that is not known when its slot comes is not waited for, and is paid all the same.
TEST(OnlinePolicy, WhatIsKnownOfTheSlotMayBeNothing) {
  const Prices prices{5, 1, 4, 2};
  const OnlineJob job{.work = 1, .deadline = 4};
  const auto seen = [&](std::size_t slot) { return slot == 2 ? std::nan("") : prices[slot] + 10.0; };
  const auto out = run_online(*policy("last_week_quantile", job, {}), job, Prices{1, 5, 1, 4, 2}, 1, {}, {},
                              [&](std::size_t slot) { return seen(slot - 1); });
  EXPECT_EQ(out->segments, (std::vector<SlotRun>{{2, 3, 0}}));
  EXPECT_EQ(out->cost, 4.0);
}

// What is printed as the worst case holds, also with a forecast that says the contrary.
TEST(OnlinePolicyProperty, TheWorstCaseHolds) {
  Prng prng(4);
  std::vector<double> nearest(policy_names().size(), 0.0);
  for (int i = 0; i < 20'000; ++i) {
    const RandomCase c = random_case(prng, false);
    const double least = *least_cost(c.job, c.prices);
    const Forecaster forecaster = misleading(c.prices, c.settings.low, c.settings.high);
    for (std::size_t p = 0; p < policy_names().size(); ++p) {
      const auto made = policy(policy_names()[p], c.job, c.settings);
      const auto bound = made->worst_case();
      if (!bound) continue;
      const double ratio = run_online(*made, c.job, c.prices, 0, forecaster)->cost / least;
      ASSERT_LE(ratio, *bound * (1.0 + 1e-9)) << made->name() << ", case " << i;
      nearest[p] = std::max(nearest[p], (ratio - 1.0) / std::max(*bound - 1.0, 1e-9));
    }
  }
  for (std::size_t p = 3; p < nearest.size(); ++p) EXPECT_GT(nearest[p], 0.5) << policy_names()[p];  // no idle bound
}

TEST(DeadlineGuard, ConformalFactor) {
  std::vector<double> ratios;
  for (int i = 0; i < 19; ++i) ratios.push_back(1.09 - 0.01 * i);
  EXPECT_DOUBLE_EQ(*conformal_work_factor(ratios, 0.05), 1.09);
  EXPECT_DOUBLE_EQ(*conformal_work_factor(ratios, 0.5), 1.0);
  EXPECT_FALSE(conformal_work_factor(std::span(ratios).first(18), 0.05));
  EXPECT_DOUBLE_EQ(*conformal_work_factor(std::vector<double>(40, 0.5), 0.05), 1.0);
  EXPECT_FALSE(conformal_work_factor(ratios, 0.0));
}

TEST(DeadlineGuard, WhatThePastSays) {
  const std::vector<Duration> took{hours(1), hours(2), hours(0), hours(1)};
  EXPECT_EQ(past_ratios(took, {}, 5), (std::vector<double>{2.0, 0.5}));
  EXPECT_EQ(past_ratios(took, {}, 1), (std::vector<double>{2.0, 0.5}));
  EXPECT_EQ(past_ratios(took, hours(2), 5), (std::vector<double>{0.5, 1.0, 0.5}));
  EXPECT_TRUE(past_ratios(std::span(took).first(1), {}, 5).empty());
  EXPECT_FALSE(work_reserve({}, 0.05));
  const auto few = work_reserve(std::vector<double>{0.5, 1.4, 0.9}, 0.05);
  EXPECT_EQ(few->factor, 1.4);
  EXPECT_EQ(few->most_missed, 0.25) << "three cannot promise one in twenty";
  std::vector<double> many(38, 0.9);
  many.push_back(1.2);
  many.push_back(3.0);
  const auto enough = work_reserve(many, 0.05);
  EXPECT_EQ(enough->factor, 1.2);
  EXPECT_EQ(enough->most_missed, 0.05);
}

// Jobs whose length is not known: with the guard's factor at most 10 % are late, without it more.
TEST(DeadlineGuardProperty, LateAsRarelyAsPromised) {
  Prng prng(6);
  std::size_t late = 0, late_without = 0;
  constexpr std::size_t kCases = 1'500;
  const auto ratio = [&prng] { return std::exp(prng.between(-0.3, 0.3) + prng.between(-0.3, 0.3)); };
  for (std::size_t i = 0; i < kCases; ++i) {
    std::vector<double> past;
    for (int k = 0; k < 40; ++k) past.push_back(ratio());
    Prices prices;
    for (int t = 0; t < 60; ++t) prices.push_back(60.0 - t);  // waiting always looks better
    OnlineJob job{.work = 10, .deadline = 40};
    const auto takes = static_cast<std::size_t>(std::ceil(10.0 * ratio()));
    const auto at = perfect(prices);
    late_without += run_online(*policy("mpc", job, {}), job, prices, 0, at, takes)->in_time ? 0 : 1;
    job.work_factor = *conformal_work_factor(past, 0.1);
    late += run_online(*policy("mpc", job, {}), job, prices, 0, at, takes)->in_time ? 0 : 1;
  }
  EXPECT_LE(static_cast<double>(late), 0.1 * kCases + 3.0 * std::sqrt(0.09 * kCases));
  EXPECT_GT(late_without, kCases / 4);
}

}  // namespace
}  // namespace olivine
