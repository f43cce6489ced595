// plan_job beyond one zone's average: money, both signals, data that move, power curves, scales, ranges, and what never wins.
#include <gtest/gtest.h>

#include <cmath>

#include "base/prng.h"
#include "planning/single_job.h"

namespace olivine {
namespace {

constexpr WallTime kNow{1'640'995'200'000'000'000};  // 2022-01-01T00:00Z
const double kUnknown = std::nan("");

WallTime hour(std::int64_t h) { return {kNow.ns + hours(h).ns}; }

IntensitySeries hourly(const std::string& zone, const std::vector<double>& g_per_kwh, Signal signal = Signal::kAverage,
                       double spread = 0.0) {
  IntensitySeries series;
  series.zone = zone;
  series.signal = signal;
  for (std::size_t i = 0; i < g_per_kwh.size(); ++i) {
    const auto h = static_cast<std::int64_t>(i);
    if (std::isnan(g_per_kwh[i])) continue;
    series.points.push_back(
        {hour(h), hour(h + 1), g_per_kwh[i], g_per_kwh[i] * (1.0 - spread), g_per_kwh[i] * (1.0 + spread), false});
  }
  return series;
}

ZoneIntensity zone(const std::string& name, const std::vector<double>& average,
                   const std::vector<double>& marginal = {}) {
  ZoneIntensity z{name, hourly(name, average), std::nullopt};
  if (!marginal.empty()) z.marginal = hourly(name, marginal, Signal::kMarginal);
  return z;
}

JobRequest request(std::vector<ZoneIntensity> zones, std::int64_t duration_h, std::int64_t deadline_h) {
  JobRequest r;
  r.now = kNow;
  r.duration = hours(duration_h);
  r.deadline = hours(deadline_h);
  r.power_w = 1000.0;
  r.zones = std::move(zones);
  return r;
}

TEST(JobObjectives, MoneyIsMadeLeast) {
  auto r = request({zone("FR", {10, 10, 50, 50})}, 1, 4);
  r.zones[0].prices = {{hour(0), hour(2), 0.30}, {hour(2), hour(4), 0.10}};
  r.objective = Objective::kCost;
  const auto plan = plan_job(r);
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->best.segments.front().begin, hour(2));
  EXPECT_DOUBLE_EQ(*plan->best.cost, 0.10);
  EXPECT_NEAR(*plan->cost_saving, 2.0 / 3.0, 1e-12);
  EXPECT_DOUBLE_EQ(*plan->saving.average, -4.0);  // what the money costs in grams is said
  r.zones[0].prices.clear();
  EXPECT_EQ(plan_job(r).error().kind, ErrorKind::kNotFound);
}

TEST(JobObjectives, DataThatMoveCostEnergyAndMoney) {
  // 100 g at home, 10 g abroad; moving takes 2 kWh at 55 g, 110 g: not worth it for 1 kWh, worth it for 2.
  auto r = request({zone("PL", {100, 100, 100, 100}), zone("FR", {10, 10, 10, 10})}, 1, 4);
  r.transfer = DataTransfer{zone("PL", {100, 100, 100, 100}), 7.2e6, 5.0};
  EXPECT_EQ(plan_job(r)->best.segments.front().zone, "PL");
  r.duration = hours(2);
  const auto plan = plan_job(r);
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->best.segments.front().zone, "FR");
  EXPECT_DOUBLE_EQ(*plan->best.emissions_g.average, 20.0 + 110.0);
  EXPECT_DOUBLE_EQ(plan->best.energy_j, 7.2e6 + 7.2e6);
  EXPECT_DOUBLE_EQ(plan->bound, 130.0);
  r.objective = Objective::kCost;
  r.zones[0].prices = {{hour(0), hour(4), 3.0}};
  r.zones[1].prices = {{hour(0), hour(4), 1.0}};
  EXPECT_EQ(plan_job(r)->best.segments.front().zone, "PL");  // 6 against 2 + 5
  r.duration = hours(3);
  EXPECT_DOUBLE_EQ(*plan_job(r)->best.cost, 8.0);  // 3 + 5 against 9
}

