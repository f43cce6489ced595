#include "planning/single_job.h"

#include <gtest/gtest.h>

#include <cmath>
#include <tuple>

namespace olivine {
namespace {

constexpr WallTime kNow{1'640'995'200'000'000'000};  // 2022-01-01T00:00Z

IntensitySeries hourly(const std::string& zone, const std::vector<double>& g_per_kwh,
                       Signal signal = Signal::kAverage) {
  IntensitySeries series;
  series.zone = zone;
  series.signal = signal;
  for (std::size_t i = 0; i < g_per_kwh.size(); ++i) {
    const WallTime begin{kNow.ns + hours(static_cast<std::int64_t>(i)).ns};
    if (!std::isnan(g_per_kwh[i])) series.points.push_back(exact_point(begin, {begin.ns + hours(1).ns}, g_per_kwh[i]));
  }
  return series;
}

JobRequest request(std::vector<ZoneIntensity> zones) {
  JobRequest r;
  r.now = kNow;
  r.duration = hours(2);
  r.deadline = hours(6);
  r.power_w = 100e3;
  r.zones = std::move(zones);
  return r;
}

const std::vector<double> kFr{100, 50, 50, 200, 10, 10};

TEST(SingleJob, WorkedExample) {
  const auto plan = plan_job(request({{"FR", hourly("FR", kFr), std::nullopt}}));
  ASSERT_TRUE(plan);
  EXPECT_DOUBLE_EQ(*plan->baseline.emissions_g.average, 15'000.0);
  EXPECT_DOUBLE_EQ(*plan->best.emissions_g.average, 2'000.0);
  EXPECT_DOUBLE_EQ(plan->bound, 2'000.0);
  EXPECT_NEAR(*plan->saving.average, 0.867, 0.0005);
  EXPECT_FALSE(plan->saving.marginal);
  EXPECT_EQ(plan->best.segments.front().begin.ns, kNow.ns + hours(4).ns);
  EXPECT_EQ(plan->best.finish.ns, kNow.ns + hours(6).ns);
  EXPECT_DOUBLE_EQ(plan->best.energy_j, 7.2e8);
}

TEST(SingleJob, BothSignalsPriceEveryPlan) {
  auto r = request({{"FR", hourly("FR", kFr), hourly("FR", {300, 300, 300, 300, 600, 600}, Signal::kMarginal)}});
  const auto by_average = plan_job(r);
  EXPECT_DOUBLE_EQ(*by_average->saving.marginal, -1.0);  // twice as much at the margin
  r.objective = Objective::kMarginal;
  const auto by_marginal = plan_job(r);
  EXPECT_DOUBLE_EQ(*by_marginal->saving.marginal, 0.0);
  EXPECT_EQ(by_marginal->best.segments.front().begin, kNow);  // of equals the earliest
}

TEST(SingleJob, TheFirstZoneIsTheBaselineAndTheBestWins) {
  const auto plan = plan_job(request(
      {{"DE", hourly("DE", {400, 400, 400, 400, 400, 400}), std::nullopt}, {"FR", hourly("FR", kFr), std::nullopt}}));
  EXPECT_DOUBLE_EQ(*plan->baseline.emissions_g.average, 80'000.0);
  EXPECT_EQ(plan->best.segments.front().zone, "FR");
  EXPECT_DOUBLE_EQ(*plan->saving.average, 0.975);
}

TEST(SingleJob, PausesCostAndCanBeForbidden) {
  auto r = request({{"FR", hourly("FR", {500, 10, 500, 10, 500, 500}), std::nullopt}});
  const auto paused = plan_job(r);
  EXPECT_EQ(paused->best.pauses, 1U);
  r.pause_g = 100.0;
  r.pause_j = 3.6e6 * 10.0;  // 10 kWh at the hour of the restart: 100 g more
  EXPECT_DOUBLE_EQ(*plan_job(r)->best.emissions_g.average, 2'000.0 + 200.0);
  EXPECT_DOUBLE_EQ(plan_job(r)->best.energy_j, 7.2e8 + 3.6e7);
  r.may_pause = false;
  EXPECT_EQ(plan_job(r)->best.pauses, 0U);
}

TEST(SingleJob, AnUnknownHourNeverWins) {
  const double unknown = std::nan("");
  const auto plan = plan_job(request({{"FR", hourly("FR", {100, 90, unknown, unknown, 200, 200}), std::nullopt}}));
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->best.segments.front().begin, kNow);
}

// What the plan emits is known where what starting at once emits is not.
TEST(SingleJob, AnUnknownBaselineIsNoReasonNotToPlan) {
  const double unknown = std::nan("");
  for (const auto& [values, begin, grams] : std::vector<std::tuple<std::vector<double>, std::int64_t, double>>{
           {{90, unknown, 90, 80}, 2, 170.0}, {{unknown, 70, 90, 80}, 1, 160.0}}) {
    auto r = request({{"FR", hourly("FR", values), std::nullopt}});
    r.deadline = hours(4);
    r.power_w = 1000.0;
    r.may_pause = false;
    const auto plan = plan_job(r);
    ASSERT_TRUE(plan) << plan.error().message;
    EXPECT_FALSE(plan->baseline.emissions_g.average);
    EXPECT_FALSE(plan->saving.average);
    EXPECT_DOUBLE_EQ(*plan->best.emissions_g.average, grams);
    EXPECT_EQ(plan->best.segments.front().begin.ns, kNow.ns + hours(begin).ns);
    ASSERT_EQ(plan->notes.size(), 1U);
    EXPECT_NE(plan->notes[0].find("nothing to compare with"), std::string::npos);
  }
  auto late = request({{"FR", hourly("FR", {unknown, unknown, unknown, unknown, unknown, unknown, 5}), std::nullopt}});
  EXPECT_FALSE(plan_job(late));  // nothing is known before the deadline
}

TEST(SingleJob, WhatIsRoundedUpToSlotsIsSaid) {
  auto r = request({{"FR", hourly("FR", kFr), std::nullopt}});
  r.pause_time = seconds(120);
  r.min_run = seconds(5400);
  auto plan = plan_job(r);
  ASSERT_TRUE(plan);
  ASSERT_EQ(plan->notes.size(), 2U);
  EXPECT_NE(plan->notes[0].find("the pause time of 2 min"), std::string::npos) << plan->notes[0];
  EXPECT_NE(plan->notes[1].find("the least run of 1 h 30 min"), std::string::npos) << plan->notes[1];
  r.pause_time = hours(1);
  r.min_run = hours(1);
  EXPECT_TRUE(plan_job(r)->notes.empty());
}

TEST(SingleJob, AZoneWithoutDataIsLeftOutAndNamed) {
  const auto plan = plan_job(request({{"FR", hourly("FR", kFr), std::nullopt}, {"DE", std::nullopt, std::nullopt}}));
  ASSERT_TRUE(plan);
  ASSERT_EQ(plan->notes.size(), 1U);
  EXPECT_NE(plan->notes[0].find("DE"), std::string::npos);
}

TEST(SingleJob, BeyondTheDataIsAnErrorThatSaysHowFarTheyReach) {
  auto r = request({{"FR", hourly("FR", kFr), std::nullopt}});
  r.deadline = hours(7);
  const auto plan = plan_job(r);
  ASSERT_FALSE(plan);
  EXPECT_NE(plan.error().message.find("2022-01-01T06:00"), std::string::npos) << plan.error().message;
}

TEST(SingleJob, HalfHoursAndPartsOfSlots) {
  auto r = request({{"FR", hourly("FR", kFr), std::nullopt}});
  r.slot = seconds(1800);
  r.duration = seconds(2700);
  const auto plan = plan_job(r);
  EXPECT_DOUBLE_EQ(*plan->best.emissions_g.average, 750.0);  // 75 kWh at 10 g
  EXPECT_EQ(plan->best.finish.ns - plan->best.segments.front().begin.ns, seconds(2700).ns);
}

TEST(SingleJob, RequestsThatMakeNoSense) {
  const auto with = [](auto change) {
    auto r = request({{"FR", hourly("FR", kFr), std::nullopt}});
    change(r);
    return plan_job(r);
  };
  EXPECT_EQ(with([](JobRequest& r) { r.deadline = hours(1); }).error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(with([](JobRequest& r) { r.power_w = 0; }).error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(with([](JobRequest& r) { r.zones.clear(); }).error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(with([](JobRequest& r) { r.slot = {}; }).error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(with([](JobRequest& r) { r.paused_power_w = 2e5; }).error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(with([](JobRequest& r) { r.pause_g = -1; }).error().kind, ErrorKind::kInvalid);
}

TEST(SlotMeans, OnlyWhollyKnownSlotsHaveAValue) {
  const IntensitySeries series = hourly("FR", {100, 200, std::nan(""), 400});
  const auto means = slot_means(series, {kNow.ns + seconds(1800).ns}, hours(1), 4);
  EXPECT_DOUBLE_EQ(means[0], 150.0);
  EXPECT_TRUE(std::isnan(means[1]) && std::isnan(means[2]) && std::isnan(means[3]));
}

}  // namespace
}  // namespace olivine
