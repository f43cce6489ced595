// The tables of hardware: every row has a source, ranges enclose their values, and what is not known is empty and not zero.
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <string_view>

#include "data/table_rows_fixture.h"

namespace olivine {
namespace {

void expect_range(const Row& row, std::string_view lower, std::string_view value, std::string_view upper) {
  const std::string& middle = row.find(value)->second;
  if (middle.empty()) {
    EXPECT_TRUE(row.find(lower)->second.empty() && row.find(upper)->second.empty()) << row.at("key");
    return;
  }
  EXPECT_GT(number_of(middle), 0.0) << row.at("key") << ": unknown is empty and not zero";
  EXPECT_LE(number_of(row.find(lower)->second), number_of(middle)) << row.at("key");
  EXPECT_GE(number_of(row.find(upper)->second), number_of(middle)) << row.at("key");
}

TEST(HardwareTables, AreAsLargeAsPromisedAndEveryRowHasASource) {
  EXPECT_GE(rows_of("cpus").size(), 1500u);
  EXPECT_GE(rows_of("gpus").size(), 60u);
  EXPECT_GE(rows_of("cloud_instances").size(), 1000u);
  EXPECT_GE(rows_of("product_footprints").size(), 500u);
  for (const std::string_view table : {"cpus", "gpus", "cloud_instances", "product_footprints", "memory", "storage",
                                       "server_parts", "fab_nodes", "fab_energy"})
    for (const Row& row : rows_of(table)) EXPECT_FALSE(row.at("source").empty()) << table << " " << row.at("key");
}

TEST(HardwareTables, RangesEncloseTheirValues) {
  for (const Row& row : rows_of("gpus")) expect_range(row, "embodied_lower_kg", "embodied_kg", "embodied_upper_kg");
  for (const Row& row : rows_of("product_footprints")) expect_range(row, "lower_kg", "embodied_kg", "upper_kg");
  for (const Row& row : rows_of("memory")) expect_range(row, "lower", "g_per_gb", "upper");
  for (const Row& row : rows_of("storage")) expect_range(row, "lower", "g_per_gb", "upper");
  for (const Row& row : rows_of("server_parts")) expect_range(row, "lower", "embodied_kg", "upper");
  for (const Row& row : rows_of("cloud_instances"))
    expect_range(row, "host_embodied_lower_kg", "host_embodied_kg", "host_embodied_upper_kg");
}

TEST(HardwareTables, InstancesAreNoLargerThanTheirHost) {
  for (const Row& row : rows_of("cloud_instances")) {
    if (!row.at("vcpus").empty() && !row.at("host_vcpus").empty()) {
      EXPECT_LE(number_of(row.at("vcpus")), number_of(row.at("host_vcpus"))) << row.at("key");
    }
    if (!row.at("idle_w").empty() && !row.at("full_w").empty()) {
      EXPECT_LE(number_of(row.at("idle_w")), number_of(row.at("full_w"))) << row.at("key");
    }
    EXPECT_EQ(row.at("gpus").empty(), row.at("gpu").empty()) << row.at("key");
  }
}

// What makers' sheets say and where the collections are known to be wrong.
TEST(HardwareTables, KnownRows) {
  std::map<std::string, Row> gpus;
  for (const Row& row : rows_of("gpus")) gpus[row.at("key")] = row;
  const std::map<std::string, double> watts{{"h100 80gb hbm3", 700},
                                            {"h100 pcie", 350},
                                            {"h200", 700},
                                            {"b200", 1000},
                                            {"l4", 72},
                                            {"l40s", 350},
                                            {"instinct mi250x", 500},
                                            {"instinct mi300x", 750},
                                            {"intel gaudi 2", 600},
                                            {"google tpu v3", 450},
                                            {"v100 sxm2 32gb", 300},
                                            {"v100 pcie 32gb", 250},
                                            {"a100 80gb pcie", 300},
                                            {"intel gaudi", 400}};
  for (const auto& [key, w] : watts) EXPECT_EQ(number_of(gpus.at(key).at("tdp_w")), w) << key;
  for (const char* unpublished : {"google tpu v5e", "google tpu v5p", "aws trainium2"})
    EXPECT_EQ(gpus.at(unpublished).at("tdp_w"), "") << unpublished;
  EXPECT_EQ(number_of(gpus.at("h100 80gb hbm3").at("embodied_kg")), 164.0) << "1,312 kg for a board of eight";
}

// Each row of the GPUs says what it was compared with, or that it was not: 139 of 143 on 2026-11-26 (tools/gpu_compared.csv).
TEST(HardwareTables, EveryGpuSaysWhatItWasComparedWith) {
  std::size_t compared = 0, not_compared = 0;
  for (const Row& row : rows_of("gpus")) {
    const std::string& note = row.at("note");
    const bool is_not = note.find("not compared") != std::string::npos;
    const bool is = note.find("compared with ") != std::string::npos;
    EXPECT_NE(is, is_not) << row.at("key") << ": " << note;
    compared += is ? 1u : 0u;
    not_compared += is_not ? 1u : 0u;
  }
  EXPECT_GE(compared, 139u);
  EXPECT_LE(not_compared, 4u);
}

// Where the other side was right on 2026-11-26: the value that it has.
TEST(HardwareTables, DiesThatWereCorrected) {
  std::map<std::string, std::string> dies;
  for (const Row& row : rows_of("gpus")) dies[row.at("key")] = row.at("dies");
  for (const Row& row : rows_of("cpu_dies")) dies[row.at("pattern")] = row.at("dies");
  const std::map<std::string, std::string> wanted{{"rtx 4500 ada", "378.6@5"},
                                                  {"k20x", "561@28"},
                                                  {"k40c", "561@28"},
                                                  {"k6000", "561@28"},
                                                  {"epyc 9??4*", "4x71@5+397@6"},
                                                  {"xeon platinum 83##*", "630@10"},
                                                  {"xeon e5 #### v2", "256.5@22"}};
  for (const auto& [key, value] : wanted) EXPECT_EQ(dies.at(key), value) << key;
}

}  // namespace
}  // namespace olivine
