#include "grid/fuel_factors.h"

#include <gtest/gtest.h>

namespace olivine {
namespace {

// IPCC AR5 WG3 Annex III, table A.III.2 (medians, minimum, maximum); METHODS 12.
TEST(FuelFactors, KnownValues) {
  const FuelRow coal = fuel_row("default", "coal", Boundary::kLifecycle).value();
  EXPECT_EQ(coal.g_per_kwh, 820.0);
  EXPECT_EQ(coal.lower, 740.0);
  EXPECT_EQ(coal.upper, 910.0);
  EXPECT_NE(coal.row.source.find("IPCC AR5"), std::string::npos);
  EXPECT_EQ(fuel_row("default", "gas", Boundary::kDirect)->g_per_kwh, 370.0);
  EXPECT_EQ(fuel_row("eia_direct", "coal", Boundary::kDirect)->g_per_kwh, 1003.7);
  EXPECT_EQ(fuel_row("eia_direct", "gas", Boundary::kDirect)->g_per_kwh, 430.0);
  EXPECT_EQ(fuel_row("eia_direct", "oil", Boundary::kDirect)->g_per_kwh, 740.0);
  EXPECT_GE(fuel_rows("default", Boundary::kLifecycle).size(), 12U);
}

TEST(FuelFactors, WhatIsNotStatedIsNotZero) {
  EXPECT_EQ(fuel_row("default", "biomass", Boundary::kDirect).error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(fuel_row("eia_direct", "coal", Boundary::kLifecycle).error().kind, ErrorKind::kNotFound);
  EXPECT_TRUE(fuel_rows("no such set", Boundary::kDirect).empty());
}

TEST(FuelFactors, CodesOfEiaAndEntsoe) {
  const std::vector<std::pair<std::string, std::string>> eia{
      {"COL", "coal"},          {"NG", "gas"},          {"OIL", "oil"}, {"NUC", "nuclear"}, {"wat", "hydro"},
      {"SUN", "solar_utility"}, {"WND", "wind_onshore"}};
  for (const auto& [code, fuel] : eia) EXPECT_EQ(fuel_of_code("eia", code).value(), fuel) << code;
  EXPECT_EQ(fuel_of_code("entsoe", "B05").value(), "coal");
  EXPECT_EQ(fuel_of_code("entsoe", "B14").value(), "nuclear");
  for (const char* open : {"OTH", "UNK", "PS"})
    EXPECT_NE(fuel_of_code("eia", open).error().message.find("no factor"), std::string::npos);
  EXPECT_FALSE(fuel_of_code("eia", "B05"));
  EXPECT_FALSE(fuel_of_code("entsoe", ""));
}

TEST(FuelFactors, EveryCodeWithAFuelHasALifecycleFactor) {
  const CsvTable& codes = *fact_table("fuel_codes").value();
  for (std::size_t row = 0; row < codes.rows(); ++row) {
    if (codes.cell(row, "fuel").empty()) continue;
    EXPECT_TRUE(fuel_row("default", codes.cell(row, "fuel"), Boundary::kLifecycle)) << codes.cell(row, "code");
  }
}

}  // namespace
}  // namespace olivine
