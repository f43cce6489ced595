#include "compare/compare_runs.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "compare/student.h"

namespace olivine {
namespace {

ComparedRun run(double energy_j, double gain, const std::string& meter, double intensity_range = 0.0) {
  std::vector<Sensitivity> moves;
  if (gain > 0.0) moves.push_back({"gain:" + meter, -gain * energy_j, gain * energy_j});
  const Spread energy(energy_j, moves);
  std::vector<Sensitivity> carbon = moves;
  for (Sensitivity& s : carbon) {
    s.down *= 2.0;
    s.up *= 2.0;
  }
  if (intensity_range > 0.0)
    carbon.push_back({"intensity:FR", -intensity_range * 2 * energy_j, intensity_range * 2 * energy_j});
  return {"id", "run", "done", energy, Spread(2 * energy_j, carbon), 10.0};
}

ComparedSide side(const std::string& name, std::vector<ComparedRun> runs, double units = 0.0) {
  return {name, std::move(runs), units};
}

TEST(Student, TabledQuantiles) {
  EXPECT_NEAR(student_quantile(0.975, 1), 12.7062, 1e-3);
  EXPECT_NEAR(student_quantile(0.975, 4), 2.776445, 1e-5);
  EXPECT_NEAR(student_quantile(0.975, 9.5), 2.2442, 1e-3);
  EXPECT_NEAR(student_quantile(0.95, 30), 1.697261, 1e-5);
  EXPECT_NEAR(student_quantile(0.975, 1e6), 1.959966, 1e-6);
  EXPECT_NEAR(student_quantile(0.975, 200.001), student_quantile(0.975, 199.999), 1e-6);
  EXPECT_NEAR(student_quantile(0.025, 4), -2.776445, 1e-5);
  EXPECT_NEAR(student_probability(1.0, 1), 0.75, 1e-9);
}

// One meter, one intensity: both cancel in the ratio, whatever their ranges are.
TEST(CompareRuns, SharedInputsCancel) {
  const auto report =
      compare_sides({side("A", {run(100, 0.05, "rapl", 0.5)}), side("B", {run(88, 0.05, "rapl", 0.5)})});
  ASSERT_TRUE(report);
  const SideReport& b = report->sides[1];
  EXPECT_NEAR(b.energy.value, -0.12, 1e-12);
  EXPECT_NEAR(b.energy.lower, -0.12, 1e-9);
  EXPECT_NEAR(b.carbon.upper, -0.12, 1e-9);
  EXPECT_TRUE(b.energy.distinguishable());
  EXPECT_EQ(verdict_of(b, "A", "energy", b.energy),
            "B used 12 % [12, 12] less energy than A; the scatter of repeats is not in it");
  EXPECT_EQ(report->notes.size(), 1U);
}

// Two meters of 5 % each: the ratio moves by 7 %, and 3 % cannot be told apart.
TEST(CompareRuns, DifferentMetersDoNotCancel) {
  const auto report = compare_sides({side("A", {run(100, 0.05, "rapl")}), side("B", {run(97, 0.05, "nvml")})});
  const SideReport& b = report->sides[1];
  EXPECT_NEAR(std::log(b.energy.upper + 1) - std::log(0.97), std::hypot(std::log(1.05), std::log(0.95)), 1e-9);
  EXPECT_FALSE(b.energy.distinguishable());
  EXPECT_NE(verdict_of(b, "A", "energy", b.energy).find("cannot be told apart (3.0 % [-"), std::string::npos)
      << verdict_of(b, "A", "energy", b.energy);
}

// Welch on logarithms, by hand: means 4.61381 and 4.47719; variances of the means 3.0066e-4 and 1.7226e-4; 3.73 degrees, t 2.857.
TEST(CompareRuns, RepeatsGiveAnInterval) {
  const auto report = compare_sides({side("A", {run(100, 0, ""), run(104, 0, ""), run(98, 0, "")}),
                                     side("B", {run(88, 0, ""), run(90, 0, ""), run(86, 0, "")})});
  const RelativeDifference& d = report->sides[1].energy;
  const double logs[2][3] = {{std::log(100.0), std::log(104.0), std::log(98.0)},
                             {std::log(88.0), std::log(90.0), std::log(86.0)}};
  double mean[2] = {0, 0}, variance[2] = {0, 0};
  for (int s = 0; s < 2; ++s) {
    for (const double v : logs[s]) mean[s] += v / 3;
    for (const double v : logs[s]) variance[s] += (v - mean[s]) * (v - mean[s]) / 2 / 3;
  }
  const double total = variance[0] + variance[1];
  const double degrees = total * total / (variance[0] * variance[0] / 2 + variance[1] * variance[1] / 2);
  EXPECT_NEAR(d.value, std::exp(mean[1] - mean[0]) - 1, 1e-12);
  EXPECT_NEAR(*d.scatter, student_quantile(0.975, degrees) * std::sqrt(total), 1e-9);
  EXPECT_TRUE(d.distinguishable());
  EXPECT_TRUE(report->notes.empty());
}

// Repeats of equal programs: in 95 % of 1,000 experiments the interval holds zero.
TEST(CompareRuns, CoversNoDifference) {
  std::mt19937_64 engine(3);
  std::normal_distribution<double> noise(0.0, 0.03);
  int inside = 0;
  for (int i = 0; i < 1'000; ++i) {
    std::vector<ComparedRun> a, b;
    for (int r = 0; r < 5; ++r) a.push_back(run(100 * std::exp(noise(engine)), 0.05, "rapl"));
    for (int r = 0; r < 4; ++r) b.push_back(run(100 * std::exp(noise(engine)), 0.05, "rapl"));
    const auto report = compare_sides({side("A", std::move(a)), side("B", std::move(b))});
    inside += report->sides[1].energy.distinguishable() ? 0 : 1;
  }
  EXPECT_GE(inside, 929);  // 95 % less three standard errors
  EXPECT_LE(inside, 971);
}

TEST(CompareRuns, PerUnitAndUnknown) {
  auto report = compare_sides({side("A", {run(100, 0, "")}, 10), side("B", {run(100, 0, "")}, 20)});
  EXPECT_NEAR(report->sides[1].energy.value, -0.5, 1e-12);
  EXPECT_NEAR(report->sides[0].energy_j->value, 10, 1e-12);
  ComparedRun unknown = run(100, 0, "");
  unknown.energy_j.reset();
  report = compare_sides({side("A", {run(100, 0, "")}), side("B", {unknown})});
  EXPECT_FALSE(report->sides[1].energy_j);
  EXPECT_NE(verdict_of(report->sides[1], "A", "energy", report->sides[1].energy).find("cannot be compared"),
            std::string::npos);
  EXPECT_FALSE(report->sides[1].energy.distinguishable());
  EXPECT_FALSE(compare_sides({side("A", {run(1, 0, "")})}));
  EXPECT_FALSE(compare_sides({side("A", {run(1, 0, "")}), side("B", {})}));
  EXPECT_FALSE(
      compare_sides({side("A", {run(0, 0, "")}), side("B", {run(1, 0, "")})})->sides[1].energy.distinguishable());
}

}  // namespace
}  // namespace olivine
