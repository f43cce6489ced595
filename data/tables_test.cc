#include "tables/tables.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "data/table_rows_fixture.h"

namespace olivine {
namespace {

std::map<std::string, Row> by_key(std::string_view table, const std::string& column) {
  std::map<std::string, Row> found;
  for (const Row& row : rows_of(table)) EXPECT_TRUE(found.emplace(row.at(column), row).second) << row.at(column);
  return found;
}

TEST(Tables, AreTheBytesOfTheFolder) {
  std::vector<std::string> names;
  std::ifstream sums_file(OLIVINE_SOURCE_DIR "/data/SHA256SUMS");
  std::stringstream sums;
  sums << sums_file.rdbuf();
  for (const Table& table : embedded_tables()) {
    names.emplace_back(table.name);
    std::ifstream file(OLIVINE_SOURCE_DIR "/data/" + std::string(table.name) + ".csv", std::ios::binary);
    std::stringstream text;
    text << file.rdbuf();
    EXPECT_EQ(text.str(), table.csv) << table.name;
    EXPECT_EQ(table_csv(table.name).data(), table.csv.data());
    const std::string line = std::string(table.sha256) + "  " + std::string(table.name) + ".csv\n";
    EXPECT_NE(sums.str().find(line), std::string::npos) << table.name;
  }
  EXPECT_EQ(names, (std::vector<std::string>{"avert_regions",
                                             "cloud_instances",
                                             "cloud_regions",
                                             "cpu_dies",
                                             "cpu_model",
                                             "cpus",
                                             "defaults",
                                             "fab_energy",
                                             "fab_nodes",
                                             "fuel_codes",
                                             "fuel_factors",
                                             "gpus",
                                             "memory",
                                             "product_footprints",
                                             "profiles_average",
                                             "profiles_direct",
                                             "profiles_marginal",
                                             "server_parts",
                                             "storage",
                                             "zone_aliases",
                                             "zone_years",
                                             "zones",
                                             "zones_electricity_maps"}));
  EXPECT_TRUE(table_csv("no such table").empty());
}

TEST(Tables, CpusFitInTheProgram) { EXPECT_LT(table_csv("cpus").size(), 600u * 1024u); }

TEST(Zones, HoldCountriesAndRegionsWithHonestTypes) {
  const auto zones = by_key("zones", "zone");
  std::size_t countries = 0;
  for (const auto& [key, row] : zones) {
    EXPECT_GT(number(row, "factor_g_per_kwh"), 0.0) << key;
    EXPECT_LT(number(row, "factor_g_per_kwh"), 1500.0) << key;
    const bool country = row.at("parent").empty();
    countries += country ? 1u : 0u;
    EXPECT_EQ(row.at("type"), country ? "lifecycle" : "unknown") << key;
    if (!country) {
      EXPECT_TRUE(zones.contains(row.at("parent"))) << key;
    }
  }
  EXPECT_GE(countries, 200u);
  EXPECT_GE(zones.size() - countries, 100u);
  EXPECT_FALSE(zones.contains("WORLD"));
  EXPECT_FALSE(zones.contains("US-DE"));
}

// Values of the source, by hand: France 2024 44.179085 and 2023 55.27541; California 175.62 kg/MWh.
TEST(Zones, KnownRows) {
  const auto zones = by_key("zones", "zone");
  EXPECT_EQ(zones.at("FR").at("year"), "2024");
  EXPECT_EQ(zones.at("FR").at("factor_g_per_kwh"), "44.179085") << "the digits of the source";
  EXPECT_EQ(zones.at("FR").at("prev_factor_g_per_kwh"), "55.27541");
  EXPECT_NEAR(number(zones.at("US-CA"), "factor_g_per_kwh"), 175.62, 1e-9);
  EXPECT_EQ(zones.at("NA").at("name"), "Namibia");
}

TEST(Defaults, HoldTheRowsOfMethods) {
  const auto rows = by_key("defaults", "key");
  struct Case {
    std::string key;
    double value, lower, upper;
  };
  const std::vector<Case> cases{{"pue_datacentre", 1.56, 1.1, 2.0},
                                {"zone_unknown_g_per_kwh", 473, 25, 845},
                                {"yearly_factor_for_hour", 1, 0.42, 1.65},
                                {"yearly_factor_for_day", 1, 0.47, 1.56},
                                {"factor_age_1y", 1, 0.74, 1.30},
                                {"factor_age_2y", 1, 0.67, 1.40},
                                {"grid_loss_fraction", 0.07, 0.03, 0.18},
                                {"server_life_years", 5, 3, 7},
                                {"server_utilisation", 0.5, 0.2, 0.9},
                                {"memory_w_per_gb", 0.37, 0.10, 1.0},
                                {"cpu_idle_fraction", 0.18, 0.06, 0.40},
                                {"gpu_idle_fraction", 0.12, 0.05, 0.20},
                                {"gpu_context_w", 40, 26, 66},
                                {"psu_efficiency", 0.93, 0.86, 0.96},
                                {"rest_of_node_server_w", 60, 20, 150},
                                {"rest_of_node_desktop_w", 30, 10, 60},
                                {"gain_rapl_intel", 1, 0.95, 1.05},
                                {"gain_rapl_amd", 1, 0.90, 1.10},
                                {"gain_dram", 1, 0.80, 1.20},
                                {"gain_nvml", 1, 0.95, 1.05},
                                {"embodied_server_kg", 1200, 700, 2500},
                                {"embodied_desktop_kg", 250, 150, 400},
                                {"embodied_laptop_kg", 200, 120, 300},
                                {"water_grid_l_per_kwh", 3.1, 1.0, 8.0},
                                {"water_site_l_per_kwh", 1.8, 0, 2.5}};
  for (const Case& c : cases) {
    ASSERT_TRUE(rows.contains(c.key)) << c.key;
    EXPECT_EQ(number(rows.at(c.key), "value"), c.value) << c.key;
    EXPECT_EQ(number(rows.at(c.key), "lower"), c.lower) << c.key;
    EXPECT_EQ(number(rows.at(c.key), "upper"), c.upper) << c.key;
  }
  EXPECT_TRUE(rows.contains("cpu_tdp_per_thread_server_w"));
  EXPECT_TRUE(rows.contains("cpu_tdp_per_thread_desktop_w"));
  for (const auto& [key, row] : rows) {
    EXPECT_TRUE(row.at("basis") == "assumed" || row.at("basis") == "reference") << key;
    EXPECT_TRUE(row.at("experience") == "yes" || row.at("experience") == "no") << key;
    if (row.at("experience") == "yes") {
      EXPECT_EQ(row.at("basis"), "assumed") << key;
    }
    EXPECT_FALSE(row.at("source").empty()) << key;
  }
}

TEST(Cpus, AreSortedAndCarryRanges) {
  std::string previous;
  for (const Row& row : rows_of("cpus")) {
    EXPECT_LT(previous, row.at("key"));
    previous = row.at("key");
    EXPECT_GT(number(row, "tdp_lower_w"), 0.0) << previous;
    EXPECT_LE(number(row, "tdp_lower_w"), number(row, "tdp_w")) << previous;
    EXPECT_LE(number(row, "tdp_w"), number(row, "tdp_upper_w")) << previous;
  }
  const auto cpus = by_key("cpus", "key");
  EXPECT_EQ(number(cpus.at("xeon e5 2620 v3"), "tdp_w"), 85.0);
  EXPECT_EQ(number(cpus.at("epyc 7763"), "tdp_w"), 280.0);
  EXPECT_EQ(cpus.at("epyc 7763").at("class"), "server");
  EXPECT_EQ(cpus.at("core i9 13900k").at("class"), "desktop");
  for (const std::string_view bare : {"epyc", "xeon", "core", "ryzen 7", "core i7", "armv8 rev"}) {
    EXPECT_FALSE(cpus.contains(std::string(bare))) << bare;
  }
}

// The source swaps the V100's two forms and gives one power for both A100 PCIe cards (data/README.md).
TEST(Gpus, KnownErrorsAreCorrected) {
  const auto gpus = by_key("gpus", "key");
  EXPECT_EQ(number(gpus.at("v100 pcie 16gb"), "tdp_w"), 250.0);
  EXPECT_EQ(number(gpus.at("v100 sxm2 16gb"), "tdp_w"), 300.0);
  EXPECT_EQ(number(gpus.at("a100 pcie 40gb"), "tdp_w"), 250.0);
  EXPECT_EQ(number(gpus.at("a100 80gb pcie"), "tdp_w"), 300.0);
  EXPECT_EQ(number(gpus.at("a10g"), "memory_gb"), 24.0);
  EXPECT_FALSE(gpus.contains("gtx 750"));
}

TEST(CpuModel, CurvesRiseInTheirRanges) {
  std::map<std::string, std::vector<Row>> curves;
  std::set<std::string> with_full;
  for (const Row& row : rows_of("cpu_model")) {
    EXPECT_LT(0.0, number(row, "lower"));
    EXPECT_LE(number(row, "lower"), number(row, "value"));
    EXPECT_LE(number(row, "value"), number(row, "upper"));
    if (row.at("quantity") == "full_over_tdp") {
      with_full.insert(row.at("class"));
    } else {
      curves[row.at("class") + " " + row.at("quantity")].push_back(row);
    }
  }
  EXPECT_EQ(with_full, (std::set<std::string>{"default", "desktop", "server_amd", "server_intel"}));
  EXPECT_EQ(curves.size(), 8u);
  for (const auto& [name, rows] : curves) {
    ASSERT_EQ(rows.size(), 11u) << name;
    for (std::size_t i = 1; i < rows.size(); ++i) {
      EXPECT_NEAR(number(rows[i], "load"), 0.1 * static_cast<double>(i), 1e-12);
      for (const std::string_view column : {"value", "lower", "upper"}) {
        EXPECT_LE(number(rows[i - 1], column), number(rows[i], column)) << name << " " << column;
      }
    }
    if (name.ends_with("of_full")) {
      EXPECT_EQ(number(rows.back(), "value"), 1.0) << name;
    }
  }
}

}  // namespace
}  // namespace olivine
