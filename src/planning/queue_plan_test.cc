#include "planning/queue_plan.h"

#include <gtest/gtest.h>

#include "planning/queue_file.h"

namespace olivine {
namespace {

constexpr WallTime kNow{1'640'995'200'000'000'000};  // 2022-01-01T00:00Z

WallTime hour(std::int64_t h) { return {kNow.ns + hours(h).ns}; }

IntensitySeries hourly(const std::vector<double>& g_per_kwh, Signal signal) {
  IntensitySeries series;
  series.zone = "FR";
  series.signal = signal;
  for (std::size_t i = 0; i < g_per_kwh.size(); ++i)
    series.points.push_back(
        exact_point(hour(static_cast<std::int64_t>(i)), hour(static_cast<std::int64_t>(i) + 1), g_per_kwh[i]));
  return series;
}

QueueRequest request(std::string_view csv) {
  QueueRequest r;
  r.now = kNow;
  r.zone = {"FR", hourly({90, 10, 20, 80}, Signal::kAverage), hourly({10, 50, 50, 10}, Signal::kMarginal)};
  r.exact_seconds = 0.0;
  auto jobs = queue_from_csv("jobs.csv", csv, kNow, true);
  EXPECT_TRUE(jobs) << jobs.error().message;
  if (jobs) r.jobs = *jobs;
  return r;
}

TEST(QueuePlan, WorkedExample) {
  auto r = request("job,duration,power,deadline\na,1h,1kW,4h\nb,90min,2kW,4h\n");
  const auto plan = plan_queue(r);
  ASSERT_TRUE(plan) << plan.error().message;
  // b: 3 kWh over two slots. a takes hour 2 and b hours 1 and 3, or a 1 and b 2, 3, or a 3 and b 1, 2: 155, 160, 125 g.
  EXPECT_DOUBLE_EQ(*plan->emissions_g.average, 125.0);
  EXPECT_DOUBLE_EQ(*plan->emissions_g.marginal, 10.0 + 150.0);
  EXPECT_DOUBLE_EQ(*plan->baseline_g.average, 90.0 + 1.5 * 30.0);  // a, then b
  EXPECT_NEAR(*plan->saving.average, 10.0 / 135.0, 1e-12);
  EXPECT_NEAR(*plan->saving.marginal, (160.0 - 160.0) / 160.0, 1e-12);
  EXPECT_LE(plan->bound, 125.0);
  EXPECT_EQ(plan->jobs[0].segments.front().begin, hour(3));
  EXPECT_DOUBLE_EQ(plan->energy_j, 4.0 * 3.6e6);
  EXPECT_EQ(plan->finish, hour(4));
  EXPECT_EQ(plan->left_out, 0U);
}

TEST(QueuePlan, WhoDoesNotFitIsNamed) {
  auto r = request("job,duration,power,deadline,priority\na,3h,1kW,4h,1\nlong,9h,1kW,4h,3\nb,3h,1kW,4h,2\n");
  const auto plan = plan_queue(r);
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->left_out, 2U);
  ASSERT_FALSE(plan->notes.empty());
  EXPECT_NE(plan->notes.front().find("a, long"), std::string::npos) << plan->notes.front();
  EXPECT_EQ(plan->jobs[2].segments.size(), 1U);
}

TEST(QueuePlan, NegativeAndUnknownHoursAreNotUsed) {
  auto r = request("job,duration,power,deadline\na,1h,1kW,4h\n");
  r.zone.average->points[1].g_per_kwh = -5.0;
  r.zone.average->points.erase(r.zone.average->points.begin() + 2);
  const auto plan = plan_queue(r);
  ASSERT_TRUE(plan) << plan.error().message;
  EXPECT_EQ(plan->jobs[0].segments.front().begin, hour(3));
  r.jobs[0].deadline = hour(5);
  EXPECT_EQ(plan_queue(r).error().kind, ErrorKind::kNotFound);
}

TEST(QueueFile, AllColumns) {
  const auto jobs = queue_from_csv("jobs.csv",
                                   "# a comment\njob,arrival,duration,power,deadline,gpus,priority,pause\n\"x, "
                                   "y\",2022-01-01T02:00Z,2m,2.4kW,24h,8,2,no\n,3h,1h,5W,2022-01-02T00:00Z,,,\n",
                                   kNow, true);
  ASSERT_TRUE(jobs) << jobs.error().message;
  EXPECT_EQ((*jobs)[0].name, "x, y");
  EXPECT_EQ((*jobs)[0].arrival, hour(2));
  EXPECT_EQ((*jobs)[0].deadline, hour(26));
  EXPECT_EQ((*jobs)[0].length, seconds(120));
  EXPECT_EQ((*jobs)[0].units, 8);
  EXPECT_FALSE((*jobs)[0].may_pause);
  EXPECT_EQ((*jobs)[1].name, "row 2");
  EXPECT_EQ((*jobs)[1].arrival, hour(3));
  EXPECT_EQ((*jobs)[1].deadline, hour(24));
  EXPECT_TRUE((*jobs)[1].may_pause);
}

TEST(QueueFile, ADeadlineCountsFromTheArrival) {
  const std::string_view csv =
      "job,arrival,duration,power,deadline\nb,2021-12-31T20:00Z,2h,1kW,5h\nlate,2021-12-31T20:00Z,1h,1kW,3h\nc,,1h,1kW,"
      "4h\n";
  auto r = request(csv);
  ASSERT_EQ(r.jobs.size(), 3U);
  EXPECT_EQ(r.jobs[0].deadline, hour(1));
  EXPECT_EQ(r.jobs[1].deadline, hour(-1));
  r.jobs[0].length = hours(1);
  const auto plan = plan_queue(r);
  ASSERT_TRUE(plan) << plan.error().message;
  EXPECT_EQ(plan->jobs[0].segments.front().end, hour(1));
  EXPECT_EQ(plan->left_out, 1U);
  EXPECT_EQ(plan->notes.front(), "1 job is late: its deadline had passed at the start: late");
  const auto refused =
      queue_from_csv("q.csv", "arrival,duration,power,deadline\n5h,1h,1W,2022-01-01T05:00Z", kNow, true);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("is not after the arrival"), std::string::npos) << refused.error().message;
  r.jobs = {r.jobs[1]};
  EXPECT_EQ(plan_queue(r).error().message,
            "no job's deadline is after the start of the plan, 2022-01-01T00:00:00.000Z");
}

