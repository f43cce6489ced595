// The simulator: a table by hand, what must hold for every policy, and the same answer on any number of threads.
#include "planning/simulation/simulate.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/prng.h"
#include "planning/simulation/job_trace.h"

namespace olivine {
namespace {

QueueJob job(std::int64_t arrival_h, std::int64_t length_h, std::int64_t deadline_h, double power_w = 1000.0) {
  QueueJob j;
  j.arrival = {hours(arrival_h).ns};
  j.length = hours(length_h);
  j.deadline = {hours(deadline_h).ns};
  j.power_w = power_w;
  return j;
}

SimulationWorld world_of(std::vector<double> prices, std::vector<QueueJob> jobs) {
  SimulationWorld world;
  world.zones.push_back({"X", std::move(prices), {}});
  world.traces.push_back(std::move(jobs));
  world.seeds = {1};
  return world;
}

SimulationRow only(const SimulationWorld& world, const std::string& policy, const std::string& forecast = "perfect") {
  const auto rows = simulate(world, {{policy, "X", Signal::kAverage, forecast, 1}}, 1);
  EXPECT_TRUE(rows) << (rows ? "" : rows.error().message);
  return rows ? rows->front() : SimulationRow{};
}

// METHODS' case D7: 2 h in 6 of 5 1 4 2 3 1 6 2. At once 6 g, the best start 4 g, with a pause 2 g; an edge of 0.25 g makes that 3 g.
TEST(Simulate, CaseD7) {
  SimulationWorld world = world_of({5, 1, 4, 2, 3, 1, 6, 2}, {job(0, 2, 6)});
  EXPECT_DOUBLE_EQ(only(world, "at_once").policy_g, 6.0);
  EXPECT_DOUBLE_EQ(only(world, "start_within").policy_g, 4.0);
  const SimulationRow best = only(world, "oracle");
  EXPECT_DOUBLE_EQ(best.policy_g, 2.0);
  EXPECT_DOUBLE_EQ(best.least_g, 2.0);
  EXPECT_DOUBLE_EQ(best.pauses, 1.0);
  EXPECT_DOUBLE_EQ(best.delay_slots, 4.0);
  EXPECT_DOUBLE_EQ(best.saving, 2.0 / 3.0);
  EXPECT_DOUBLE_EQ(only(world, "mpc").policy_g, 2.0) << "with a perfect forecast it is the oracle";
  world.edge_g = 0.25;
  EXPECT_DOUBLE_EQ(only(world, "oracle").policy_g, 3.0);
  EXPECT_DOUBLE_EQ(only(world, "at_once").at_once_g, 6.5);
}

// Thresholds have no limits where every price is 0: they start at once and promise nothing. A zero among others is no limit.
TEST(Simulate, LimitsAreOfPricesAbove0) {
  for (const char* policy : {"one_threshold", "double_threshold", "published_threshold", "learning_augmented"}) {
    SimulationWorld world = world_of({0, 0, 0, 0, 0, 0}, {job(0, 2, 6)});
    const SimulationRow zeros = only(world, policy, "none");
    EXPECT_EQ(zeros.jobs, 1U);
    EXPECT_EQ(zeros.policy_g, 0.0);
    EXPECT_EQ(zeros.delay_slots, 0.0);
    EXPECT_FALSE(zeros.worst_case || zeros.price_low || zeros.price_high) << policy;
    world.zones[0].average = {0, 4, 2, 0, 8, 8};
    const SimulationRow some = only(world, policy, "none");
    EXPECT_EQ(some.price_low, 2.0);
    EXPECT_EQ(some.price_high, 8.0);
    ASSERT_TRUE(some.worst_case) << policy;
    EXPECT_GE(*some.worst_case, 1.0);
    world.restart = 1;
    EXPECT_FALSE(only(world, policy, "none").worst_case) << "a restart takes time";
  }
  EXPECT_FALSE(only(world_of({5, 1, 4, 2, 3, 1}, {job(0, 2, 6)}), "mpc").price_low);
  // One slot of work: one price, the root of 1 x 4, is 2; at most 2 x the least.
  EXPECT_DOUBLE_EQ(only(world_of({4, 1, 3, 2}, {job(0, 1, 4)}), "one_threshold", "none").worst_case.value_or(0), 2.0);
}

// D7 in one run: the best start is the least, and nobody pauses.
TEST(Simulate, AJobThatMayNotPauseIsRunInOnePiece) {
  SimulationWorld world = world_of({5, 1, 4, 2, 3, 1, 6, 2}, {job(0, 2, 6)});
  world.traces[0][0].may_pause = false;
  for (const char* policy : {"start_within", "oracle", "mpc"}) {
    const SimulationRow row = only(world, policy);
    EXPECT_DOUBLE_EQ(row.policy_g, 4.0) << policy;
    EXPECT_DOUBLE_EQ(row.least_g, 4.0) << policy;
    EXPECT_DOUBLE_EQ(row.pauses, 0.0) << policy;
  }
  world.traces[0].push_back(job(0, 2, 6));  // one that may, beside it
  EXPECT_DOUBLE_EQ(only(world, "mpc").policy_g, 4.0 + 2.0);
  EXPECT_DOUBLE_EQ(only(world, "start_within").policy_g, 4.0 + 4.0);
}

// The service says the truth of the next three slots, then nothing: mpc waits within what it knows.
TEST(Simulate, WhatAServiceSaidThen) {
  SimulationWorld world = world_of({5, 4, 3, 2, 1, 1}, {job(0, 1, 6)});
  const double unknown = std::numeric_limits<double>::quiet_NaN();
  EXPECT_FALSE(simulate(world, {{"mpc", "X", Signal::kAverage, "service", 1}}, 1)) << "no service was asked";
  SimulatedZone& zone = world.zones[0];
  zone.average_said = {{5, 4, 3}, {4, 3, 2}, {3, 2, 1}, {2, 1, unknown}, {1, 1}, {1}};
  EXPECT_DOUBLE_EQ(only(world, "mpc", "service").policy_g, 1.0);
  zone.average_said[1] = {4, unknown, unknown};
  EXPECT_DOUBLE_EQ(only(world, "mpc", "service").policy_g, 4.0) << "nothing is known of later";
  zone.average_said[1] = {4, unknown, 2};
  EXPECT_DOUBLE_EQ(only(world, "mpc", "service").policy_g, 1.0) << "a gap is not the end";
  zone.average_said[0] = {unknown, 4, 3};
  EXPECT_DOUBLE_EQ(only(world, "mpc", "service").policy_g, 5.0) << "nobody waits for the unknown";
  zone.average_said[0] = {};
  EXPECT_DOUBLE_EQ(only(world, "mpc", "service").policy_g, 5.0) << "no answer";
}

TEST(Simulate, WhatIsNotKnownIsLeftOutAndCounted) {
  const double unknown = std::numeric_limits<double>::quiet_NaN();
  const SimulationRow row = only(world_of({5, 1, unknown, 2, 3, 1, -6, 2}, {job(0, 1, 2), job(1, 1, 4), job(3, 1, 6),
                                                                            job(5, 1, 8), job(7, 2, 8), job(6, 1, 20)}),
                                 "oracle");
  EXPECT_EQ(row.jobs, 2u);
  EXPECT_EQ(row.left_out, 4u);
}

TEST(Simulate, TheOtherSignalIsBeside) {
  SimulationWorld world = world_of({5, 1, 4, 2}, {job(0, 1, 4)});
  world.zones[0].marginal = {1, 10, 1, 1};
  const SimulationRow row = only(world, "oracle");
  EXPECT_DOUBLE_EQ(row.policy_g, 1.0);
  EXPECT_DOUBLE_EQ(*row.other_at_once_g, 1.0);
  EXPECT_DOUBLE_EQ(*row.other_policy_g, 10.0) << "good by one, bad by the other";
  world.zones[0].marginal[3] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_FALSE(only(world, "oracle").other_policy_g);
}

SimulationWorld random_world(std::uint64_t seed) {
  Prng random(seed);
  std::vector<double> prices;
  for (int i = 0; i < 28 * 24; ++i) prices.push_back(random.between(50.0, 400.0) + 100.0 * std::sin(i * 0.26));
  SimulationWorld world = world_of(prices, {});
  world.traces = {*generate_jobs({.seed = 1, .jobs = 60, .begin = {0}}),
                  *generate_jobs({.seed = 2, .jobs = 60, .begin = {0}})};
  world.seeds = {1, 2};
  world.edge_g = 30.0;
  for (double& p : world.zones[0].average) p = std::max(p, 1.0);
  for (std::size_t i = 0; i < prices.size(); ++i)
    world.zones[0].average_said.emplace_back(world.zones[0].average.begin() + static_cast<std::ptrdiff_t>(i),
                                             world.zones[0].average.end());
  for (auto& trace : world.traces)
    for (QueueJob& each : trace) each.may_pause = random.below(3) > 0;
  return world;
}

TEST(Simulate, NobodyIsLateAndNobodyBeatsTheOracle) {
  const SimulationWorld world = random_world(7);
  std::vector<SimulationCase> cases;
  for (const std::string& policy : simulated_policies())
    for (const char* forecast : {"none", "yesterday", "noise:0.2", "perfect", "service"})
      for (const std::uint64_t seed : {1u, 2u}) cases.push_back({policy, "X", Signal::kAverage, forecast, seed});
  const auto rows = simulate(world, cases, 2);
  ASSERT_TRUE(rows) << rows.error().message;
  for (const SimulationRow& row : *rows) {
    EXPECT_EQ(row.late, 0u) << row.of.policy;
    EXPECT_GT(row.jobs, 40u);
    EXPECT_GE(row.policy_g, row.least_g * (1 - 1e-12)) << row.of.policy;
    EXPECT_LE(row.saving_lower, row.saving);
    EXPECT_GE(row.saving_upper, row.saving);
    if (row.of.policy == "oracle") {
      EXPECT_NEAR(row.policy_g, row.least_g, 1e-6 * row.least_g);
      EXPECT_NEAR(*row.captured(), 1.0, 1e-6);
    }
    if (row.of.policy == "at_once") {
      EXPECT_DOUBLE_EQ(row.saving, 0.0);
    }
    if (row.of.policy == "start_within") {
      EXPECT_EQ(row.worse, 0u);
    }
  }
}

TEST(Simulate, TheSameOnAnyNumberOfThreads) {
  const SimulationWorld world = random_world(8);
  std::vector<SimulationCase> cases;
  for (const std::string& policy : simulated_policies())
    for (const std::uint64_t seed : {1u, 2u}) cases.push_back({policy, "X", Signal::kAverage, "noise:0.1", seed});
  const auto one = simulate(world, cases, 1), four = simulate(world, cases, 4);
  ASSERT_TRUE(one && four);
  for (std::size_t i = 0; i < cases.size(); ++i) {
    EXPECT_EQ((*one)[i].of, (*four)[i].of);
    EXPECT_EQ((*one)[i].policy_g, (*four)[i].policy_g);
    EXPECT_EQ((*one)[i].saving_lower, (*four)[i].saving_lower);
  }
}

TEST(Simulate, NamesThatAreNotKnown) {
  const SimulationWorld world = world_of({1, 2}, {job(0, 1, 2)});
  EXPECT_FALSE(simulate(world, {{"nonesuch", "X", Signal::kAverage, "none", 1}}, 1));
  EXPECT_FALSE(simulate(world, {{"mpc", "X", Signal::kAverage, "tomorrow", 1}}, 1));
  EXPECT_FALSE(simulate(world, {{"mpc", "X", Signal::kAverage, "noise:-1", 1}}, 1));
  EXPECT_FALSE(simulate(world, {{"mpc", "Y", Signal::kAverage, "none", 1}}, 1));
}

TEST(JobTrace, TheSeedDecidesAllAndTheShapeIsAsSaid) {
  const TraceSettings settings{.seed = 5, .jobs = 20'000, .begin = {hours(24 * 4).ns}};  // a Monday
  const auto jobs = *generate_jobs(settings), again = *generate_jobs(settings);
  std::vector<double> lengths;
  std::size_t by_day = 0, above_8h = 0;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    EXPECT_EQ(jobs[i].arrival, again[i].arrival);
    EXPECT_EQ(jobs[i].length, again[i].length);
    EXPECT_LE(jobs[i > 0 ? i - 1 : 0].arrival, jobs[i].arrival);
    EXPECT_GE(jobs[i].deadline.ns - jobs[i].arrival.ns, jobs[i].length.ns + hours(6).ns);
    lengths.push_back(in_seconds(jobs[i].length) / 3600.0);
    above_8h += lengths.back() > 8.0 ? 1 : 0;
    const std::int64_t hour = jobs[i].arrival.ns / hours(1).ns, day = hour / 24;
    by_day += (day + 3) % 7 < 5 && hour % 24 >= 8 && hour % 24 < 18 ? 1 : 0;
  }
  std::nth_element(lengths.begin(), lengths.begin() + 10'000, lengths.end());
  EXPECT_NEAR(lengths[10'000], 2.0, 0.1);
  EXPECT_NEAR(static_cast<double>(above_8h) / 20'000, 0.178, 0.01);  // P(z > ln 4 / 1.5)
  EXPECT_NEAR(static_cast<double>(by_day) / 20'000, 0.6 + 0.4 * 50.0 / 168.0, 0.01);
  EXPECT_FALSE(generate_jobs({.jobs = 0}));
  EXPECT_FALSE(generate_jobs({.spread = std::nan("")}));
}

}  // namespace
}  // namespace olivine