// A zone whose intensity is below zero while the data move is no better for it.
TEST(JobObjectives, NothingIsWonByANegativeTransfer) {
  auto r = request({zone("A", {100, 100}, {500, 500}), zone("B", {100, 100}, {-3000, 600})}, 1, 2);
  r.transfer = DataTransfer{zone("A", {100, 100}, {500, 500}), 3.6e6, 0.0};  // 1 kWh: 0.5 x (500 - 3000) g
  r.objective = Objective::kMarginal;
  const auto plan = plan_job(r);
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->best.segments.front().zone, "A");
  ASSERT_FALSE(plan->notes.empty());
  EXPECT_NE(plan->notes[0].find("below zero, while the data move"), std::string::npos) << plan->notes[0];
  r.objective = Objective::kAverage;
  EXPECT_EQ(plan_job(r)->best.segments.front().zone, "A");
}

// Slots of two hours whose means are 300, 5 and 290: the second hides an hour below zero.
TEST(JobObjectives, ANegativeHourDoesNotWinInsideALongerSlot) {
  auto r = request({{"A", std::nullopt, hourly("A", {300, 300, -500, 510, 290, 290}, Signal::kMarginal)}}, 2, 6);
  r.objective = Objective::kMarginal;
  r.slot = hours(2);
  const auto plan = plan_job(r);
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->best.segments.front().begin, hour(4));
  EXPECT_DOUBLE_EQ(*plan->best.emissions_g.marginal, 580.0);
  ASSERT_EQ(plan->notes.size(), 1U);
  EXPECT_NE(plan->notes[0].find("1 of 3 slots"), std::string::npos) << plan->notes[0];
}

// 6 h of work in 3 h fit at scale 4 alone: the baseline is that, and it is said.
TEST(JobObjectives, TheBaselineOfAnElasticJobFits) {
  auto r = request({zone("A", {300, 200, 100, 400})}, 6, 3);
  r.scales = {{1, 1.0, 1.0}, {2, 1.5, 2.0}, {4, 4.0, 4.0}};
  const auto plan = plan_job(r);
  ASSERT_TRUE(plan) << plan.error().message;
  EXPECT_DOUBLE_EQ(*plan->baseline.emissions_g.average, 4.0 * 300.0 + 2.0 * 200.0);
  EXPECT_EQ(plan->baseline.segments.front().scale, 4.0);
  EXPECT_DOUBLE_EQ(*plan->best.emissions_g.average, 4.0 * 100.0 + 2.0 * 200.0);
  ASSERT_EQ(plan->notes.size(), 1U);
  EXPECT_NE(plan->notes[0].find("runs at scale 4"), std::string::npos) << plan->notes[0];
  r.duration = hours(13);
  EXPECT_FALSE(plan_job(r));  // 12 h of it fit
}

TEST(JobObjectives, AnElasticJobEarnsMoneyBelowZeroAndNoGrams) {
  auto r = request({zone("A", {300, 200, 100})}, 2, 3);
  r.scales = {{1, 1.0, 1.0}, {2, 2.0, 2.0}};
  r.zones[0].prices = {{hour(0), hour(1), 0.3}, {hour(1), hour(2), -0.2}, {hour(2), hour(3), 0.1}};
  r.objective = Objective::kCost;
  EXPECT_DOUBLE_EQ(*plan_job(r)->best.cost, -0.4);
  r.zones[0].average = hourly("A", {300, -200, 100});
  r.objective = Objective::kAverage;
  EXPECT_EQ(plan_job(r)->best.segments.front().begin, hour(2));
}

