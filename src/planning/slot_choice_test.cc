#include "planning/slot_choice.h"

#include <gtest/gtest.h>

namespace olivine {
namespace {

Duration minutes(std::int64_t m) { return seconds(60 * m); }

TEST(SlotChoice, AnElasticJobChangesItsScaleOnTheEdgesOfTheData) {
  JobRequest job;
  job.scales = {{1, 1, 1}, {2, 2, 2}};
  job.deadline = hours(24);
  struct Case {
    Duration start, step, slot;
  };
  for (const auto& [start, step, slot] :
       {Case{minutes(30), hours(1), minutes(30)}, Case{minutes(17), minutes(15), minutes(1)},
        Case{minutes(1), minutes(5), minutes(1)}, Case{hours(1), minutes(15), minutes(15)},
        Case{Duration{1}, hours(1), minutes(5)}}) {
    job.now = {start.ns};
    EXPECT_EQ(slot_for_start(job, step).ns, slot.ns) << start.ns;
  }
}

TEST(SlotChoice, Table) {
  struct Case {
    const char* what;
    std::int64_t start_min, duration_min, deadline_min;
    Duration pause_time, min_run;
    bool may_pause;
    Duration slot;
  };
  const std::int64_t day = 24 * 60, year = 365 * day;
  for (const Case& c : {
           Case{"on the hour", 0, 90, day, {}, {}, true, hours(1)},
           Case{"within an hour", 30, 90, day, {}, {}, true, minutes(5)},
           Case{"70 days of starts", 30, 90, 70 * day, {}, {}, false, minutes(5)},
           Case{"a year of starts", 30, 90, year, {}, {}, false, minutes(5)},
           Case{"two years of them: the shortest that is small enough", 30, 90, 2 * year, {}, {}, false, minutes(10)},
           Case{"a week's work in a year", 30, 7 * day, year, {}, {}, true, minutes(5)},
           Case{"a month's", 30, 30 * day, year, {}, {}, true, minutes(15)},
           Case{"a pause time", 0, 120, day, minutes(2), {}, true, minutes(2)},
           Case{"and a least run", 0, 120, day, minutes(60), minutes(90), true, minutes(30)},
           Case{"where there are no pauses", 0, 120, day, minutes(2), minutes(7), false, hours(1)},
           Case{"a least run that asks too much", 0, 7 * day, 30 * day, minutes(30), seconds(61), true, minutes(30)},
           Case{"a pause time that does", 0, 600, day, seconds(7), {}, true, minutes(1)},
           Case{"in a year", 0, 7 * day, year, seconds(7), {}, true, minutes(5)},
       }) {
    JobRequest job;
    job.now = {minutes(c.start_min).ns};
    job.duration = minutes(c.duration_min);
    job.deadline = minutes(c.deadline_min);
    job.pause_time = c.pause_time;
    job.min_run = c.min_run;
    job.may_pause = c.may_pause;
    EXPECT_EQ(slot_for_rules(job, slot_for_start(job, hours(1))).ns, c.slot.ns) << c.what;
  }
}

}  // namespace
}  // namespace olivine
