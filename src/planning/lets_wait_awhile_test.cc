#include "planning/lets_wait_awhile.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>

#include "base/file_system.h"
#include "grid/import/byte_source.h"

namespace olivine {
namespace {

constexpr std::size_t at(std::size_t day, std::size_t step) { return day * 48 + step; }

// Days of 2020: 0 is Wednesday the 1st, 2 Friday, 3 Saturday, 4 Sunday, 5 Monday, 8 Thursday.
TEST(LetsWaitAwhile, Deadlines) {
  struct Row {
    std::size_t end, workday, semi_weekly;
  };
  for (const Row& row : {Row{at(0, 10), at(0, 18), at(1, 18)}, Row{at(0, 18), at(0, 18), at(1, 18)},
                         Row{at(0, 33), at(0, 33), at(1, 18)}, Row{at(0, 34), at(1, 18), at(1, 18)},
                         Row{at(1, 18), at(1, 18), at(5, 18)}, Row{at(2, 40), at(3, 18), at(5, 18)},
                         Row{at(3, 20), at(5, 18), at(5, 18)}, Row{at(4, 20), at(5, 18), at(5, 18)},
                         Row{at(5, 18), at(5, 18), at(5, 18)}, Row{at(5, 19), at(5, 19), at(8, 18)}}) {
    EXPECT_EQ(awhile_deadline(AwhileDeadline::kNextWorkday, row.end), row.workday) << row.end;
    EXPECT_EQ(awhile_deadline(AwhileDeadline::kSemiWeekly, row.end), row.semi_weekly) << row.end;
  }
}

TEST(LetsWaitAwhile, OneJobByHand) {
  // Ends on Wednesday at 2:00, so it may take until 9:00: two steps of 100 against the cheapest start and the cheapest steps.
  AwhileInput input{std::vector<double>(48, 100.0), {{2, 2}}};
  input.g_per_kwh[8] = 40.0;
  input.g_per_kwh[9] = 80.0;
  input.g_per_kwh[12] = 50.0;
  const auto saved = awhile_saving(input, AwhileDeadline::kNextWorkday, 0.0, 1);
  ASSERT_TRUE(saved);
  EXPECT_NEAR(saved->contiguous, 0.4, 1e-12);
  EXPECT_NEAR(saved->with_pauses, 0.55, 1e-12);
  input.jobs = {{47, 2}};
  EXPECT_FALSE(awhile_saving(input, AwhileDeadline::kNextWorkday, 0.0, 1));
}

TEST(LetsWaitAwhile, Texts) {
  const auto input = parse_awhile(
      "x", "Time,CI\n2019-12-31 23:45:00,9\n2020-01-01 00:00:00,10\n2020-01-01 00:15:00,20\n2020-01-01 01:00:00,30\n",
      "a,b\n0,2\n");
  ASSERT_TRUE(input) << input.error().message;
  EXPECT_EQ(input->g_per_kwh, (std::vector<double>{15, 15, 30}));
  EXPECT_FALSE(parse_awhile("x", "Time,CI\n2020-01-01 00:00:00\n", "a,b\n0,2\n"));
  EXPECT_FALSE(parse_awhile("x", "Time,CI\n2020-01-01 00:00:00,5\n", "a,b\n0,x\n"));
  EXPECT_FALSE(parse_awhile("x", "Time,CI\n", "a,b\n0,2\n"));
}

// The published cells of scenario II, next workday, 5 % noise; ours within 0.3 points.
TEST(LetsWaitAwhile, PublishedSavings) {
  const std::string data = std::string(OLIVINE_SOURCE_DIR) + "/../../shared/data",
                    beside = std::string(OLIVINE_SOURCE_DIR) + "/../shared/data";
  RealFileSystem files;
  const std::string jobs_file = "/planner/lets_wait_awhile_ml_jobs.csv";
  const std::string root = read_input(files, beside + jobs_file, 1 << 20) ? beside : data;
  const auto jobs = read_input(files, root + jobs_file, 1 << 20);
  if (!jobs) GTEST_SKIP() << "no shared data beside the sources: " << jobs.error().message;
  struct Row {
    const char *zone, *file;
    double contiguous, with_pauses;
  };
  for (const Row& row : {Row{"DE", "ger_ci.csv.gz", 5.91, 7.93}, Row{"GB", "gb_ci.csv.gz", 6.56, 9.03}}) {
    const auto series = read_input(files, root + "/grid/lets-wait-awhile/" + row.file, 1 << 24);
    ASSERT_TRUE(series) << series.error().message;
    const auto input = parse_awhile(row.file, *series, *jobs);
    ASSERT_TRUE(input) << input.error().message;
    ASSERT_EQ(input->jobs.size(), 3387U);
    const auto saved = awhile_saving(*input, AwhileDeadline::kNextWorkday, 0.05, 1);
    ASSERT_TRUE(saved) << saved.error().message;
    EXPECT_NEAR(100.0 * saved->contiguous, row.contiguous, 0.3) << row.zone;
    EXPECT_NEAR(100.0 * saved->with_pauses, row.with_pauses, 0.3) << row.zone;
  }
}

}  // namespace
}  // namespace olivine
