#include "provenance/defaults.h"

#include <gtest/gtest.h>

#include <vector>

namespace olivine {
namespace {

// The table "Defaults" of METHODS.
TEST(Defaults, AreThoseOfMethods) {
  struct Known {
    const char* key;
    double value, lower, upper;
    bool from_experience;
  };
  for (const Known& known : std::vector<Known>{{"pue_datacentre", 1.56, 1.1, 2.0, true},
                                               {"zone_unknown_g_per_kwh", 473, 25, 845, false},
                                               {"yearly_factor_for_hour", 1, 0.42, 1.65, false},
                                               {"yearly_factor_for_day", 1, 0.47, 1.56, false},
                                               {"factor_age_1y", 1, 0.74, 1.30, false},
                                               {"factor_age_2y", 1, 0.67, 1.40, false},
                                               {"grid_loss_fraction", 0.07, 0.03, 0.18, true},
                                               {"server_life_years", 5, 3, 7, true},
                                               {"server_utilisation", 0.5, 0.2, 0.9, true},
                                               {"memory_w_per_gb", 0.37, 0.10, 1.0, false},
                                               {"cpu_idle_fraction", 0.18, 0.06, 0.40, false},
                                               {"gpu_idle_fraction", 0.12, 0.05, 0.20, true},
                                               {"gpu_context_w", 40, 26, 66, false},
                                               {"psu_efficiency", 0.93, 0.86, 0.96, true},
                                               {"rest_of_node_server_w", 60, 20, 150, true},
                                               {"rest_of_node_desktop_w", 30, 10, 60, true},
                                               {"gain_rapl_intel", 1, 0.95, 1.05, true},
                                               {"gain_rapl_amd", 1, 0.90, 1.10, true},
                                               {"gain_dram", 1, 0.80, 1.20, true},
                                               {"gain_nvml", 1, 0.95, 1.05, true}}) {
    const Result<Default> found = default_value(known.key);
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_DOUBLE_EQ(found->value, known.value) << known.key;
    EXPECT_DOUBLE_EQ(found->lower, known.lower) << known.key;
    EXPECT_DOUBLE_EQ(found->upper, known.upper) << known.key;
    EXPECT_EQ(found->from_experience, known.from_experience) << known.key;
    EXPECT_EQ(found->row.table, "data/defaults.csv");
    EXPECT_FALSE(found->row.source.empty());
    if (found->from_experience) {
      EXPECT_EQ(found->basis, Basis::kAssumed) << known.key;
    }
  }
}

TEST(Defaults, HaveEveryKeyThatTheProgramAsksFor) {
  for (const char* key : {"embodied_server_kg", "embodied_desktop_kg", "embodied_laptop_kg", "water_grid_l_per_kwh",
                          "water_site_l_per_kwh", "cpu_tdp_per_thread_server_w", "cpu_tdp_per_thread_desktop_w"}) {
    EXPECT_TRUE(default_value(key)) << key;
  }
}

TEST(Defaults, AnUnknownKeyNamesTheNearest) {
  const Result<Default> found = default_value("pue_datacenter");
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(found.error().message, "there is no default pue_datacenter; did you mean pue_datacentre?");
}

TEST(Defaults, ADamagedRowIsCorrupt) {
  const std::string header = "key,value,lower,upper,unit,basis,source,year,experience\n";
  for (const char* row :
       {"k,x,1,2,W,assumed,s,2024,no", "k,1,2,3,W,assumed,s,2024,no", "k,1,0,2,W,guess,s,2024,no", "k"}) {
    const std::string csv = header + row + "\n";
    const Result<CsvTable> table = CsvTable::parse("defaults", csv);
    ASSERT_TRUE(table);
    EXPECT_FALSE(default_from(*table, "k")) << row;
  }
}

TEST(Basis, IsReadBackFromItsName) {
  for (std::size_t i = 0; i < kBasisCount; ++i) {
    EXPECT_EQ(basis_named(name_of(static_cast<Basis>(i))).value(), static_cast<Basis>(i));
  }
  EXPECT_FALSE(basis_named("certain"));
}

}  // namespace
}  // namespace olivine
