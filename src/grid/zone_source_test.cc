#include "grid/zone_source.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>

#include "base/prng.h"
#include "grid/zones.h"
#include "testing/memory_file_system.h"

namespace olivine {
namespace {

ZoneChoice with_metadata(const std::string& json) {
  MemoryFileSystem files;
  files.write(kCloudMetadataFile, json);
  return choose_zone(files, {});
}

TEST(ZoneSource, TheFirstThatIsGivenDecides) {
  MemoryFileSystem files;
  files.write(kCloudMetadataFile, R"({"v1": {"cloud_name": "aws", "region": "eu-west-3"}})");
  ZoneInputs inputs;
  inputs.flag = "DE";
  inputs.environment = "SE";
  inputs.config = "PL";
  inputs.config_origin = "project /w/olivine.toml:1";
  const auto chosen = [&] {
    const ZoneChoice c = choose_zone(files, inputs);
    return c.zone + " from " + c.origin;
  };
  EXPECT_EQ(chosen(), "DE from flag --zone");
  inputs.flag = "";
  EXPECT_EQ(chosen(), "SE from environment OLIVINE_ZONE");
  inputs.environment.reset();
  EXPECT_EQ(chosen(), "PL from project /w/olivine.toml:1");
  inputs.config = "  ";
  EXPECT_EQ(chosen(), "FR from cloud metadata /run/cloud-init/instance-data.json (aws eu-west-3)");
  inputs.cloud_metadata_file = "/none";
  EXPECT_EQ(chosen(), " from unknown");
}

TEST(ZoneSource, TheCloudIsNamedWhoeverDecides) {
  MemoryFileSystem files;
  files.write(kCloudMetadataFile, R"({"v1": {"cloud_name": "aws", "region": "us-west-2"}})");
  ZoneInputs inputs;
  inputs.flag = "DE";
  const ZoneChoice choice = choose_zone(files, inputs);
  EXPECT_EQ(choice.zone, "DE");
  ASSERT_TRUE(choice.cloud);
  EXPECT_EQ(choice.cloud->zone, "US-OR");
  EXPECT_EQ(choice.cloud->pue, 1.12);
  EXPECT_EQ(choice.cloud->row.table, "data/cloud_regions.csv");
}

TEST(ZoneSource, ReadsTheSpellingsOfCloudInit) {
  EXPECT_EQ(with_metadata(R"({"v1": {"cloud-name": "gce", "region": "europe-west1"}})").zone, "BE");
  EXPECT_EQ(with_metadata(R"({"v1": {"cloud_name": "azure", "region": "westeurope"}})").zone, "NL");
  EXPECT_EQ(with_metadata(R"({"v1": {"cloud_id": "aws", "availability_zone": "eu-north-1b"}})").zone, "SE");
  EXPECT_EQ(with_metadata(R"({"provider": "gcp", "region": "us-central1"})").zone, "US-IA");
}

TEST(ZoneSource, ADamagedFileIsANoteAndNoError) {
  const std::string deep(100'000, '[');
  for (const std::string& json :
       std::vector<std::string>{"", "{", "[]", "null", "{\"v1\": 7}", "{\"v1\": {\"region\": 5}}", deep,
                                "{\"a\":" + deep, "\xff\xfe", "{\"v1\": {}}"}) {
    const ZoneChoice choice = with_metadata(json);
    EXPECT_EQ(choice.zone, "");
    EXPECT_EQ(choice.origin, "unknown");
    EXPECT_EQ(choice.notes.size(), 1U) << json.substr(0, 40);
  }
  const ZoneChoice elsewhere = with_metadata(R"({"v1": {"cloud_name": "aws", "region": "mars-1\u001b[31m"}})");
  ASSERT_EQ(elsewhere.notes.size(), 1U);
  EXPECT_EQ(elsewhere.notes[0].find('\x1b'), std::string::npos);
  EXPECT_NE(elsewhere.notes[0].find("mars-1"), std::string::npos);
}

TEST(ZoneSource, AMissingFileIsSilentAndAnUnreadableOneIsNot) {
  MemoryFileSystem files;
  EXPECT_TRUE(choose_zone(files, {}).notes.empty());
  files.write(kCloudMetadataFile, "{}");
  files.set_error(kCloudMetadataFile, EACCES);
  EXPECT_EQ(choose_zone(files, {}).notes.size(), 1U);
}

TEST(ZoneSource, SurvivesAnyBytes) {
  Prng random(11);
  const std::string letters = "{}[]\":,\\v1region aws0";
  for (int round = 0; round < 2000; ++round) {
    std::string text = "{\"v1\": ";
    for (std::uint64_t i = random.next() % 60; i > 0; --i) text += letters[random.next() % letters.size()];
    (void)with_metadata(text);
  }
}

TEST(CloudRegions, EveryZoneExistsAndEveryRegionFindsItself) {
  const Result<const CsvTable*> table = fact_table("cloud_regions");
  ASSERT_TRUE(table);
  EXPECT_GE((*table)->rows(), 90U);
  for (std::size_t row = 0; row < (*table)->rows(); ++row) {
    const std::string_view provider = (*table)->cell(row, "provider");
    const std::string_view region = (*table)->cell(row, "region");
    const std::optional<CloudRegion> found = find_cloud_region(provider, region);
    ASSERT_TRUE(found) << provider << " " << region;
    EXPECT_EQ(found->region, region);
    EXPECT_TRUE(find_zone(found->zone)) << found->zone;
    if (found->pue) {
      EXPECT_GE(*found->pue, 1.0);
    }
  }
}

TEST(CloudRegions, AnAvailabilityZoneFindsItsRegion) {
  EXPECT_EQ(find_cloud_region("Amazon Web Services", "EU-WEST-3a")->region, "eu-west-3");
  EXPECT_EQ(find_cloud_region("gcp", "europe-west1-b")->region, "europe-west1");
  EXPECT_EQ(find_cloud_region("gcp", "europe-west12")->region, "europe-west12");
  EXPECT_EQ(find_cloud_region("gcp", "europe-west12-a")->region, "europe-west12");
  EXPECT_EQ(find_cloud_region("azure", "westus2")->zone, "US-WA");
  EXPECT_EQ(find_cloud_region("azure", "northeurope")->zone, "IE");
  EXPECT_FALSE(find_cloud_region("azure", "eu-west-3"));
  EXPECT_FALSE(find_cloud_region("aws", ""));
  EXPECT_FALSE(find_cloud_region("aws", "eu-west-99"));
  EXPECT_TRUE(find_cloud_region("", "eu-west-3")) << "a file that names the region alone";
}

TEST(CloudRegions, AreSearchedByKeyPlaceAndZone) {
  const auto paris = search_cloud_regions("paris");
  ASSERT_GE(paris.size(), 3U);
  for (const CloudRegion& region : paris) EXPECT_EQ(region.zone, "FR") << region.region;
  EXPECT_GE(search_cloud_regions("").size(), 90U);
  EXPECT_TRUE(search_cloud_regions("no such place").empty());
  const CloudRegion iowa = find_cloud_region("gcp", "us-central1").value();
  EXPECT_EQ(iowa.grid, "US-MIDW-MISO");
  EXPECT_EQ(iowa.cfe_fraction, 0.87);
  EXPECT_EQ(iowa.g_per_kwh, 412.72);
  const auto fleet = find_cloud_region("aws", "eu-west-2");  // nothing is published of it: Amazon's mean, and said so
  EXPECT_TRUE(fleet->pue_of_fleet && fleet->wue_of_fleet);
  EXPECT_EQ(fleet->pue, 1.15);
  EXPECT_LT(fleet->pue_lower.value(), 1.15);
  EXPECT_GT(fleet->pue_upper.value(), 1.3);
  EXPECT_FALSE(find_cloud_region("hetzner", "fsn1")->pue) << "not published";
}

TEST(CloudRegions, OfAZoneOrItsGrid) {
  const auto pjm = cloud_regions_in("US-MIDA-PJM");
  EXPECT_TRUE(std::any_of(pjm.begin(), pjm.end(), [](const CloudRegion& r) { return r.region == "us-east-1"; }));
  EXPECT_FALSE(cloud_regions_in("FR").empty());
  EXPECT_TRUE(cloud_regions_in("").empty());
}

}  // namespace
}  // namespace olivine
