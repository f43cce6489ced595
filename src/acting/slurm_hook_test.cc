#include "acting/slurm_hook.h"

#include <gtest/gtest.h>

namespace olivine {
namespace {

TEST(SlurmHook, LimitsAsSlurmWritesThem) {
  const std::pair<const char*, std::int64_t> known[] = {
      {"30", 1800}, {"0:02", 2}, {"2:00:00", 7200}, {"1-00:00:00", 86'400}, {"1-12", 129'600}};
  for (const auto& [text, second] : known) EXPECT_EQ(slurm_duration(text), std::optional(seconds(second))) << text;
  for (const char* bad : {"", "x", "1:2:3:4", "-5", "1:-2", "UNLIMITED"}) EXPECT_FALSE(slurm_duration(bad)) << bad;
}

TEST(SlurmHook, AWishHasItsDurationOrTheJobsLimit) {
  const auto own = slurm_wish_of("olivine:within=12h,duration=2h", "5:00:00");
  ASSERT_TRUE(own);
  EXPECT_EQ(own->within, hours(12));
  EXPECT_EQ(own->duration, hours(2));
  EXPECT_EQ(slurm_wish_of("olivine:within=12h", "5:00:00")->duration, hours(5));
  // 2982616-04:14:00 is how cli_filter of 22.05 writes that no limit was asked for.
  for (const char* none : {"", "2982616-04:14:00", "UNLIMITED"})
    EXPECT_FALSE(slurm_wish_of("olivine:within=12h", none)) << none;
  for (const char* bad : {"olivine:", "olivine:duration=2h", "olivine:within", "olivine:within=", "olivine:within=soon",
                          "olivine:within=12h,zone=FR", "olivine:within=12h,"})
    EXPECT_FALSE(slurm_wish_of(bad, "1:00:00")) << bad;
  EXPECT_FALSE(is_slurm_wish("olivine by=begin start=2022-01-01T02:00:00Z"));
}

// Recorded from squeue 22.05.8, of an array's last task and of a job that was suspended for three seconds.
TEST(SlurmHook, TimesAreThoseOfTheJobThatWasAskedFor) {
  const char* array =
      "4|1795681316|1795681317|1795681317|1795681318|0:01|COMPLETED|0\n3|1795681316|1795681317|1795681318|1795681319|0:"
      "01|COMPLETING|0\n";
  const auto times = slurm_times_of(array, "3");
  ASSERT_TRUE(times);
  EXPECT_EQ(times->submitted.ns, 1'795'681'316'000'000'000);
  EXPECT_EQ(times->eligible.ns, 1'795'681'317'000'000'000);
  EXPECT_EQ(times->started.ns, 1'795'681'318'000'000'000);
  EXPECT_EQ(times->ended.ns, 1'795'681'319'000'000'000);
  EXPECT_EQ(times->state, "COMPLETING");
  EXPECT_FALSE(times->suspended());
  EXPECT_TRUE(slurm_times_of("2|1795681316|1795681316|1795681317|1795681321|0:01|FAILED|768", "2")->suspended());
  for (const char* bad : {"", "3|N/A|1|1|1|0:01|PENDING|0", "3|5|5|5|4|0:01|COMPLETED|0", "3|5|5|4|9|0:01|COMPLETED|0",
                          "3|5|5|5|9|long|COMPLETED|0", "13|5|5|5|9|0:01|COMPLETED|0", "3|5|5|5|9|0:01|COMPLETED"})
    EXPECT_FALSE(slurm_times_of(bad, "3")) << bad;
}

// State and exit status of squeue 22.05.8, while the epilog ran and after it.
TEST(SlurmHook, HowAJobEndedIsItsFinalStateOrItsExitStatus) {
  struct Known {
    const char *state, *status;
    std::optional<bool> well;
    std::optional<int> code, signal;
  };
  const std::optional<int> none;
  for (const Known& k : {Known{"COMPLETED", "0", true, 0, none},
                         {"COMPLETING", "0", std::nullopt, none, none},  // done, scancel and --time alike
                         {"CANCELLED", "15", false, none, 15},
                         {"CANCELLED", "0", false, none, none},  // it ended well when it was told to
                         {"TIMEOUT", "15", false, none, 15},
                         {"TIMEOUT", "0", false, none, none},
                         {"FAILED", "768", false, 3, none},
                         {"COMPLETING", "768", false, 3, none},
                         {"COMPLETING", "9", false, none, 9},
                         {"NODE_FAIL", "", false, none, none},
                         {"COMPLETING", "", std::nullopt, none, none}}) {
    const auto times = slurm_times_of(std::string("3|5|5|5|9|0:04|") + k.state + "|" + k.status, "3");
    ASSERT_TRUE(times);
    const JobLook end = slurm_end_of(*times);
    EXPECT_TRUE(end.ended && !end.runs && end.state == k.state);
    EXPECT_EQ(end.well, k.well) << k.state << k.status;
    EXPECT_EQ(end.code, k.code) << k.state << k.status;
    EXPECT_EQ(end.signal, k.signal) << k.state << k.status;
  }
}

}  // namespace
}  // namespace olivine