TEST(JobObjectives, APowerCurvePutsItsHeavyPartWhereItIsCheap) {
  auto r = request({zone("FR", {50, 10, 100, 20})}, 2, 4);
  r.curve = {{hours(0), hours(1), 1.0e6}, {hours(1), hours(2), 3.0e6}};  // 0.5 kW, then 1.5 kW
  const auto plan = plan_job(r);
  ASSERT_TRUE(plan);
  EXPECT_DOUBLE_EQ(*plan->baseline.emissions_g.average, 25.0 + 15.0);
  EXPECT_DOUBLE_EQ(*plan->best.emissions_g.average, 5.0 + 30.0);  // hours 1 and 3
  EXPECT_DOUBLE_EQ(plan->best.energy_j, 7.2e6);
  EXPECT_NEAR(plan->best.segments[1].energy_j, 1.5 * 3.6e6, 1e-6);
}

TEST(JobObjectives, AnElasticJobTakesMoreWorkersWhereItIsClean) {
  auto r = request({zone("FR", {100, 10, 100, 100})}, 2, 4);
  r.scales = {{1, 1.0, 1.0}, {2, 1.8, 2.0}};
  const auto plan = plan_job(r);
  ASSERT_TRUE(plan);
  EXPECT_DOUBLE_EQ(*plan->baseline.emissions_g.average, 110.0);
  EXPECT_NEAR(*plan->best.emissions_g.average, 20.0 + 0.2 * 100.0, 1e-9);
  EXPECT_EQ(plan->best.segments[1].scale, 2.0);
  r.pause_g = 5.0;
  EXPECT_EQ(plan_job(r).error().kind, ErrorKind::kInvalid);
}

TEST(JobObjectives, TheRangeOfASaving) {
  auto r = request({{"FR", hourly("FR", {100, 50}, Signal::kAverage, 0.196), std::nullopt}}, 1, 2);
  const auto plan = plan_job(r);
  ASSERT_TRUE(plan && plan->average_range);
  // d(saving) = (d50 + d100 / 2) / 100 with deviations of 5 and 10 g: 0.05 each, independent.
  EXPECT_NEAR(plan->average_range->upper - *plan->saving.average, 1.96 * std::hypot(0.05, 0.05), 1e-12);
  EXPECT_NEAR(*plan->saving.average - plan->average_range->lower, 1.96 * std::hypot(0.05, 0.05), 1e-12);
  EXPECT_FALSE(plan_job(request({zone("FR", {100, 50})}, 1, 2))->average_range);  // no range stated
  // Where the plan is the baseline, nothing can differ.
  auto same = request({{"FR", hourly("FR", {50, 100}, Signal::kAverage, 0.196), std::nullopt}}, 1, 2);
  EXPECT_FALSE(plan_job(same)->average_range);
}

TEST(JobObjectives, WhatIsNotKnownOrNegativeNeverWins) {
  struct Case {
    const char* what;
    std::vector<double> g;
    std::int64_t wins;
  };
  for (const Case& c : {Case{"null", {100, kUnknown, 90, 100}, 2}, Case{"negative", {100, -500, 90, 100}, 2},
                        Case{"zero is a value", {100, 0, 90, 100}, 1}}) {
    for (const bool marginal : {false, true}) {
      auto r = request({{"FR", std::nullopt, std::nullopt}}, 1, 4);
      (marginal ? r.zones[0].marginal : r.zones[0].average) =
          hourly("FR", c.g, marginal ? Signal::kMarginal : Signal::kAverage);
      r.objective = marginal ? Objective::kMarginal : Objective::kAverage;
      for (const bool pause : {false, true}) {
        r.may_pause = pause;
        const auto plan = plan_job(r);
        ASSERT_TRUE(plan) << c.what;
        EXPECT_EQ(plan->best.segments.front().begin, hour(c.wins)) << c.what;
      }
    }
  }
  // Half-covered: the hour from 1 to 2 is known for its first half only.
  auto r = request({zone("FR", {100, 1, 90, 100})}, 1, 4);
  r.zones[0].average->points[1].end.ns -= hours(1).ns / 2;
  EXPECT_EQ(plan_job(r)->best.segments.front().begin, hour(2));
  // Stale: data that end before the deadline are not taken to go on.
  auto stale = request({zone("FR", {100, 1})}, 1, 4);
  EXPECT_EQ(plan_job(stale).error().kind, ErrorKind::kNotFound);
  stale.now = hour(2);
  EXPECT_EQ(plan_job(stale).error().kind, ErrorKind::kNotFound);
}

