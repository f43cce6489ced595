#include "account/studies/tracker_log.h"

#include <fmt/core.h>
#include <gtest/gtest.h>

namespace olivine {
namespace {

std::string sample(double t, double gpu, double cpu, double g) {
  return fmt::format(
      "{{\"timestamp\":{},\"nvidia_estimated_attributable_power_draw\":{},\"rapl_estimated_attributable_power_draw\":{},"
      "\"realtime_carbon_intensity\":{},\"average_gpu_estimated_utilization_absolute\":0.5}}\n",
      t, gpu, cpu, g);
}

Result<TrackerTotals> integrated(const std::string& log, double begin, double end) {
  TextSource source(log);
  return integrate_tracker_log(source, {"r", begin, end}, 2.0);
}

// 0 s to 10 s at 100 W, to 20 s at 50 W, held to 30 s: 2,000 J of the GPU, as the header says; the CPU draws 10 W throughout.
TEST(TrackerLog, HoldsTheFirstAndTheLastSample) {
  const auto t = integrated(sample(10, 100, 10, 200) + sample(20, 50, 10, 400), 0, 30);
  ASSERT_TRUE(t) << t.error().message;
  EXPECT_NEAR(t->gpu_kwh * 3.6e6, 2000.0, 1e-9);
  EXPECT_NEAR(t->cpu_kwh * 3.6e6, 300.0, 1e-9);
  EXPECT_NEAR(t->energy_kwh * 3.6e6, 4600.0, 1e-9);
  EXPECT_NEAR(t->carbon_g * 3.6e6, 2.0 * (1100 * 200.0 + 1200 * 400.0), 1e-6);
  EXPECT_NEAR(t->mean_g_per_kwh, 1000.0 / 3.0, 1e-9);
  EXPECT_NEAR(t->gpu_hours * 3600.0, 15.0, 1e-9);
  EXPECT_EQ(t->samples, 3U);
}

TEST(TrackerLog, RefusesDamage) {
  const struct {
    std::string log, says;
  } cases[] = {
      {"", "no sample"},
      {"{}\n", "line 1: timestamp"},
      {"nonsense\n", "line 1: this is no JSON"},
      {sample(10, 1, 1, 1) + sample(5, 1, 1, 1), "line 2: time runs back"},
      {sample(40, 1, 1, 1), "before its last sample"},
      {sample(10, -5, 1, 1), "no amount"},
  };
  for (const auto& c : cases) {
    const auto t = integrated(c.log, 0, 30);
    ASSERT_FALSE(t) << c.log;
    EXPECT_NE(t.error().message.find(c.says), std::string::npos) << t.error().message;
  }
}

TEST(TrackerLog, ReadsLocalTimes) {
  const auto spans = parse_tracker_spans("run,experiment_start,experiment_end\na,1970-01-01 00:00:01.5,1970-01-01 01:00:00\n", -7.0);
  ASSERT_TRUE(spans) << spans.error().message;
  EXPECT_DOUBLE_EQ(spans->at(0).begin_s, 7 * 3600 + 1.5);
  EXPECT_FALSE(parse_tracker_spans("run,experiment_start,experiment_end\n../x,1970-01-01,1970-01-02\n", 0.0));
}

TEST(TrackerLog, MeanOfRuns) {
  std::vector<TrackerRun> runs(2);
  runs[0] = {"a", {.energy_kwh = 1.0}};
  runs[1] = {"b", {.energy_kwh = 3.0}};
  EXPECT_EQ(*tracker_figure(runs, "mean", "energy"), 2.0);
  EXPECT_EQ(*tracker_figure(runs, "b", "energy"), 3.0);
  EXPECT_FALSE(tracker_figure(runs, "c", "energy"));
  EXPECT_FALSE(tracker_figure(runs, "a", "colour"));
}

}  // namespace
}  // namespace olivine
