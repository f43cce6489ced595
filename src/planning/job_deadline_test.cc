// plan_job at deadlines that are no whole slots, and at slots longer than the data: what it says is what the time really used emits.
#include <gtest/gtest.h>

#include <cmath>

#include "base/prng.h"
#include "planning/every_schedule.h"
#include "planning/single_job.h"

namespace olivine {
namespace {

constexpr WallTime kNow{1'640'995'200'000'000'000};  // 2022-01-01T00:00Z
constexpr Duration kQuarter = seconds(900);

Duration minutes(std::int64_t m) { return seconds(60 * m); }
WallTime quarter(std::int64_t q) { return {kNow.ns + q * kQuarter.ns}; }

// `step` quarters of an hour each.
IntensitySeries series_of(const std::vector<double>& g_per_kwh, std::int64_t step) {
  IntensitySeries series;
  for (std::size_t i = 0; i < g_per_kwh.size(); ++i) {
    const auto q = static_cast<std::int64_t>(i) * step;
    if (!std::isnan(g_per_kwh[i])) series.points.push_back(exact_point(quarter(q), quarter(q + step), g_per_kwh[i]));
  }
  return series;
}

JobRequest request(IntensitySeries series, Duration duration, Duration deadline) {
  JobRequest r;
  r.now = kNow;
  r.duration = duration;
  r.deadline = deadline;
  r.power_w = 1000.0;
  r.zones = {{"FR", std::move(series), std::nullopt}};
  return r;
}

TEST(JobDeadline, TheLastSlotOfWorkMayEndInAPartOfASlot) {
  struct Case {
    std::int64_t duration_min, deadline_min, begins_min;
    double grams;
  };
  const std::vector<double> hours_g{300, 200, 100, 400};
  for (const Case& c : {Case{90, 150, 60, 250.0}, Case{90, 149, 0, 400.0}, Case{90, 90, 0, 400.0},
                        Case{20, 40, 0, 100.0}, Case{75, 195, 120, 200.0}, Case{60, 119, 0, 300.0}})
    for (const bool pauses : {false, true}) {
      auto r = request(series_of(hours_g, 4), minutes(c.duration_min), minutes(c.deadline_min));
      r.pause_g = 1000.0;
      r.may_pause = pauses;
      const auto plan = plan_job(r);
      ASSERT_TRUE(plan) << c.deadline_min << ": " << plan.error().message;
      EXPECT_DOUBLE_EQ(*plan->best.emissions_g.average, c.grams) << c.deadline_min;
      EXPECT_EQ(plan->best.segments.front().begin.ns, kNow.ns + minutes(c.begins_min).ns) << c.deadline_min;
      EXPECT_EQ(plan->best.finish.ns, kNow.ns + minutes(c.begins_min + c.duration_min).ns) << c.deadline_min;
      EXPECT_DOUBLE_EQ(plan->bound, c.grams);
    }
  // The data need reach no further than the deadline.
  auto r = request(series_of({300, 200, 100}, 4), minutes(90), minutes(150));
  r.zones[0].average->points.back().end.ns -= minutes(30).ns;
  EXPECT_DOUBLE_EQ(*plan_job(r)->best.emissions_g.average, 250.0);
}

TEST(JobDeadline, AnElasticJobUsesThePartOfASlot) {
  auto r = request(series_of({300, 200, 100}, 4), minutes(120), minutes(150));
  r.scales = {{1, 1.0, 1.0}, {2, 2.0, 2.0}};
  const auto plan = plan_job(r);
  ASSERT_TRUE(plan);
  EXPECT_DOUBLE_EQ(*plan->best.emissions_g.average, 100.0 + 200.0);  // half of hour 2 at scale 2, then half of hour 1
  EXPECT_EQ(plan->best.finish.ns, kNow.ns + minutes(150).ns);
  EXPECT_DOUBLE_EQ(plan->best.energy_j, 7.2e6);
}

// A slot of two hours of which a part is used: its own hours count.
TEST(JobDeadline, APartOfALongSlotIsPricedByItsOwnTime) {
  auto r = request(series_of({100, 900, 300, 10}, 4), minutes(60), minutes(240));
  r.slot = hours(2);
  r.may_pause = false;
  const auto plan = plan_job(r);
  ASSERT_TRUE(plan);
  EXPECT_DOUBLE_EQ(*plan->best.emissions_g.average, 100.0);  // by the means of slots it was 155 g, from hour 2 on
  EXPECT_EQ(plan->best.segments.front().begin, kNow);
  r.scales = {{1, 1.0, 1.0}, {2, 2.0, 2.0}};
  r.may_pause = true;
  const auto elastic = plan_job(r);  // by the means slot 1 is chosen: half an hour of it at scale 2, at 300
  ASSERT_TRUE(elastic);
  const double of_hours = elastic->best.segments.front().begin == kNow ? 100.0 : 300.0;
  EXPECT_DOUBLE_EQ(*elastic->best.emissions_g.average, of_hours);
  EXPECT_LE(elastic->bound, of_hours);
}

// Quarters of an hour at random in slots of an hour: every schedule, priced quarter by quarter.
TEST(JobDeadlineProperty, EveryOptimumIsThatOfBruteForce) {
  Prng prng(17);
  std::size_t feasible = 0, cut = 0;
  for (int i = 0; i < 20'000; ++i) {
    const std::int64_t window = static_cast<std::int64_t>(2 + prng.below(18)),
                       length = static_cast<std::int64_t>(1 + prng.below(static_cast<std::uint64_t>(window)));
    std::vector<double> g;
    for (std::int64_t q = 0; q < window; ++q)
      g.push_back(q > 0 && q + 1 < window && prng.below(20) == 0
                      ? std::nan("")
                      : static_cast<double>(prng.below(40)) - (prng.below(20) == 0 ? 45.0 : 0.0));
    auto r = request(series_of(g, 1), {length * kQuarter.ns}, {window * kQuarter.ns});
    r.may_pause = prng.below(3) != 0;
    if (prng.below(2) == 0) r.pause_g = static_cast<double>(prng.below(30));
    if (prng.below(4) == 0 && window >= 4) r.pause_time = hours(1);  // a longer one than the window is refused
    if (prng.below(3) == 0) r.min_run = {static_cast<std::int64_t>(1 + prng.below(8)) * kQuarter.ns};
    const auto up = [](std::int64_t quarters) { return static_cast<std::size_t>((quarters + 3) / 4); };
    const JobShape shape{.slots = 0.25 * static_cast<double>(length),
                         .min_run_slots = std::max<std::size_t>(1, up(r.min_run.ns / kQuarter.ns)),
                         .min_run = 0.25 * static_cast<double>(r.min_run.ns / kQuarter.ns),
                         .pause_slots = up(r.pause_time.ns / kQuarter.ns)};
    planning_test::EverySchedule all(shape, up(window), [&](const std::vector<SlotRun>& runs) {
      double grams = r.pause_g * static_cast<double>(runs.size() - 1);
      for (const SlotRun& run : runs) {
        const auto end = static_cast<std::int64_t>(4 * run.end) - (&run == &runs.back() ? (4 - length % 4) % 4 : 0);
        for (auto q = static_cast<std::int64_t>(4 * run.begin); q < end; ++q) {
          const double value = q < window ? g[static_cast<std::size_t>(q)] : std::nan("");
          grams += value < 0.0 ? std::nan("") : 0.25 * value;
        }
      }
      return grams;
    });
    const double least = all.least(r.may_pause);
    const auto plan = plan_job(r);
    ASSERT_EQ(plan.has_value(), std::isfinite(least)) << "case " << i;
    if (!plan) continue;
    ++feasible;
    ASSERT_NEAR(*plan->best.emissions_g.average, least, 1e-9) << "case " << i;
    ASSERT_LE(plan->best.finish, quarter(window)) << "case " << i;
    cut += plan->best.finish.ns / hours(1).ns == quarter(window).ns / hours(1).ns && window % 4 != 0;
  }
  EXPECT_GT(feasible, 8'000U);
  EXPECT_GT(cut, 1'000U);
}

}  // namespace
}  // namespace olivine
