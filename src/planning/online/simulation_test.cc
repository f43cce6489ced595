#include "planning/online/simulation.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/prng.h"

namespace olivine {
namespace {

HourlyTable table() {
  Prng prng(2);
  HourlyTable t;
  t.name = "made-up";
  t.columns = {"A", "B"};
  t.values.resize(2);
  for (std::size_t h = 0; h < 60 * 24; ++h)
    for (std::size_t z = 0; z < 2; ++z) t.values[z].push_back(200.0 + 90.0 * std::sin(static_cast<double>(h + 6 * z) / 24.0 * 2.0 * M_PI) + prng.between(0.0, 40.0));
  return t;
}

SimulationSettings settings() {
  SimulationSettings s;
  s.policies = {"at_once", "mpc", "double_threshold"};
  s.zones = {"A", "B"};
  s.seeds = {1, 2};
  s.jobs = 30;
  return s;
}

ZoneForecaster perfect(const HourlyTable& t) {
  return [&t](std::size_t column, std::size_t slot, std::size_t count) {
    const auto first = t.values[column].begin() + static_cast<std::ptrdiff_t>(slot) + 1;
    return std::vector<double>(first, first + static_cast<std::ptrdiff_t>(count));
  };
}

TEST(Simulation, PerfectForecastReachesTheLeast) {
  const HourlyTable t = table();
  const auto rows = simulate(t, settings(), perfect(t));
  ASSERT_TRUE(rows) << rows.error().message;
  ASSERT_EQ(rows->size(), 12U);
  for (const SimulationRow& row : *rows) {
    EXPECT_EQ(row.jobs, 30U);
    EXPECT_EQ(row.late, 0U);
    EXPECT_LE(row.least_g, row.g * (1.0 + 1e-12));
    if (row.policy == "at_once") {
      EXPECT_DOUBLE_EQ(row.g, row.at_once_g);
    }
    if (row.policy == "mpc") {
      EXPECT_NEAR(row.g, row.least_g, 1e-6);
    }
  }
  EXPECT_NE((*rows)[0].g, (*rows)[1].g);  // another seed, other jobs
}

TEST(Simulation, SameOnAnyThreadsAndPartsMergeToTheWhole) {
  const HourlyTable t = table();
  SimulationSettings s = settings();
  const auto whole = simulate(t, s, perfect(t));
  s.threads = 4;
  const auto threaded = simulate(t, s, perfect(t));
  std::vector<SimulationRow> parts;
  s.parts = 3;
  for (s.part = 0; s.part < 3; ++s.part) {
    const auto part = simulate(t, s, perfect(t));
    parts.insert(parts.end(), part->begin(), part->end());
  }
  const auto merged = *merge(parts);
  parts.push_back(parts.front());
  EXPECT_EQ(merge(parts).error().kind, ErrorKind::kInvalid);
  ASSERT_EQ(merged.size(), whole->size());
  for (std::size_t i = 0; i < whole->size(); ++i) {
    EXPECT_EQ((*whole)[i].g, (*threaded)[i].g);
    EXPECT_EQ(merged[i].policy, (*whole)[i].policy);
    EXPECT_EQ(merged[i].jobs, (*whole)[i].jobs);
    EXPECT_NEAR(merged[i].g, (*whole)[i].g, 1e-6);
  }
}

TEST(Simulation, AJobByHandAndMistakes) {
  const HourlyTable t = table();
  SimulationSettings s = settings();
  s.policies = {"at_once"};
  s.zones = {"B"};
  s.seeds = {1};
  s.trace = {{.arrives = 700, .work = 2, .deadline = 3, .power_kw = 2.0}};
  s.edge_g = 5.0;
  EXPECT_DOUBLE_EQ(simulate(t, s, perfect(t))->front().g, 2.0 * (t.values[1][700] + t.values[1][701] + 10.0));
  s.trace[0].arrives = 1439;
  EXPECT_EQ(simulate(t, s, perfect(t)).error().kind, ErrorKind::kInvalid);
  s.trace.clear();
  s.policies = {"nothing"};
  EXPECT_EQ(simulate(t, s, perfect(t)).error().kind, ErrorKind::kNotFound);
  s.zones = {"C"};
  EXPECT_EQ(simulate(t, s, perfect(t)).error().kind, ErrorKind::kNotFound);
}

TEST(Simulation, TracesFollowTheirDistribution) {
  const auto jobs = generated_trace(20'000, 100, 5'000, 3);
  double mean = 0.0;
  std::size_t loose = 0;
  for (const SimulatedJob& job : jobs) {
    ASSERT_GE(job.work, 4U);
    ASSERT_LE(job.work, 96U);
    ASSERT_GE(job.arrives, 100U);
    ASSERT_LE(job.arrives + job.deadline, 5'100U);
    mean += static_cast<double>(job.work) / 20'000;
    loose += job.deadline == 4 * job.work ? 1 : 0;
  }
  EXPECT_NEAR(mean, 50.0, 1.0);
  EXPECT_NEAR(static_cast<double>(loose) / 20'000, 1.0 / 3.0, 0.015);
  EXPECT_NE(generated_trace(5, 0, 5'000, 3)[0].arrives, generated_trace(5, 0, 5'000, 4)[0].arrives);
}

}  // namespace
}  // namespace olivine