TEST(QueuePlan, TheBaselineGoesOnBehindTheLastDeadline) {
  // First come, first served: a in hour 0, b in 1 and 2, c in 3 and 4, which is behind every deadline.
  auto r = request("job,duration,power,deadline,gpus\na,1h,1kW,4h,1\nb,2h,1kW,4h,2\nc,2h,1kW,4h,1\nwide,1h,1kW,4h,9\n");
  r.capacity = 2;
  auto plan = plan_queue(r);
  ASSERT_TRUE(plan) << plan.error().message;
  EXPECT_EQ(plan->notes.front(), "1 job needs more than the capacity of 2 and can never run: wide");
  EXPECT_EQ(plan->left_out, 1U);
  EXPECT_TRUE(plan->left_out_is_least);
  EXPECT_EQ(plan->baseline_late, 1U);  // c, and not who can never run
  EXPECT_FALSE(plan->saving.average);
  EXPECT_NE(plan->notes.back().find("what is saved is not known"), std::string::npos) << plan->notes.back();
  r.zone.average = hourly({90, 10, 20, 80, 50}, Signal::kAverage);
  plan = plan_queue(r);
  ASSERT_TRUE(plan) << plan.error().message;
  EXPECT_DOUBLE_EQ(*plan->baseline_g.average, 90.0 + 10.0 + 20.0 + 80.0 + 50.0);
  EXPECT_EQ(plan->baseline_late, 1U);
}

struct Refused {
  const char* text;
  const char* says;
};

TEST(QueueFile, WhatIsWrongIsSaidWithItsLine) {
  const std::string header = "job,duration,power,deadline,gpus\n";
  for (const Refused& c : {Refused{"", "jobs.csv"}, Refused{"a,b\n1,2\n", "line 1: column \"a\""},
                           Refused{"duration,power\n1h,1W\n", "no column deadline"},
                           Refused{"duration,power,deadlin\n1h,1W,2h\n", "did you mean deadline"},
                           Refused{"duration,duration,power,deadline\n1h,1h,1W,2h\n", "two columns"},
                           Refused{"duration,power,deadline\n", "no jobs"}}) {
    const auto found = queue_from_csv("jobs.csv", c.text, kNow, true);
    ASSERT_FALSE(found) << c.text;
    EXPECT_NE(found.error().message.find(c.says), std::string::npos) << found.error().message;
  }
  for (const Refused& c :
       {Refused{"a,1,1kW,4h,1", "line 3: duration \"1\""}, Refused{"a,-1h,1kW,4h,1", "duration"},
        Refused{"a,1h,lots,4h,1", "power \"lots\""}, Refused{"a,1h,0W,4h,1", "power"},
        Refused{"a,1h,1kW,yesterday,1", "deadline"}, Refused{"a,1h,1kW,1701-01-01T00:00Z,1", "ten years"},
        Refused{"a,1h,1kW,4h,0", "gpus \"0\""}, Refused{"a,1h,1kW,4h,1e9", "gpus"},
        Refused{"a,1h,1kW,4h,99999999999999999999", "gpus"}, Refused{"b,1h,1kW,4h,1", "twice"},
        Refused{"a,1h,1kW,300000d,1", "deadline"}, Refused{"a,1h,=1+1,4h,1", "power \"=1+1\""},
        Refused{"a", "deadline"}, Refused{"\"a,1h", "quote"}, Refused{"a,1h,\x1b[31m,4h,1", "power \"?[31m\""}}) {
    const auto found = queue_from_csv("jobs.csv", header + "b,1h,1kW,4h,1\n" + c.text + "\n", kNow, true);
    ASSERT_FALSE(found) << c.text;
    EXPECT_NE(found.error().message.find(c.says), std::string::npos) << found.error().message;
    EXPECT_EQ(found.error().message.find('\n'), std::string::npos);
  }
}

}  // namespace
}  // namespace olivine
