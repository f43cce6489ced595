// One text for service levels, and what is decided by it.
#include "planning/service_kept.h"

#include <gtest/gtest.h>

namespace olivine {
namespace {

TEST(ServiceLevelText, Reads) {
  const auto all = service_level_from("latency p99.9 <= 50ms,throughput > 100/s, accuracy 0.9 , deadline 2h");
  ASSERT_TRUE(all) << all.error().message;
  EXPECT_DOUBLE_EQ(*all->most_latency_s, 0.05);
  EXPECT_DOUBLE_EQ(all->latency_quantile, 0.999);
  EXPECT_DOUBLE_EQ(*all->least_throughput, 100.0);
  EXPECT_DOUBLE_EQ(*all->least_accuracy, 0.9);
  EXPECT_DOUBLE_EQ(*all->deadline_s, 7200.0);
  const auto one = service_level_from("latency 1.5s");
  ASSERT_TRUE(one);
  EXPECT_DOUBLE_EQ(one->latency_quantile, 0.95);
  EXPECT_FALSE(one->deadline_s || one->least_accuracy || one->least_throughput);
}

TEST(ServiceLevelText, RefusesInOneLine) {
  for (const char* text :
       {"", " ", "fast", "latency", "latency p95", "latency p0 < 5ms", "latency p100 5ms", "latency > 5ms", "latency 5",
        "latency 0ms", "accuracy < 0.9", "accuracy p95 0.9", "accuracy -1", "throughput 0/s",
        "deadline 2h, deadline 3h", "latency 5ms,", "latency 5ms, latency 6ms", "throughput 5/min", "latency p 5ms"}) {
    const auto level = service_level_from(text);
    ASSERT_FALSE(level) << text;
    EXPECT_EQ(level.error().message.find('\n'), std::string::npos);
    EXPECT_NE(level.error().message.find("latency p95 < 50ms"), std::string::npos) << level.error().message;
  }
  EXPECT_FALSE(service_level_from(std::string(101, ' ')));
}

struct Case {
  const char* level;
  ServiceKept kept;
  const char* verdicts;
};

TEST(ServiceKept, Decides) {
  ServiceKept thousand;
  thousand.requests = 1000;
  thousand.late = 60;
  thousand.seconds = 8.0;
  thousand.longest_s = 8.0;
  ServiceKept going_on = thousand;
  going_on.all_ended = false;
  going_on.accuracy = 0.93;
  ServiceKept failing = thousand;  // 20 of the fast ones were answered with an error
  failing.failed = 20;
  failing.scopes_failed = 1;
  const std::vector<Case> cases{
      {"latency p95 < 50ms, throughput > 100/s, accuracy > 0.9", thousand,
       "latency missed, throughput met, accuracy unknown: missed"},
      {"latency p94 < 50ms, throughput > 125", thousand, "latency met, throughput met: met"},
      {"latency p94 < 50ms, throughput > 125.1", thousand, "latency met, throughput missed: missed"},
      {"latency p90 < 50ms, accuracy > 0.9", thousand, "latency met, accuracy unknown: unknown"},
      {"deadline 9s", thousand, "deadline met: met"},
      {"latency p92 < 50ms, throughput > 122.5", failing, "latency met, throughput met: met"},
      {"latency p92.1 < 50ms, throughput > 122.6", failing, "latency missed, throughput missed: missed"},
      {"deadline 9s", failing, "deadline missed: missed"},
      {"deadline 7s", going_on, "deadline missed: missed"},
      {"accuracy 0.93, deadline 9s", going_on, "accuracy met, deadline unknown: unknown"},
      {"latency 5s, throughput 1, deadline 1s", {}, "latency unknown, throughput unknown, deadline unknown: unknown"},
  };
  for (const Case& c : cases) {
    const auto verdicts = verdicts_of(*service_level_from(c.level), c.kept);
    std::string text;
    for (const ServiceVerdict& v : verdicts) text += (text.empty() ? "" : ", ") + v.objective + " " + v.verdict;
    EXPECT_EQ(text + ": " + together(verdicts), c.verdicts) << c.level;
  }
}

}  // namespace
}  // namespace olivine