TEST(JobObjectives, ANegativeHourIsPricedInTheBaseline) {
  auto r = request({{"FR", std::nullopt, hourly("FR", {-10, 20, 5, 20}, Signal::kMarginal)}}, 2, 4);
  r.objective = Objective::kMarginal;
  const auto plan = plan_job(r);
  ASSERT_TRUE(plan);
  EXPECT_DOUBLE_EQ(*plan->baseline.emissions_g.marginal, 10.0);
  EXPECT_DOUBLE_EQ(*plan->best.emissions_g.marginal, 25.0);
  EXPECT_DOUBLE_EQ(*plan->saving.marginal, -1.5);
  ASSERT_EQ(plan->notes.size(), 1U);
}

// Every choice of hours, by both signals.
double least_of_both(const std::vector<double>& average, const std::vector<double>& marginal, std::size_t work,
                     double limit, bool contiguous) {
  double best = std::numeric_limits<double>::infinity();
  for (std::uint32_t set = 0; set < (1U << average.size()); ++set) {
    double a = 0.0, m = 0.0;
    std::size_t count = 0, switches = 0;
    for (std::size_t t = 0; t < average.size(); ++t) {
      const bool in = (set >> t & 1U) != 0;
      if (in && (t == 0 || (set >> (t - 1) & 1U) == 0)) ++switches;
      if (!in) continue;
      ++count;
      a += average[t];
      m += marginal[t];
    }
    if (count == work && m <= limit + 1e-9 && (!contiguous || switches == 1)) best = std::min(best, a);
  }
  return best;
}

TEST(JobObjectivesProperty, BothSignalsAgainstBruteForce) {
  Prng prng(3);
  std::size_t exact = 0, binding = 0;
  for (int i = 0; i < 3000; ++i) {
    std::vector<double> average, marginal;
    for (int t = 0; t < 8; ++t) {
      average.push_back(static_cast<double>(prng.below(100)));
      marginal.push_back(static_cast<double>(1 + prng.below(100)));
    }
    auto r = request({zone("FR", average, marginal)}, static_cast<std::int64_t>(1 + prng.below(3)), 8);
    r.objective = Objective::kBoth;
    r.both_tolerance = 0.05;
    r.may_pause = prng.below(2) == 0;
    const auto plan = plan_job(r);
    ASSERT_TRUE(plan) << i;  // starting at once is always allowed
    const auto work = static_cast<std::size_t>(r.duration.ns / hours(1).ns);
    const double limit = 1.05 * *plan->baseline.emissions_g.marginal;
    const double least = least_of_both(average, marginal, work, limit, !r.may_pause);
    EXPECT_LE(*plan->best.emissions_g.marginal, limit * (1.0 + 1e-9)) << i;
    EXPECT_GE(*plan->best.emissions_g.average, least - 1e-9) << i;
    EXPECT_LE(plan->bound, least + 1e-9) << i;
    if (!r.may_pause) {
      EXPECT_NEAR(*plan->best.emissions_g.average, least, 1e-9) << i;
    }
    exact += plan->gap < 1e-9 ? 1 : 0;
    auto free = r;
    free.objective = Objective::kAverage;
    binding += *plan_job(free)->best.emissions_g.marginal > limit ? 1 : 0;
  }
  EXPECT_GT(exact, 1500U);
  EXPECT_GT(binding, 300U);
}

}  // namespace
}  // namespace olivine
