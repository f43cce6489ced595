#include "planning/follow.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/prng.h"
#include "planning/online/online_policy.h"
#include "planning/slot_schedule.h"

namespace olivine {
namespace {

constexpr WallTime kStart{1'640'995'200'000'000'000};  // 2022-01-01
WallTime after(Duration d) { return {kStart.ns + d.ns}; }

ZoneIntensity hourly(const std::vector<double>& g_per_kwh) {
  ZoneIntensity zone{"FR", IntensitySeries{}, std::nullopt};
  for (std::size_t h = 0; h < g_per_kwh.size(); ++h) {
    const WallTime begin = after(hours(static_cast<std::int64_t>(h)));
    if (!std::isnan(g_per_kwh[h]))
      zone.average->points.push_back(exact_point(begin, {begin.ns + hours(1).ns}, g_per_kwh[h]));
  }
  return zone;
}

struct Outcome {
  Duration ran;  // until it was done
  WallTime finish;
  double g = 0.0;  // of 1 kW
  std::size_t pauses = 0;
  std::string hours;  // one letter an hour: r or .
};

// The job as it really is: `takes` may differ from what the rules expect.
Outcome follow(const FollowRules& rules, const ZoneIntensity& zone, Duration takes) {
  Outcome out;
  FollowState state;
  WallTime now = kStart;
  Duration restart;                // what is left of it
  std::optional<WallTime> latest;  // of the wait
  while (out.ran < takes) {
    const FollowStep step = next_step(rules, state, zone, now);
    EXPECT_GT(step.until, now) << step.reason;
    EXPECT_EQ(step.run, !step.latest);
    if (step.latest) {
      EXPECT_LE(step.until, *step.latest) << step.reason;
      EXPECT_EQ(step.latest, latest ? latest : step.latest) << "who heard the first step of a wait waits as long";
    }
    latest = step.latest;
    WallTime until = step.until;
    if (step.run && state.state == JobState::kPaused) restart = rules.pause_time;
    if (state.state != JobState::kRunning) state.ran = {};
    if (!step.run && state.state == JobState::kRunning) ++out.pauses;
    if (step.run) {
      state.state = JobState::kRunning;
      until = std::min(until, WallTime{now.ns + restart.ns + takes.ns - out.ran.ns});
      const Duration overhead = std::min(restart, Duration{until.ns - now.ns});
      restart.ns -= overhead.ns;
      out.ran.ns += until.ns - now.ns - overhead.ns;
      state.done = out.ran;
      state.ran.ns += until.ns - now.ns;
      state.restart_left = restart;
      const std::vector<IntensityPoint> points = zone.average ? zone.average->points : std::vector<IntensityPoint>{};
      for (const IntensityPoint& p : points)
        out.g += p.g_per_kwh *
                 in_seconds({std::max<std::int64_t>(0, std::min(p.end, until).ns - std::max(p.begin, now).ns)}) /
                 3600.0;
    } else if (state.state == JobState::kRunning) {
      state.state = JobState::kPaused;
    }
    for (WallTime t{(now.ns + hours(1).ns - 1) / hours(1).ns * hours(1).ns}; t < until; t.ns += hours(1).ns)
      out.hours += step.run ? 'r' : '.';
    now = until;
  }
  out.finish = now;
  return out;
}

FollowRules rules_of(Duration work, Duration within) {
  FollowRules rules;
  rules.work = work;
  rules.finish_by = after(within);
  return rules;
}

TEST(Follow, TheHoursOfTheHeader) {
  FollowRules rules = rules_of(hours(2), hours(6));
  const Outcome out = follow(rules, hourly({5, 1, 4, 2, 3, 1}), hours(2));
  EXPECT_EQ(out.hours, ".r...r");
  EXPECT_DOUBLE_EQ(out.g, 2.0);
  EXPECT_EQ(out.pauses, 1U);
}

TEST(Follow, OnlyTheStart) {
  FollowRules rules = rules_of(hours(2), hours(6));
  rules.may_pause = false;
  const Outcome out = follow(rules, hourly({5, 1, 4, 2, 3, 1}), hours(2));
  EXPECT_EQ(out.hours, "....rr");
  EXPECT_EQ(out.pauses, 0U);
}

// Who does not hear from us goes on then: two hours are left, later one, and a restart and the margin before the deadline.
TEST(Follow, AWaitSaysWhenItIsOverAtTheLatest) {
  FollowRules rules = rules_of(hours(2), hours(6));
  EXPECT_EQ(next_step(rules, {}, hourly({5, 1, 4, 2, 3, 1}), kStart).latest, after(hours(4)));
  FollowState paused{JobState::kPaused, hours(1)};
  EXPECT_EQ(next_step(rules, paused, hourly({5, 1, 4, 2, 3, 1}), after(hours(2))).latest, after(hours(5)));
  rules.margin = seconds(1800);
  rules.pause_time = seconds(600);
  EXPECT_EQ(next_step(rules, paused, hourly({5, 1, 4, 2, 3, 1}), after(hours(2))).latest,
            after(seconds(5 * 3600 - 2400)));
  rules.pause_above = 2.0;
  EXPECT_EQ(next_step(rules, paused, hourly({5, 1, 4, 2, 3, 1}), after(hours(2))).latest,
            after(seconds(5 * 3600 - 2400)));
  EXPECT_FALSE(next_step(rules, paused, hourly({5, 1, 4, 2, 3, 1}), after(hours(3))).latest);
}

// Slots that begin with the first step end at 03:05; those of a later one begin with an hour and end at 03:30, which is in time too.
TEST(Follow, AWaitIsNoShorterForTheSlotsThatItBeganIn) {
  FollowRules rules = rules_of(hours(1), seconds(4 * 3600 + 30 * 60));
  rules.slot = seconds(1800);
  rules.may_pause = false;
  const ZoneIntensity falling = hourly({9, 8, 7, 6, 5, 4});
  const WallTime latest = after(seconds(3 * 3600 + 30 * 60));
  EXPECT_EQ(next_step(rules, {}, falling, after(seconds(35 * 60))).latest, latest);
  const FollowStep later = next_step(rules, {}, falling, after(hours(3)));
  EXPECT_FALSE(later.run);
  EXPECT_EQ(later.until, latest);
  EXPECT_TRUE(next_step(rules, {}, falling, latest).run);
}

// What is compared are the means over the work: the hour that it would start in says little about eight hours.
TEST(Follow, TheReasonToWaitNamesTheMeansOfTheWork) {
  FollowRules rules = rules_of(hours(2), hours(6));
  EXPECT_EQ(next_step(rules, {}, hourly({5, 1, 4, 2, 3, 1}), kStart).reason,
            "3 g/kWh if it ran now, 1 g/kWh from 01:00 UTC on, with 1 pause");
  rules.may_pause = false;
  EXPECT_EQ(next_step(rules, {}, hourly({5, 1, 4, 2, 3, 1}), kStart).reason,
            "3 g/kWh if it ran now, 2 g/kWh from 04:00 UTC on");
  EXPECT_EQ(next_step(rules, {}, hourly({2, 8, 4, 2, 3, 1}), kStart).reason,
            "5 g/kWh if it ran now, 2 g/kWh from 04:00 UTC on")
      << "cleaner at this instant, and yet dirtier";
  std::vector<double> days(60, 9.0);
  days[50] = days[51] = 1.0;
  EXPECT_EQ(next_step(rules_of(hours(2), hours(60)), {}, hourly(days), kStart).reason,
            "9 g/kWh if it ran now, 1 g/kWh from 2022-01-03 02:00 UTC on");
}

TEST(Follow, ThresholdAndDeadline) {
  FollowRules rules = rules_of(hours(3), hours(6));
  rules.pause_above = 2.0;
  EXPECT_EQ(follow(rules, hourly({5, 1, 4, 2, 3, 1}), hours(3)).hours, ".r.r.r");
  EXPECT_EQ(follow(rules, hourly({9, 9, 9, 9, 9, 9}), hours(3)).hours, "...rrr")
      << "the deadline goes before the limit";
  rules.margin = hours(1);
  EXPECT_EQ(follow(rules, hourly({9, 9, 9, 9, 9, 9}), hours(3)).hours, "..rrr");
}

// A run under way lasts min_run, whatever the price does; the deadline rules all the same.
TEST(Follow, ThresholdAndShortestRun) {
  FollowRules rules = rules_of(hours(4), hours(12));
  rules.pause_above = 2.0;
  const ZoneIntensity zone = hourly({1, 9, 9, 1, 9, 9, 9, 9, 9, 9, 9, 9});
  EXPECT_EQ(follow(rules, zone, hours(4)).hours, "r..r......rr");
  rules.min_run = hours(2);
  EXPECT_EQ(follow(rules, zone, hours(4)).hours, "rr.rr");
  rules.min_run = hours(3);
  EXPECT_EQ(follow(rules, zone, hours(4)).hours, "rrrr");
  FollowState state{JobState::kRunning, seconds(4200), {}, seconds(4200)};
  rules.min_run = seconds(5400);
  const FollowStep step = next_step(rules, state, zone, after(seconds(4200)));
  EXPECT_TRUE(step.run);
  EXPECT_EQ(step.until, after(seconds(5400)));
  EXPECT_EQ(step.reason, "9 g/kWh now, the limit is 2 g/kWh; no run is shorter than 1 h 30 min");
  state.ran = seconds(5400);
  EXPECT_FALSE(next_step(rules, state, zone, after(seconds(5400))).run);
}

TEST(Follow, WhatIsNotKnownIsNotWaitedFor) {
  const double unknown = std::nan("");
  FollowRules rules = rules_of(hours(2), hours(6));
  EXPECT_EQ(follow(rules, hourly({unknown, 1, 1, 1, 1, 1}), hours(2)).hours.substr(0, 1), "r");
  EXPECT_EQ(follow(rules, {"FR", std::nullopt, std::nullopt}, hours(2)).hours, "rr");
  EXPECT_EQ(follow(rules, hourly({5, 1}), hours(2)).hours, "rr") << "plans as far as the data go";
}

TEST(Follow, APauseThatCostsMoreThanItSavesIsNotMade) {
  FollowRules rules = rules_of(hours(2), hours(3));
  rules.pause_g = 7.0;
  EXPECT_EQ(follow(rules, hourly({1, 9, 1}), hours(2)).hours, "r.r");
  rules.pause_g = 9.0;
  EXPECT_EQ(follow(rules, hourly({1, 9, 1}), hours(2)).hours, "rr");
}

std::vector<double> random_hours(Prng& prng, std::size_t count) {
  std::vector<double> hours;
  for (std::size_t h = 0; h < count; ++h)
    hours.push_back(prng.below(20) == 0 ? std::nan("") : prng.between(20.0, 800.0));
  return hours;
}

// Whatever the intensity does: a job that keeps its word and the margin is done by the deadline.
TEST(FollowProperty, ADeadlineIsNeverMissed) {
  Prng prng(11);
  for (int i = 0; i < 3000; ++i) {
    const ZoneIntensity zone = hourly(random_hours(prng, 48));
    FollowRules rules;
    rules.work = seconds(600 + static_cast<std::int64_t>(prng.below(12 * 3600)));
    rules.margin = {rules.work.ns / 20};
    rules.pause_time = prng.below(2) == 0 ? Duration{} : seconds(static_cast<std::int64_t>(prng.below(1200)));
    rules.min_run = prng.below(2) == 0 ? Duration{} : hours(1);
    rules.finish_by = {kStart.ns + rules.work.ns + rules.margin.ns +
                       seconds(static_cast<std::int64_t>(prng.below(24 * 3600))).ns};
    rules.slot = seconds(900);
    if (prng.below(3) == 0) rules.pause_above = prng.between(20.0, 800.0);
    const Duration takes{rules.work.ns +
                         static_cast<std::int64_t>(prng.between(-0.2, 1.0) * static_cast<double>(rules.margin.ns))};
    const Outcome out = follow(rules, zone, takes);
    ASSERT_LE(out.finish, rules.finish_by) << "case " << i;
  }
}

// Steps come a little late; that alone is no reason for another pause.
TEST(Follow, ALateStepPlansInTheSlotsOfTheData) {
  FollowRules rules = rules_of(hours(2), hours(6));
  FollowState state{JobState::kPaused, hours(1)};
  const FollowStep step = next_step(rules, state, hourly({5, 1, 4, 2, 3, 1}), {after(hours(3)).ns + seconds(7).ns});
  EXPECT_FALSE(step.run) << step.reason;
  EXPECT_TRUE(next_step(rules, state, hourly({5, 1, 4, 2, 3, 1}), {after(hours(5)).ns}).run);
}

// With what comes known and slots that are those of the data, following the plan is the plan.
TEST(FollowProperty, WithPerfectKnowledgeItIsTheOptimum) {
  Prng prng(12);
  for (int i = 0; i < 500; ++i) {
    std::vector<double> prices;
    for (int h = 0; h < 14; ++h) prices.push_back(std::floor(prng.between(20.0, 800.0)));
    const auto work = static_cast<std::int64_t>(1 + prng.below(5));
    FollowRules rules = rules_of(hours(work), hours(14));
    rules.slot = hours(1);
    rules.pause_g = prng.below(2) == 0 ? 0.0 : prng.between(0.0, 300.0);
    const auto best = cheapest_pause_resume({.slots = static_cast<double>(work), .pause_cost = rules.pause_g}, prices);
    const Outcome out = follow(rules, hourly(prices), hours(work));
    ASSERT_NEAR(out.g + rules.pause_g * static_cast<double>(out.pauses), best->cost, 1e-6) << "case " << i;
  }
}

// One decision for both: what `olivine simulate` and the benchmarks count is what a follower does, with costs of switching, restarts
// and room for work that takes longer.
TEST(FollowProperty, ItDecidesAsTheSimulatorDoes) {
  Prng prng(13);
  std::size_t paused = 0;
  for (int i = 0; i < 500; ++i) {
    std::vector<double> prices;
    for (int h = 0; h < 20; ++h) prices.push_back(prng.between(20.0, 800.0));
    OnlineJob job;
    job.work = 1 + prng.below(6);
    job.reserve = prng.below(3);
    job.restart = prng.below(2);
    job.edge_cost = prng.below(2) == 0 ? 0.0 : prng.between(0.0, 150.0);
    job.deadline = job.work + job.reserve + 1 + prng.below(12);
    FollowRules rules =
        rules_of(hours(static_cast<std::int64_t>(job.work)), hours(static_cast<std::int64_t>(job.deadline)));
    rules.slot = hours(1);
    rules.margin = hours(static_cast<std::int64_t>(job.reserve));
    rules.pause_time = hours(static_cast<std::int64_t>(job.restart));
    rules.pause_g = 2.0 * job.edge_cost;
    const auto perfect = [&](std::size_t slot, std::size_t count) {
      const auto next = prices.begin() + static_cast<std::ptrdiff_t>(slot) + 1;
      return std::vector<double>(next, next + static_cast<std::ptrdiff_t>(count));
    };
    const auto simulated = run_online(*model_predictive(), job, prices, 0, perfect);
    ASSERT_TRUE(simulated) << simulated.error().message;
    std::string hours_run(simulated->segments.back().end, '.');
    for (const SlotRun& run : simulated->segments)
      std::fill(hours_run.begin() + static_cast<std::ptrdiff_t>(run.begin),
                hours_run.begin() + static_cast<std::ptrdiff_t>(run.end), 'r');
    const Outcome out = follow(rules, hourly(prices), rules.work);
    ASSERT_EQ(out.hours, hours_run) << "case " << i;
    paused += out.pauses;
  }
  EXPECT_GT(paused, 200U);
}

TEST(Follow, WorkThatTakesLongerThanExpectedRunsToItsEnd) {
  FollowRules rules = rules_of(hours(2), hours(8));
  rules.margin = hours(2);
  const Outcome out = follow(rules, hourly({1, 1, 900, 900, 1, 1, 1, 1}), hours(4));
  EXPECT_EQ(out.hours, "rrrr");
}

TEST(Follow, ARestartIsNoProgress) {
  const auto span = [](std::int64_t from_min, std::int64_t to_min) {
    return WallInterval{after(seconds(60 * from_min)), after(seconds(60 * to_min))};
  };
  struct Row {
    std::vector<WallInterval> spans;
    bool runs;
    std::int64_t done_min, restart_left_min;
    JobState state;
  };
  const std::vector<Row> table{
      {{}, false, 0, 0, JobState::kFresh},
      {{span(0, 60)}, true, 60, 0, JobState::kRunning},
      {{span(0, 60), span(120, 130)}, false, 68, 0, JobState::kPaused},
      {{span(0, 60), span(120, 121)}, true, 60, 1, JobState::kRunning},
      {{span(0, 60), span(120, 121), span(180, 190)}, true, 68, 0, JobState::kRunning},
  };
  for (std::size_t i = 0; i < table.size(); ++i) {
    const FollowState state = state_after(table[i].spans, table[i].runs, seconds(120));
    EXPECT_EQ(state.done, seconds(60 * table[i].done_min)) << i;
    EXPECT_EQ(state.restart_left, seconds(60 * table[i].restart_left_min)) << i;
    EXPECT_EQ(state.state, table[i].state) << i;
  }
}

}  // namespace
}  // namespace olivine
