// The readers of activities: what their fixtures mean, row by row, and what each refuses.
#include "account/activities/activity_import.h"

#include <gtest/gtest.h>

#include <cmath>

#include "account/activities/activity_csv.h"
#include "account/activities/activity_summary.h"
#include "account/activities/mlflow.h"
#include "account/activities/sacct_fields.h"
#include "base/text.h"

namespace olivine {
namespace {

std::string fixture(const std::string& name) {
  return std::string(OLIVINE_SOURCE_DIR) + "/src/account/activities/fixtures/" + name;
}

ActivityImport imported(const std::string& name, ActivityImportOptions options) {
  RealFileSystem files;
  auto found = import_activities(files, fixture(name), options);
  EXPECT_TRUE(found.has_value()) << (found ? "" : found.error().message);
  return found ? std::move(*found) : ActivityImport{};
}

// The rows as the documented CSV has them, without the header.
std::string rows_of(const ActivityImport& found) {
  std::string text;
  for (std::size_t i = 0; i < found.table.size(); ++i) append_activity_row(found.table.at(i), text);
  return text;
}

std::size_t skipped(const ActivityImport& found, const std::string& reason_begins) {
  std::size_t rows = 0;
  for (const auto& [reason, count] : found.skipped)
    if (reason.starts_with(reason_begins)) rows += count.rows;
  return rows;
}

bool says(const ActivityImport& found, const std::string& text) {
  for (const std::string& note : found.notes)
    if (note.find(text) != std::string::npos) return true;
  return false;
}

struct ImportCase {
  const char* file;
  ActivityImportOptions options;
  const char* rows;
};

TEST(ActivityImport, FixturesMeanTheseRows) {
  const std::vector<ImportCase> cases{
      {"sacct.txt",
       {.tool = ActivityTool::kSacct, .zone = "FR", .offset_s = 3600, .users = UsersKept::kNumbered},
       "2023-02-28T23:00:00Z,2023-03-01T01:00:00Z,2,done,,FR,vision,user-1,,a100,2,4,17.179869184,0.5,2,node_ac,slurm,,"
       "2\n"
       "2023-02-28T23:00:00Z,2023-03-02T00:00:00Z,25,failed,,FR,nlp,user-2,,,,1,4.194304,0.5,0.5,node_ac,slurm,,5\n"
       "2023-03-01T04:00:00Z,2023-03-01T04:30:00Z,0.5,cancelled,,FR,nlp,user-2,,gpu,1,2,8.589934592,,,,,,7\n"
       "2023-03-01T05:00:00Z,2023-03-01T06:00:00Z,1,timeout,,FR,vision,user-1,,,,64,274.877906944,0.16666666666666666,,"
       ",,,8\n"
       "2023-03-01T08:00:00Z,2023-03-01T09:00:00Z,1,cancelled,,FR,'=cmd,user-3,,,,8,8.589934592,0.125,,,,,13\n"
       "2023-03-01T10:00:00Z,2023-03-01T12:00:00Z,2,done,,FR,'=cmd,user-3,,,,8,8.589934592,0.125,,,,,14\n"
       "2023-03-01T11:00:00Z,2023-03-01T17:00:00Z,4,failed,,FR,nlp,user-3,,h100,4,2,8.589934592,0.125,,,,,16\n"},
      {"codecarbon_v3.csv",
       {.tool = ActivityTool::kCodecarbon},
       "2024-05-01T11:30:06Z,2024-05-01T12:30:06Z,1,,,FR,lab,,,NVIDIA A100-SXM4-80GB,1,32,256,,0.36,chip,codecarbon "
       "3.0.1,28,3\n"
       "2024-05-01T10:59:59Z,2024-05-01T13:00:00Z,2.000138888888889,,,IE,cloud,,,,,8,32,,1,facility,codecarbon "
       "3.0.1,400,4\n"},
      {"codecarbon_v1.csv",
       {.tool = ActivityTool::kCodecarbon, .zone = "SE"},
       "2020-11-15T09:50:00Z,2020-11-15T10:00:00Z,0.16666666666666666,,,DE,old,,,,,,,,0.05,chip,codecarbon,20,2\n"
       "2020-11-15T10:50:00Z,2020-11-15T11:00:00Z,0.16666666666666666,,,SE,old,,,,,,,,0.05,chip,codecarbon,10,3\n"},
      {"impact_tracker.jsonl",
       {.tool = ActivityTool::kImpactTracker},
       "2019-10-31T18:39:07Z,2019-10-31T18:39:38Z,0.008333333333333333,,,,,,,gpu,1,,,,0.0011111111111111111,chip,"
       "experiment-impact-tracker,0.4388888888888889,1\n"},
      {"carbontracker_output.log",
       {.tool = ActivityTool::kCarbontracker},
       "2022-11-14T15:41:37Z,2022-11-14T16:05:37Z,0.4,,,,,,,,,,,,0.095,facility,carbontracker,9.7,11\n"},
      {"mlflow.csv",
       {.tool = ActivityTool::kMlflow,
        .users = UsersKept::kKept,
        .model_column = "model",
        .energy_metric = "energy_kwh"},
       "2023-05-04T12:00:00Z,2023-05-04T13:00:00Z,1,done,,,7,ada,bert,,,,,,1.5,chip,mlflow,,2\n"
       "2023-05-04T12:00:00Z,2023-05-04T12:30:00Z,0.5,failed,,,7,ada,bert,,,,,,,,,,3\n"},
      {"mlruns",
       {.tool = ActivityTool::kMlflow},
       "2023-05-04T13:00:00Z,2023-05-04T14:00:01Z,1.0002777777777778,done,,,7,,,gpu,2,,,,0.3,chip,mlflow system "
       "metrics,,1\n"},
      {"gcp_billing.csv",
       {.tool = ActivityTool::kGcpBilling, .phase = "training"},
       "2025-08-01T00:00:00Z,2025-08-01T01:00:00Z,1,,training,US-MIDW-MISO,proj,,,,,8,,,,,,,2\n"
       "2025-08-01T00:00:00Z,2025-08-01T01:00:00Z,1,,training,US-MIDW-MISO,proj,,,,,,30,,,,,,3\n"
       "2025-08-01T00:00:00Z,2025-08-01T02:00:00Z,2,,training,US-MIDW-MISO,proj,,,Nvidia Tesla A100,2,,,,,,,,4\n"},
      {"gcp_billing.jsonl",
       {.tool = ActivityTool::kGcpBilling},
       "2025-08-01T00:00:00Z,2025-08-01T01:00:00Z,1,,,BE,proj,,,Nvidia L4,2,,,,,,,,1\n"},
      {"activities.csv",
       {.tool = ActivityTool::kOlivine, .users = UsersKept::kKept},
       "2023-01-01T00:00:00Z,2023-01-01T02:00:00Z,2,done,training,FR,vision,,bert,a100,4,32,128,0.8,,,,,2\n"
       "2023-01-01T10:30:00Z,2023-01-01T11:30:00Z,1,failed,,DE,'=1+1,,,,,,,,1,node_ac,codecarbon 2.3,400.5,3\n"},
  };
  for (const ImportCase& c : cases) EXPECT_EQ(rows_of(imported(c.file, c.options)), c.rows) << c.file;
}

TEST(ActivityImport, ABillsInstanceHoursAreDevicesOverTheLinesTime) {
  const ActivityImport found = imported("aws_cur.csv", {.tool = ActivityTool::kAwsCur});
  EXPECT_EQ(
      rows_of(found),
      "2024-01-01T00:00:00Z,2024-01-01T01:00:00Z,1,,,IE,111122223333,,,p4d.24xlarge,0.5,,,,,,,,2\n"
      "2024-01-01T00:00:00Z,2024-01-02T00:00:00Z,24,,,US-MIDA-PJM,111122223333,,,g5.xlarge,2,,,,,,,,3\n"
      "2024-01-01T00:00:00Z,2024-01-01T01:00:00Z,1,,training,US-MIDA-PJM,111122223333,,,ml.p3.2xlarge,0.25,,,,,,,,7\n"
      "2024-01-01T00:00:00Z,2024-01-01T01:00:00Z,1,,idle,US-MIDA-PJM,111122223333,,,p5.48xlarge,1,,,,,,,,8\n");
  EXPECT_EQ(skipped(found, "a fee, tax, credit or negation"), 2u);
  EXPECT_EQ(skipped(found, "no hours of an instance"), 2u);  // a volume, and EBSOptimized: the same instance once more
}

TEST(ActivityImport, EveryRowIsCountedOnce) {
  for (const auto& [file, tool] : {std::pair{"sacct.txt", ActivityTool::kSacct},
                                   {"codecarbon_v3.csv", ActivityTool::kCodecarbon},
                                   {"aws_cur.csv", ActivityTool::kAwsCur},
                                   {"gcp_billing.csv", ActivityTool::kGcpBilling},
                                   {"eco2ai.csv", ActivityTool::kEco2ai},
                                   {"mlflow.csv", ActivityTool::kMlflow}}) {
    const ActivityImport found = imported(file, {.tool = tool});
    EXPECT_EQ(found.table.size() + skipped(found, ""), found.rows_read) << file;
  }
}

TEST(ActivityImport, WhatSlurmSaysOfJobsThatHeldNothing) {
  const ActivityImport found = imported("sacct.txt", {.tool = ActivityTool::kSacct});
  EXPECT_EQ(skipped(found, "pending"), 1u);
  EXPECT_EQ(skipped(found, "not finished"), 1u);
  EXPECT_EQ(skipped(found, "it never started"), 1u);
  EXPECT_EQ(skipped(found, "a repeated line"), 1u);  // the requeued run of 107 stays, its second one is there twice
  EXPECT_EQ(skipped(found, "a step: its job"), 3u);
  EXPECT_TRUE(says(found, "read as UTC"));
  EXPECT_TRUE(says(found, "taken as node_ac"));
  for (std::size_t i = 0; i < found.table.size(); ++i) EXPECT_EQ(found.table.user[i], "");  // dropped unless asked for
  const ActivitySummary summary = summarise(found.table);
  EXPECT_EQ(summary.all.rows, 7u);
  EXPECT_DOUBLE_EQ(summary.all.device_hours.sum, 4.0 + 0.5 + 16.0);
  EXPECT_DOUBLE_EQ(summary.all.energy_kwh.sum, 2.5);
  EXPECT_EQ(summary.all.energy_kwh.rows, 2u);
  EXPECT_EQ(summary.without_energy, 5u);
}

TEST(ActivityImport, Eco2aisRowsAgreeWithItsPaper) {
  const ActivityImport found = imported("eco2ai.csv", {.tool = ActivityTool::kEco2ai});
  ASSERT_EQ(found.table.size(), 2u);
  EXPECT_EQ(found.table.zone[0], "RU-MOW");
  EXPECT_DOUBLE_EQ(found.table.devices[0], 8.0);
  EXPECT_DOUBLE_EQ(found.table.hours[0], 9.75);
  EXPECT_DOUBLE_EQ(found.table.energy_kwh[1], 1.37);
}

TEST(ActivityImport, TasksAreRowsAndFlushesAreNot) {
  EXPECT_EQ(imported("codecarbon_tasks.csv", {.tool = ActivityTool::kCodecarbon}).table.size(), 2u);
  const ActivityImport runs = imported("codecarbon_v3.csv", {.tool = ActivityTool::kCodecarbon});
  EXPECT_EQ(skipped(runs, "an earlier sum"), 1u);
}

TEST(ActivityImport, CarbontrackersOwnLogHasNoPue) {
  const ActivityImport found = imported("carbontracker.log", {.tool = ActivityTool::kCarbontracker});
  ASSERT_EQ(found.table.size(), 1u);
  EXPECT_DOUBLE_EQ(found.table.energy_kwh[0], 200.0 * 360.0 / 3.6e6);  // two whole epochs of 100 s at 300 + 60 W
  EXPECT_EQ(found.table.plane[0], ActivityPlane::kChip);
  EXPECT_TRUE(says(found, "mean over devices"));
  EXPECT_TRUE(says(found, "cut off"));
}

// Found by fuzz_activities: a carriage return or an outer space in a name was written so that it came back as another text.
TEST(ActivityImport, ALineEndInANameIsASpaceForGood) {
  const auto written = [](const ActivityTable& table) {
    std::string csv;
    write_activity_csv(table, [&](std::string_view text) {
      csv += text;
      return true;
    });
    return csv;
  };
  TextSource tool(
      "timestamp,duration,emissions,energy_consumed,gpu_model,gpu_count\n2024-01-01T00:00:00,60,0.01,0.1,\"A100\rSXM4 "
      "\",1\n");
  const auto found = import_activities(tool, {.tool = ActivityTool::kCodecarbon});
  ASSERT_TRUE(found.has_value()) << found.error().message;
  const std::string first = written(found->table);
  EXPECT_NE(first.find(",A100 SXM4,"), std::string::npos) << first;
  TextSource source(first);
  const auto again = import_activities(source, {.tool = ActivityTool::kOlivine});
  ASSERT_TRUE(again.has_value()) << again.error().message;
  EXPECT_EQ(written(again->table), first);
}

TEST(ActivityImport, TheSameTableComesBack) {
  RealFileSystem files;
  for (const auto& [file, tool] : {std::pair{"sacct.txt", ActivityTool::kSacct},
                                   {"codecarbon_v3.csv", ActivityTool::kCodecarbon},
                                   {"aws_cur.csv", ActivityTool::kAwsCur}}) {
    const ActivityImport first = imported(file, {.tool = tool, .users = UsersKept::kKept});
    std::string csv;
    write_activity_csv(first.table, [&](std::string_view text) {
      csv += text;
      return true;
    });
    TextSource source(csv);
    const auto again = import_activities(source, {.tool = ActivityTool::kOlivine, .users = UsersKept::kKept});
    ASSERT_TRUE(again.has_value()) << again.error().message;
    EXPECT_EQ(rows_of(*again), rows_of(first)) << file;
  }
}

TEST(ActivityImport, TheTrackersLogsWithBeginAndEnd) {
  // 7 s more at the front with 100 W, 22.5 s behind with 100 W.
  const ActivityImport found = imported(
      "impact_tracker.jsonl", {.tool = ActivityTool::kImpactTracker, .begin_s = 1572547140.5, .end_s = 1572547200.0});
  EXPECT_NEAR(found.table.energy_kwh[0], (4000.0 + 700.0 + 2250.0) / 3.6e6, 1e-15);
  EXPECT_NEAR(found.table.hours[0], 59.5 / 3600.0, 1e-12);
}

using RefusedFile =
    std::pair<ActivityTool, std::pair<std::string, const char*>>;  // of which tool, and what it is refused with

std::vector<RefusedFile> refused_files() {
  const std::string sacct = "JobID|State|Start|End|Elapsed|AllocTRES\n",
                    cc = "timestamp,duration,emissions,energy_consumed\n";
  const std::string ours = "begin,end,devices,energy_kwh\n";
  return {
      {ActivityTool::kSacct, {"", "the file is empty"}},
      {ActivityTool::kSacct, {"       JobID    State \n------------ -------- \n", "not sacct --parsable2"}},
      {ActivityTool::kSacct, {"JobID|State|Start|End\n", "neither AllocTRES nor AllocCPUS"}},
      {ActivityTool::kSacct, {"JobID|State|Begin|End|AllocTRES\n", "there is no column Start"}},
      {ActivityTool::kSacct, {sacct + "1|DONE|a|b|c|d\n", "line 2, column State: 'DONE' is not a state"}},
      {ActivityTool::kSacct,
       {sacct + "1|COMPLETED|yesterday|2023-01-01T00:00:00|00:01:00|cpu=1\n",
        "column Start: 'yesterday' is not a time"}},
      {ActivityTool::kSacct,
       {sacct + "1|COMPLETED|2023-01-02T00:00:00|2023-01-01T00:00:00|00:01:00|cpu=1\n", "lies before Start"}},
      {ActivityTool::kSacct,
       {sacct + "1|COMPLETED|2023-01-01T00:00:00|2023-01-01T01:00:00|3:00:00:00|cpu=1\n",
        "'3:00:00:00' is not [days-]hours"}},
      {ActivityTool::kSacct,
       {sacct + "1|COMPLETED|2023-01-01T00:00:00|2023-01-01T01:00:00|09:00:00|cpu=1\n", "longer than the 3600 s"}},
      {ActivityTool::kSacct,
       {sacct + "1|COMPLETED|2023-01-01T00:00:00|2023-01-01T01:00:00|01:00:00|cpu=-4\n", "'cpu=-4' is not like cpu=4"}},
      {ActivityTool::kSacct,
       {sacct + "1|COMPLETED|2023-01-01T00:00:00|2023-01-01T01:00:00\n", "line 2: 4 cells, but the header has 6"}},
      {ActivityTool::kCodecarbon, {"time,energy\n", "there is no column timestamp; the columns are time, energy"}},
      {ActivityTool::kCodecarbon, {cc + "2024-01-01T00:00:00,60,=1+1,0.1\n", "column emissions: '=1+1' is a formula"}},
      {ActivityTool::kCodecarbon, {cc + "2024-01-01T00:00:00,60,0.1,0.1 kWh\n", "'0.1 kWh' is not a number"}},
      {ActivityTool::kCodecarbon,
       {cc + "2024-01-01T00:00:00,60,100,0.1\n", "emissions are in kg, energy_consumed in kWh"}},
      {ActivityTool::kCodecarbon, {cc + "2024-01-01T00:00:00,60,0.1,-0.1\n", "below zero"}},
      {ActivityTool::kEco2ai, {"id,start_time,duration(s)\n", "there is no column power_consumption(kWh)"}},
      {ActivityTool::kImpactTracker, {"not json\n", "line 1: 'not json' is no JSON object"}},
      {ActivityTool::kImpactTracker, {"{\"timestamp\": 1}\n", "no power was attributed"}},
      {ActivityTool::kImpactTracker, {std::string(40, '[') + "\n", "16 levels"}},
      {ActivityTool::kImpactTracker,
       {"{\"timestamp\": 5, \"rapl_estimated_attributable_power_draw\": 1}\n{\"timestamp\": 4, "
        "\"rapl_estimated_attributable_power_draw\": 1}\n",
        "line 2: its timestamp lies before"}},
      {ActivityTool::kCarbontracker, {"hello\n", "no log of carbontracker"}},
      {ActivityTool::kCarbontracker,
       {"2022-11-14 15:43:37 - CarbonTracker: Actual consumption for 1 epoch(s):\n Energy: 5 MWh\n",
        "line 2: 'Energy: 5 MWh' is not an energy in kWh"}},
      {ActivityTool::kMlflow, {"run_id,status,start_time,end_time\na,ENDED,1,2\n", "'ENDED' is no state of a run"}},
      {ActivityTool::kAwsCur, {"lineItem/UsageStartDate\n", "there is no column lineItem/UsageEndDate"}},
      {ActivityTool::kGcpBilling, {"[{}]\n", "a JSON array; write an object a line"}},
      {ActivityTool::kGcpBilling, {"{\"a\": 1}\n", "is this a billing export?"}},
      {ActivityTool::kOlivine,
       {ours + "2023-01-01T00:00:00Z,2022-01-01T00:00:00Z,1,1\n", "line 2: it ends before it begins"}},
      {ActivityTool::kOlivine,
       {ours + "2023-01-01T00:00:00Z,2023-01-02T00:00:00Z,1e30,1\n", "more than any machine has"}},
      {ActivityTool::kOlivine, {ours + "2023-01-01T00:00:00Z,2023-01-02T00:00:00Z,\"1,1\n", "a quote is not closed"}},
      {ActivityTool::kOlivine, {std::string("begin,end\n2023-01-01T00:00:00Z\0,x\n", 34), "NUL byte"}},
  };
}

TEST(ActivityImport, RefusesWithLineColumnValueAndFix) {
  for (const auto& [tool, c] : refused_files()) {
    TextSource source(c.first);
    const auto found = import_activities(source, {.tool = tool});
    ASSERT_FALSE(found.has_value()) << c.first;
    EXPECT_EQ(found.error().kind, ErrorKind::kInvalid) << c.first;
    EXPECT_NE(found.error().message.find(c.second), std::string::npos)
        << found.error().message << "\nwanted: " << c.second;
    EXPECT_EQ(found.error().message, printable(found.error().message));
  }
}

TEST(SacctFields, DurationsResourcesEnergies) {
  EXPECT_EQ(parse_slurm_duration("1-02:03:04"), 93'784.0);
  EXPECT_EQ(parse_slurm_duration("03:04.500"), 184.5);
  EXPECT_EQ(parse_slurm_duration("UNLIMITED"), std::nullopt);
  EXPECT_EQ(parse_slurm_duration("-1:00"), std::nullopt);
  EXPECT_EQ(parse_slurm_duration("90"), std::nullopt);
  const auto held = parse_tres("billing=8,cpu=4,gres/gpu:a100=2,gres/gpu=2,mem=16G,node=1");
  ASSERT_TRUE(held.has_value());
  EXPECT_EQ(held->devices, 2.0);
  EXPECT_EQ(held->device, "a100");
  EXPECT_EQ(parse_tres("gres/gpu:a100=2,gres/gpu:v100=1")->devices, 3.0);  // kinds without their sum
  EXPECT_EQ(parse_tres("gres/gpu=two"), std::nullopt);
  EXPECT_TRUE(std::isnan(parse_tres("")->cpus));
  EXPECT_EQ(parse_slurm_energy_j("1.5K"), 1500.0);
  for (const char* none : {"", "0", "NO_VAL", "4294967294", "18446744073709551614", "0.00K"})
    EXPECT_TRUE(std::isnan(parse_slurm_energy_j(none).value())) << none;
  EXPECT_EQ(parse_slurm_energy_j("-5"), std::nullopt);
  EXPECT_EQ(slurm_state("CANCELLED by 7")->status, ActivityStatus::kCancelled);
  EXPECT_EQ(slurm_state("OUT_OF_ME+")->status, ActivityStatus::kFailed);
  EXPECT_FALSE(slurm_state("+").has_value());
}

TEST(Mlflow, MetricsNameTheirUnit) {
  EXPECT_EQ(energy_metric("total_energy_kwh")->kwh_per_unit, 1.0);
  EXPECT_EQ(energy_metric("energy:Wh")->name, "energy");
  EXPECT_EQ(energy_metric("energy:Wh")->kwh_per_unit, 1e-3);
  EXPECT_NE(energy_metric("energy").error().message.find("energy:kWh"), std::string::npos);
}

TEST(ActivityImport, NanIsNoEmptyCell) {
  TextSource source(
      "begin,end,energy_kwh,plane\n2023-01-01T00:00:00Z,2023-01-01T01:00:00Z,,\n2023-01-01T00:00:00Z,2023-01-01T01:00:"
      "00Z,NaN,node_ac\n");
  const auto found = import_activities(source, {.tool = ActivityTool::kOlivine});
  ASSERT_FALSE(found);
  EXPECT_NE(found.error().message.find("line 3, column energy_kwh: 'NaN'"), std::string::npos) << found.error().message;
}

}  // namespace
}  // namespace olivine
