// Shapes of the grid's tables: profiles, aliases, fuels, cloud regions.
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "data/table_rows_fixture.h"

namespace olivine {
namespace {

std::set<std::string> keys_of(std::string_view table) {
  std::set<std::string> keys;
  for (const Row& row : rows_of(table)) keys.insert(row.at("zone"));
  return keys;
}

// The zones of one table of profiles; each has twelve months of 24 whole numbers, a spread that holds 1, and its origin.
std::set<std::string> check_profiles(std::string_view table, double most_dg) {
  std::map<std::string, std::set<std::string>> months;
  for (const Row& row : rows_of(table)) {
    EXPECT_TRUE(months[row.at("zone")].insert(row.at("month")).second) << table << " " << row.at("zone");
    EXPECT_LE(number(row, "low"), 1.0);
    EXPECT_GE(number(row, "low"), 0.0);
    EXPECT_GE(number(row, "high"), 1.0);
    for (int hour = 0; hour < 24; ++hour) {
      const std::string column = std::string("h") + (hour < 10 ? "0" : "") + std::to_string(hour) + "_dg_per_kwh";
      EXPECT_EQ(row.at(column).find_first_not_of("0123456789"), std::string::npos) << row.at(column);
      EXPECT_GT(number(row, column), 0.0) << table << " " << row.at("zone");
      EXPECT_LT(number(row, column), most_dg) << table << " " << row.at("zone");
    }
    for (const char* column : {"year", "source", "licence"}) EXPECT_FALSE(row.at(column).empty()) << table;
  }
  std::set<std::string> zones;
  for (const auto& [zone, seen] : months) {
    EXPECT_EQ(seen.size(), 12U) << zone;
    zones.insert(zone);
  }
  return zones;
}

TEST(Profiles, AreCompleteAndBounded) {
  const std::set<std::string> average = check_profiles("profiles_average", 13000);
  EXPECT_GE(average.size(), 110U);
  EXPECT_EQ(average, keys_of("zones_electricity_maps"));
  for (const char* constant : {"HK", "ID", "US-NW-SCL"}) EXPECT_FALSE(average.contains(constant)) << constant;
  const std::set<std::string> marginal = check_profiles("profiles_marginal", 13000);
  EXPECT_EQ(marginal.size(), 14U);
  const std::set<std::string> direct = check_profiles("profiles_direct", 13000);
  EXPECT_EQ(direct.size(), 6U);
  for (const std::string& zone : direct) EXPECT_TRUE(average.contains(zone)) << zone;
}

TEST(Profiles, ShareAlikeDataCarryTheirNoticeAndStayInTheirFiles) {
  for (const Table& table : embedded_tables()) {
    const bool share_alike = table.csv.find("ODbL") != std::string_view::npos;
    EXPECT_EQ(share_alike, table.name == "profiles_average" || table.name == "zones_electricity_maps" ||
                               table.name == "product_footprints")
        << table.name;
    if (share_alike) {
      EXPECT_NE(table.csv.find("# Licence: Open Database License (ODbL) 1.0"), std::string_view::npos) << table.name;
    }
  }
}

TEST(Profiles, FitInTheProgram) {
  EXPECT_LT(table_csv("profiles_average").size() + table_csv("profiles_marginal").size() +
                table_csv("profiles_direct").size(),
            400U * 1024U);
}

TEST(ZonesElectricityMaps, HaveRangesOfTheirOwn) {
  for (const Row& row : rows_of("zones_electricity_maps")) {
    EXPECT_EQ(row.at("type") + row.at("accounting") + row.at("year"), "lifecycleconsumption2022");
    for (const std::string span : {"hour", "day"}) {
      EXPECT_LE(number(row, span + "_lower"), 1.0) << row.at("zone");
      EXPECT_GE(number(row, span + "_upper"), 1.0) << row.at("zone");
    }
    EXPECT_LE(number(row, "hour_lower"), number(row, "day_lower") + 0.02) << row.at("zone");
  }
}

TEST(Aliases, NameOneZoneEach) {
  std::set<std::string> zones = keys_of("zones");
  zones.merge(keys_of("zones_electricity_maps"));
  zones.merge(keys_of("profiles_marginal"));
  std::set<std::string> names;
  for (const Row& row : rows_of("zone_aliases")) {
    EXPECT_TRUE(zones.contains(row.at("zone"))) << row.at("alias");
    if (row.at("relation") == "same") {
      EXPECT_FALSE(zones.contains(row.at("alias"))) << row.at("alias") << " is a zone's own key";
      EXPECT_TRUE(names.insert(row.at("alias")).second) << row.at("alias");
    } else {
      EXPECT_TRUE(zones.contains(row.at("alias"))) << row.at("alias");
    }
  }
  for (const char* known :
       {"CISO", "ERCO", "PJM", "MISO", "NYIS", "ISNE", "BPAT", "SOCO", "AZPS", "EPE", "UK", "FRA", "Mid-Atlantic"})
    EXPECT_TRUE(names.contains(known)) << known;
}

// IPCC AR5 WG3 Annex III, table A.III.2; METHODS 12.
TEST(Fuels, HoldTheKnownFactors) {
  std::map<std::string, double> factors;
  for (const Row& row : rows_of("fuel_factors"))
    factors[row.at("set") + " " + row.at("fuel") + " " + row.at("boundary")] = number(row, "g_per_kwh");
  const std::map<std::string, double> known{
      {"default coal lifecycle", 820},      {"default gas lifecycle", 490},
      {"default oil lifecycle", 650},       {"default biomass lifecycle", 230},
      {"default hydro lifecycle", 24},      {"default nuclear lifecycle", 12},
      {"default geothermal lifecycle", 38}, {"default coal direct", 760},
      {"default gas direct", 370},          {"default wind_onshore lifecycle", 11},
      {"eia_direct coal direct", 1003.7},   {"eia_direct gas direct", 430},
      {"eia_direct oil direct", 740},       {"dacf oil direct", 406}};
  for (const auto& [key, value] : known) {
    ASSERT_TRUE(factors.contains(key)) << key;
    EXPECT_EQ(factors.at(key), value) << key;
  }
  EXPECT_FALSE(factors.contains("default biomass direct")) << "AR5 states none: unknown is not zero";
  std::set<std::string> codes;
  for (const Row& row : rows_of("fuel_codes")) codes.insert(row.at("code"));
  for (const char* code : {"COL", "NG", "OIL", "NUC", "WAT", "SUN", "WND", "OTH", "B01", "B20"})
    EXPECT_TRUE(codes.contains(code));
}

TEST(CloudRegions, StandInKnownZones) {
  const std::set<std::string> zones = keys_of("zones"), grids = keys_of("zones_electricity_maps");
  std::size_t regions = 0, with_pue = 0, with_wue = 0;
  for (const Row& row : rows_of("cloud_regions")) {
    ++regions;
    EXPECT_TRUE(zones.contains(row.at("zone"))) << row.at("region");
    EXPECT_TRUE(row.at("grid").empty() || grids.contains(row.at("grid"))) << row.at("region");
    if (!row.at("pue").empty()) {
      ++with_pue;
      EXPECT_GE(number(row, "pue"), 1.0) << row.at("region");
      EXPECT_LT(number(row, "pue"), 2.0) << row.at("region");
    }
    with_wue += row.at("wue_l_per_kwh").empty() ? 0U : 1U;
    EXPECT_EQ(row.at("cfe_fraction").empty(), row.at("grid_g_per_kwh").empty()) << row.at("region");
  }
  EXPECT_GE(regions, 90U);
  EXPECT_GE(with_pue, 130U);  // 46 of the region itself
  EXPECT_GE(with_wue, 95U);   // 16 of the region itself; Google publishes none
}

}  // namespace
}  // namespace olivine
