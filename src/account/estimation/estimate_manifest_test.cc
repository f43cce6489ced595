#include "account/estimation/estimate_manifest.h"

#include <gtest/gtest.h>

#include "account/estimation/estimate_devices.h"

namespace olivine {
namespace {

EstimateAsk gpus(const char* text) {
  EstimateAsk ask;
  ask.gpus = text;
  ask.hours = 96.0;
  ask.zone = "SE";
  return ask;
}

TEST(Estimate, CountsAreReadBeforeNames) {
  struct Case {
    const char* text;
    int count;
    const char* name;
  };
  for (const Case& c : std::vector<Case>{{"8xH100-SXM", 8, "H100-SXM"},
                                         {"8 x H100", 8, "H100"},
                                         {"16*A100", 16, "A100"},
                                         {"H100", 1, "H100"},
                                         {" 4X L4 ", 4, "L4"}}) {
    const auto counted = counted_name(c.text);
    ASSERT_TRUE(counted) << c.text;
    EXPECT_EQ(counted->count, c.count) << c.text;
    EXPECT_EQ(counted->name, c.name) << c.text;
  }
  EXPECT_FALSE(counted_name("0xH100"));
  EXPECT_FALSE(counted_name("99999999999xH100"));
}

// 700 W at the default load of 0.85 [0.6, 1]; a power limit is kept.
TEST(Estimate, PowerIsDesignPowerTimesLoad) {
  const auto devices = estimate_devices(gpus("8xH100-SXM"));
  ASSERT_TRUE(devices);
  EXPECT_EQ(devices->count, 8);
  EXPECT_NEAR(devices->power_w.value, 595.0, 1e-9);
  EXPECT_NEAR(devices->power_w.lower, 420.0, 1e-9);
  EXPECT_NEAR(devices->power_w.upper, 700.0, 1e-9);
  EXPECT_NEAR(devices->embodied_kg->value, 164.0, 1e-9);
  EXPECT_EQ(devices->devices_per_host, 8);
  EstimateAsk stated = gpus("8xH100-SXM");
  stated.power_w = 500.0;
  EXPECT_NEAR(estimate_devices(stated)->power_w.value, 500.0, 1e-9);
  EXPECT_EQ(estimate_devices(stated)->power_w.basis, Basis::kUserStated);
}

TEST(Estimate, AnInstanceTakesItsOwnWattsOrThoseOfItsGpus) {
  EstimateAsk ask = gpus("");
  ask.instance = "p4d.24xlarge";
  ask.count = 2;
  const auto p4d = estimate_devices(ask);
  ASSERT_TRUE(p4d);
  EXPECT_EQ(p4d->plane, "node_ac");
  EXPECT_NEAR(p4d->power_w.value, 744.8 + 0.85 * (5245.0 - 744.8), 1e-6);
  EXPECT_LT(p4d->power_w.lower, p4d->power_w.value);
  EXPECT_FALSE(p4d->rest_w);
  ask.instance = "p5.48xlarge";
  const auto p5 = estimate_devices(ask);
  ASSERT_TRUE(p5);
  EXPECT_EQ(p5->count, 16);
  EXPECT_EQ(p5->name, "NVIDIA H100 80GB HBM3");
  EXPECT_TRUE(p5->rest_w);
}

TEST(Estimate, TheRegionBringsZoneAndPue) {
  EstimateAsk ask = gpus("8xH100-SXM");
  ask.provider = "aws";
  const auto by_zone = estimate_manifest(ask);
  ASSERT_TRUE(by_zone);
  EXPECT_NE(by_zone->title.find("aws eu-north-1"), std::string::npos) << by_zone->title;
  EXPECT_NE(by_zone->toml.find("pue = { value = 1.1"), std::string::npos) << by_zone->toml;
  ask.zone.clear();
  ask.region = "eu-north-1";
  const auto by_region = estimate_manifest(ask);
  ASSERT_TRUE(by_region);
  EXPECT_NE(by_region->toml.find("zone = \"SE\""), std::string::npos);
  ask.pue = 1.3;
  EXPECT_NE(estimate_manifest(ask)->toml.find("pue = 1.3"), std::string::npos) << "what was said wins";
}

TEST(Estimate, WorkInPlaceOfHours) {
  EstimateAsk ask = gpus("1024xA100-SXM4-80GB");
  ask.hours.reset();
  ask.params = 175e9;
  ask.tokens = 300e9;
  const auto training = estimate_manifest(ask);
  ASSERT_TRUE(training);
  EXPECT_NE(training->toml.find("flop = 3.15e+23"), std::string::npos) << training->toml;
  ask.tokens = 500;
  ask.requests = 1000;
  const auto inference = estimate_manifest(ask);
  ASSERT_TRUE(inference);
  EXPECT_NE(inference->toml.find("flop = 1.75e+17"), std::string::npos) << inference->toml;
  EXPECT_NE(inference->toml.find("phase = \"inference\""), std::string::npos);
  EXPECT_NE(inference->toml.find("count = 1000"), std::string::npos);
}

TEST(Estimate, SaysWhatIsMissingOrUnknown) {
  const auto says = [](EstimateAsk ask, const char* part) {
    const auto manifest = estimate_manifest(ask);
    ASSERT_FALSE(manifest) << part;
    EXPECT_NE(manifest.error().message.find(part), std::string::npos) << manifest.error().message;
  };
  says({}, "which hardware?");
  EstimateAsk no_work = gpus("8xH100-SXM");
  no_work.hours.reset();
  says(no_work, "how much work?");
  EstimateAsk both = gpus("8xH100-SXM");
  both.params = both.tokens = 1e9;
  says(both, "how much work?");
  EstimateAsk half = gpus("8xH100-SXM");
  half.params = 1e9;
  says(half, "belong together");
  says(gpus("8xH1000-SXM"), "nearest: NVIDIA H100");
  says(gpus("8xA100"), "say which");
  says(gpus("4xTPU v5e"), "--power");
  EstimateAsk cloud = gpus("8xH100-SXM");
  cloud.provider = "amazon";
  says(cloud, "known: ");
  cloud.provider = "aws";
  cloud.region = "eu-nort-1";
  says(cloud, "nearest: eu-north-1");
  EstimateAsk pue = gpus("8xH100-SXM");
  pue.pue = 0.9;
  says(pue, "--pue");
  EstimateAsk negative = gpus("8xH100-SXM");
  negative.hours = -1.0;
  says(negative, "--hours -1: it must be above 0");
}

TEST(Estimate, ListsWhatTheProviderPublishes) {
  EstimateAsk ask = gpus("8xH100-SXM");
  ask.provider = "aws";
  const auto manifest = estimate_manifest(ask);
  ASSERT_TRUE(manifest);
  const auto lists = [&](const char* begin) {
    for (const std::string& line : manifest->assumed)
      if (line.starts_with(begin)) return true;
    return false;
  };
  EXPECT_TRUE(lists("PUE 1.1"));
  EXPECT_TRUE(lists("water on site "));
}

}  // namespace
}  // namespace olivine
