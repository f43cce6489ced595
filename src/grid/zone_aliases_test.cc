#include "grid/zone_aliases.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "grid/shipped.h"

namespace olivine {
namespace {

TEST(ZoneAliases, KnownNames) {
  const std::vector<std::pair<std::string, std::string>> known{
      {"CISO", "US-CAL-CISO"}, {"ERCO", "US-TEX-ERCO"},        {"PJM", "US-MIDA-PJM"},         {"MISO", "US-MIDW-MISO"},
      {"NYIS", "US-NY-NYIS"},  {"ISNE", "US-NE-ISNE"},         {"BPAT", "US-NW-BPAT"},         {"SOCO", "US-SE-SOCO"},
      {"AZPS", "US-SW-AZPS"},  {"EPE", "US-SW-EPE"},           {" ercot ", "US-TEX-ERCO"},     {"uk", "GB"},
      {"DEU", "DE"},           {"10YDK-1--------W", "DK-DK1"}, {"Rocky Mountains", "AVERT-RM"}};
  for (const auto& [name, zone] : known) {
    const auto alias = find_alias(name);
    ASSERT_TRUE(alias) << name;
    EXPECT_EQ(alias->zone, zone) << name;
    EXPECT_FALSE(alias->source.empty());
  }
  for (const char* none : {"", " ", "FR", "US-MA", "no such", "\x1b"}) EXPECT_FALSE(find_alias(none)) << none;
}

TEST(ZoneAliases, NamesAndRelationsOfAZone) {
  const auto names = names_of("FR");
  EXPECT_TRUE(std::any_of(names.begin(), names.end(), [](const ZoneAlias& a) { return a.alias == "FRA"; }));
  const auto relations = relations_of("US-MA");
  ASSERT_EQ(relations.size(), 2U);
  EXPECT_EQ(relations[0].relation + relations[0].zone, "withinAVERT-NE");
  EXPECT_EQ(relations[1].relation + relations[1].zone, "withinUS-NE-ISNE");
  EXPECT_EQ(search_aliases("avert").size(), 6U) << "the names that need the word to be told from a place";
  EXPECT_TRUE(search_aliases("").empty());
}

TEST(ZoneAliases, EveryNameResolvesAndSaysSo) {
  for (const ZoneAlias& alias : search_aliases("a")) {
    const auto zone = resolve_zone(alias.alias);
    ASSERT_TRUE(zone) << alias.alias;
    EXPECT_EQ(zone->key, alias.zone);
    ASSERT_TRUE(zone->asked_as) << alias.alias;
  }
}

TEST(ResolveZone, KeysOfEveryTable) {
  EXPECT_EQ(resolve_zone("fr")->name, "France");
  EXPECT_EQ(resolve_zone("DK-DK1")->parent, "DK");
  EXPECT_EQ(resolve_zone("avert-te")->key, "AVERT-TE");
  EXPECT_FALSE(resolve_zone("fr")->asked_as);
  EXPECT_EQ(resolve_zone("US-CAL-CIS").error().kind, ErrorKind::kNotFound);
  EXPECT_NE(resolve_zone("US-CAL-CIS").error().message.find("US-CAL-CISO"), std::string::npos);
}

}  // namespace
}  // namespace olivine
