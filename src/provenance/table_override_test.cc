#include "provenance/table_override.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "base/prng.h"
#include "provenance/table.h"

namespace olivine {
namespace {

const std::string kHead = "# Fuels. Source: a test. Licence: CC0.\nscheme,code,fuel,name,year,source,licence\n";

std::string built_in(const std::string& name) {
  std::ifstream file(OLIVINE_SOURCE_DIR "/data/" + name + ".csv", std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string fault_of(const std::string& csv, std::string_view name = "fuel_codes") {
  const Status status = check_replacement(name, csv);
  return status ? "" : status.error().message;
}

TEST(CheckReplacement, TheBuiltInTablesPass) {
  for (const char* name : {"zones", "zones_electricity_maps", "zone_aliases", "profiles_average", "profiles_direct",
                           "profiles_marginal", "fuel_factors", "fuel_codes", "cloud_regions"})
    EXPECT_EQ(fault_of(built_in(name), name), "") << name;
}

TEST(CheckReplacement, WhatIsWrongIsNamedWithItsLine) {
  EXPECT_EQ(fault_of(kHead + "eia,COL,coal,coal,2026,a,b\n"), "");
  EXPECT_EQ(fault_of(kHead + "eia,OTH,,other,2026,a,b\n"), "") << "the built-in table leaves fuels open";
  EXPECT_NE(fault_of(kHead + "eia,COL,coal,coal,2026,a\n").find("line 3: 6 fields, the table has 7"),
            std::string::npos);
  EXPECT_NE(fault_of(kHead + "eia,,coal,coal,2026,a,b\n").find("column code is empty"), std::string::npos);
  EXPECT_NE(fault_of(kHead + "eia,COL,coal,coal,new,a,b\n").find("column year"), std::string::npos);
  EXPECT_NE(fault_of(kHead + "eia,COL,coal,coal,nan,a,b\n").find("column year"), std::string::npos);
  EXPECT_NE(fault_of(kHead + "eia,COL,coal,coal,1e300,a,b\n").find("column year"), std::string::npos);
  EXPECT_NE(fault_of(kHead + "eia,\"COL\",coal,coal,2026,a,b\n").find("line 3: a quote"), std::string::npos);
  EXPECT_NE(fault_of(kHead + "eia,C\x1bOL,coal,coal,2026,a,b\n").find("control"), std::string::npos);
  EXPECT_NE(fault_of(kHead).find("no rows"), std::string::npos);
  EXPECT_NE(fault_of("").find("source"), std::string::npos);
  EXPECT_NE(fault_of("# source\nscheme,code\neia,COL\n").find("licence"), std::string::npos);
  EXPECT_NE(fault_of("# source licence\ncode,scheme\nCOL,eia\n").find("columns"), std::string::npos);
  EXPECT_NE(fault_of(std::string(kMaxReplacementBytes + 1, '#')).find("4 MiB"), std::string::npos);
  EXPECT_NE(fault_of(kHead, "no such").find("no table"), std::string::npos);
  const std::string zones = built_in("zones");
  EXPECT_NE(fault_of(zones + zones.substr(zones.rfind('\n', zones.size() - 2) + 1), "zones").find("second row"),
            std::string::npos);
}

TEST(CheckReplacement, TakesAnyText) {
  Prng random(7);
  const std::string letters = "a,\n#\"9.-\r\x01\xff";
  for (int round = 0; round < 3000; ++round) {
    std::string text = random.next() % 2 == 0 ? kHead : "";
    for (auto left = random.next() % 80; left > 0; --left) text += letters[random.next() % letters.size()];
    (void)check_replacement("fuel_codes", text);
  }
}

TEST(ReplaceTable, RowsNameTheUsersFileAndATableInUseStays) {
  ASSERT_TRUE(replace_table("fuel_codes", kHead + "eia,COL,coal,my coal,2030,a,b\n", "/home/me/fuel_codes.csv"));
  const CsvTable& table = *fact_table("fuel_codes").value();
  ASSERT_EQ(table.rows(), 1U);
  EXPECT_EQ(table.cell(0, "name"), "my coal");
  EXPECT_EQ(table.fact(0, "code").table, "/home/me/fuel_codes.csv");
  EXPECT_EQ(replace_table("fuel_codes", kHead + "eia,NG,gas,gas,2030,a,b\n", "/x").error().kind, ErrorKind::kInternal);
  EXPECT_FALSE(replace_table("fuel_factors", "nonsense", "/x"));
  EXPECT_GT(fact_table("fuel_factors").value()->rows(), 10U) << "a refused table changes nothing";
}

}  // namespace
}  // namespace olivine
