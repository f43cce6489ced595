#include "account/lifecycle/bulk_activities.h"

#include <fmt/format.h>

#include "account/lifecycle/account_fixture.h"

namespace olivine {
namespace {

using testing::AccountWorld;
using testing::hourly;
using testing::lists;
using testing::value_of;

constexpr std::int64_t kDay = 1'640'995'200;  // 2022-01-01

class OneTable final : public TableSource {
 public:
  ActivityImport import;
  Result<ActivityImport> table(const ManifestActivitiesFile&) override { return import; }
  void add(std::int64_t hour, double hours_long, double devices, const char* device,
           ActivityStatus status = ActivityStatus::kDone) {
    ASSERT_TRUE(import.table.add({.begin_s = kDay + hour * 3600,
                                  .end_s = kDay + hour * 3600 + static_cast<std::int64_t>(hours_long * 3600.0),
                                  .status = status,
                                  .zone = "FR",
                                  .device = device,
                                  .devices = devices}));
  }
};

constexpr const char* kHead =
    "[defaults]\npue = \"none\"\n[[hardware]]\nid = \"a100\"\npower = 400\nembodied = 150\nlife = 6\nutilisation = "
    "0.85\n";

// A table is worth what its rows are worth as activities, hour by hour.
TEST(BulkActivities, EqualTheSameActivitiesOneByOne) {
  AccountWorld w;
  std::vector<double> day;
  for (int h = 0; h < 48; ++h) day.push_back(50.0 + 10.0 * h);
  w.intensity.average["FR"].points = hourly(day);
  OneTable table;
  std::string one_by_one = kHead;
  for (int i = 0; i < 20; ++i) {
    table.add(i, 1.0 + 0.5 * (i % 4), 1.0 + i % 3, "a100",
              i % 5 == 0 ? ActivityStatus::kFailed : ActivityStatus::kDone);
    const std::int64_t end = i * 60 + 60 + 30 * (i % 4);
    one_by_one += fmt::format(
        "[[activity]]\nid = \"a{}\"\nphase = \"training\"\nzone = \"FR\"\nhardware = \"a100\"\ncount = {}\nat = "
        "\"2022-01-01T{:02d}:00Z/2022-01-0{}T{:02d}:{:02d}Z\"\nstatus = \"{}\"\n",
        i, 1 + i % 3, i, 1 + end / 1440, end / 60 % 24, end % 60, i % 5 == 0 ? "failed" : "done");
  }
  w.tables = &table;
  const auto bulk = w.account(std::string(kHead) + "[[activities_file]]\npath = \"jobs.csv\"\nphase = \"training\"\n");
  const auto single = w.account(one_by_one);
  for (const char* id : {"total.energy", "total.operational", "total.embodied", "waste.failed.operational"})
    EXPECT_NEAR(value_of(bulk, id), value_of(single, id), 1e-9 * value_of(single, id)) << id;
  EXPECT_EQ(bulk->activities.size(), 2u);
}

TEST(BulkActivities, WhatIsNotSaidIsListed) {
  AccountWorld w;
  w.intensity.average["FR"].points = hourly(std::vector<double>(48, 100.0));
  OneTable table;
  table.add(0, 1.0, 2.0, "a100");
  table.add(0, 1.0, 2.0, "tpu");
  ASSERT_TRUE(table.import.table.add({.begin_s = kDay, .end_s = kDay + 3600, .zone = "FR"}));
  w.tables = &table;
  const auto a = w.account(std::string(kHead) + "[[activities_file]]\npath = \"jobs.csv\"\nphase = \"training\"\n");
  EXPECT_NEAR(value_of(a, "total.energy"), 0.8, 1e-12);
  EXPECT_TRUE(lists(a->not_counted, "1 rows of \"tpu\""));
  EXPECT_TRUE(lists(a->not_counted, "1 rows that say neither energy nor device hours"));
}

// A job that drew nothing is known to have drawn nothing; its energy is not left unknown.
TEST(BulkActivities, AnEnergyOfZeroIsAnEnergy) {
  AccountWorld w;
  w.intensity.average["FR"].points = hourly(std::vector<double>(48, 100.0));
  OneTable table;
  const auto add = [&](std::int64_t hour, double kwh, const char* project) {
    ASSERT_TRUE(table.import.table.add({.begin_s = kDay + hour * 3600,
                                        .end_s = kDay + (hour + 1) * 3600,
                                        .zone = "FR",
                                        .project = project,
                                        .devices = 2.0,
                                        .energy_kwh = kwh,
                                        .plane = ActivityPlane::kFacility}));
  };
  add(0, 0.0, "cancelled");
  add(1, 0.0, "cancelled");
  add(2, 3.0, "done");
  // A processor's job: an energy, and no devices that could be held for hours.
  ASSERT_TRUE(table.import.table.add({.begin_s = kDay,
                                      .end_s = kDay + 3600,
                                      .zone = "FR",
                                      .project = "cpus",
                                      .energy_kwh = 1.0,
                                      .plane = ActivityPlane::kFacility}));
  w.tables = &table;
  const auto a = w.account(std::string(kHead) + "[[activities_file]]\npath = \"jobs.csv\"\nphase = \"training\"\n");
  EXPECT_EQ(value_of(a, "project.cancelled.energy"), 0.0);
  EXPECT_EQ(value_of(a, "project.cancelled.operational"), 0.0);
  EXPECT_NEAR(value_of(a, "project.cpus.operational"), 0.1, 1e-12);
  EXPECT_NEAR(value_of(a, "total.energy"), 4.0, 1e-12);
  EXPECT_NEAR(value_of(a, "total.operational"), 0.4, 1e-12);
}

// A cluster with more projects than a page holds: one activity a kind of work, the totals as they are, and a note.
TEST(BulkActivities, ManyProjectsAreNotToldApart) {
  AccountWorld w;
  w.intensity.average["FR"].points = hourly(std::vector<double>(48, 100.0));
  OneTable table;
  for (int i = 0; i < 2'001; ++i) {
    const std::string project = fmt::format("p{}", i);
    ASSERT_TRUE(table.import.table.add(
        {.begin_s = kDay, .end_s = kDay + 3600, .zone = "FR", .project = project, .device = "a100", .devices = 1.0}));
  }
  w.tables = &table;
  const auto a = w.account(std::string(kHead) + "[[activities_file]]\npath = \"jobs.csv\"\nphase = \"training\"\n");
  EXPECT_NEAR(value_of(a, "total.energy"), 2'001 * 0.4, 1e-9);
  EXPECT_EQ(a->activities.size(), 1U);
  EXPECT_TRUE(a->projects.empty());
  EXPECT_TRUE(lists(a->notes, "projects and models are not told apart"));
}

}  // namespace
}  // namespace olivine
