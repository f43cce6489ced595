#include "account/manifest/manifest.h"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

namespace olivine {
namespace {

constexpr const char* kGood = R"(
schema = "olivine-account/1"
name = "a model"
[parameters]
gpu_hours = "1000 h"
[defaults]
zone = "FR"
at = 2022
pue = { value = 1.2, lower = 1.1, upper = 1.3, shared = "pue", source = "operator" }
[[hardware]]
id = "gpu"
power = "400 W"
[[activity]]
id = "training"
phase = "training"
hardware = "gpu"
device_hours = "= gpu_hours"
tags = ["a", "b"]
)";

TEST(Manifest, ReadsEveryFormOfAValue) {
  const auto m = parse_manifest(kGood, "m.toml");
  ASSERT_TRUE(m) << m.error().message;
  EXPECT_EQ(m->name, "a model");
  EXPECT_EQ(m->defaults.zone, "FR");
  EXPECT_EQ(m->defaults.at, "2022");
  EXPECT_EQ(m->defaults.pue.form, WrittenValue::Form::kRange);
  EXPECT_EQ(m->defaults.pue.shared, "pue");
  EXPECT_EQ(*m->defaults.pue.lower.number, 1.1);
  ASSERT_EQ(m->activities.size(), 1u);
  EXPECT_TRUE(m->activities[0].device_hours.is_expression());
  EXPECT_EQ(m->activities[0].tags.size(), 2u);
  EXPECT_EQ(m->activities[0].line, 13u);
  EXPECT_EQ(m->activities[0].device_hours.line, 17u);
}

TEST(Manifest, JsonIsTheSame) {
  const auto m = parse_manifest(R"({"schema": "olivine-account/1",
 "name": "x", "defaults": {"pue": "none", "intensity": "unknown"},
 "activity": [
   {"id": "a", "phase": "training", "energy": {"min": 1, "mode": 2, "max": 4},
    "plane": "node_ac", "price": 0.3}]})",
                                "m.json");
  ASSERT_TRUE(m) << m.error().message;
  EXPECT_EQ(m->defaults.pue.form, WrittenValue::Form::kNone);
  EXPECT_EQ(m->defaults.intensity.form, WrittenValue::Form::kUnknown);
  EXPECT_EQ(m->activities[0].energy.form, WrittenValue::Form::kTriangle);
  EXPECT_EQ(m->activities[0].energy.line, 4u);
  EXPECT_EQ(m->activities[0].conditions.price.line, 5u);
}

struct Refusal {
  const char* text;
  const char* says;
};

// Each after `schema = ...` and a good activity, unless it begins with '!'.
constexpr Refusal kRefusals[] = {
    {"!name = \"x\"\n", "m.toml:1: schema = \"olivine-account/1\" is missing"},
    {"!schema = \"olivine-account/2\"\n",
     "m.toml:1: schema is \"olivine-account/2\"; this program reads \"olivine-account/1\""},
    {"!schema = \"olivine-account/1\"\n", "there is nothing to account for"},
    {"nmae = \"x\"\n", "m.toml:2: a manifest has no key \"nmae\"; did you mean \"name\"?"},
    {"[defaults]\nzoen = \"FR\"\n", "m.toml:3: [defaults] has no key \"zoen\"; did you mean \"zone\"?"},
    {"[[activity]]\nid = \"b\"\nphase = \"trainig\"\nenergy = 1\nplane = \"chip\"\n",
     "activity \"b\": phase \"trainig\" is not known; did you mean \"training\"?"},
    {"[[activity]]\nid = \"b\"\nphase = \"training\"\n", "activity \"b\" does not say its energy"},
    {"[[activity]]\nid = \"b\"\nphase = \"training\"\nenergy = 1\n", "activity \"b\" has an energy without a plane"},
    {"[[activity]]\nid = \"b\"\nphase = \"training\"\nenergy = 1\nplane = \"facility\"\npue = 1.2\n",
     "pue on a facility figure is refused: a facility's meter has seen cooling and losses already"},
    {"[[activity]]\nid = \"b\"\nphase = \"training\"\nenergy = 1\nplane = \"chip\"\ncarbon = 2\n",
     "says its energy in 2 ways (energy, carbon)"},
    {"[[activity]]\nid = \"b\"\nphase = \"training\"\nhardware = \"gpo\"\nhours = 1\n[[hardware]]\nid = \"gpu\"\n",
     "hardware \"gpo\" is no [[hardware]] of this manifest; did you mean \"gpu\"?"},
    {"[[activity]]\nid = \"a\"\nphase = \"training\"\nenergy = 1\nplane = \"chip\"\n",
     "activity \"a\" stands here twice"},
    {"[[activity]]\nid = \"b\"\nphase = \"training\"\nenergy = nan\n", "nan and inf are no numbers"},
    {"[[activity]]\nid = \"b\"\nphase = \"training\"\nenergy = { value = 1, uper = 2 }\n",
     "energy has no key \"uper\" (did you mean \"upper\"?)"},
    {"[[activity]]\nid = \"b\"\nphase = \"training\"\nenergy = { value = 1, upper = 2 }\n",
     "has upper but no lower; a range needs both"},
    {"[[activity]]\nid = \"b\"\nphase = \"training\"\nenergy = { min = 1, max = 2 }\n",
     "a triangle needs min, mode and max"},
    {"[[activity]]\nid = \"b\"\nphase = \"training\"\nenergy = true\n", "energy is true or false; write a number"},
    {"[parameters]\n\"a b\" = 1\n", "parameter \"a b\": a name is of letters, digits and '_'"},
    {"[[contract]]\nenergy = 1\n", "a [[contract]] has no intensity"},
    {"[[contract]]\nenergy = 1\nshare = 0.5\nintensity = 0\n", "an energy or a share"},
    {"booking = \"buy\"\n", "booking is \"buy\"; it is \"use\" or \"purchase\""},
    {"deep = [[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]\n", "nested too deeply"},
    {"[[hardware]]\nid = \"a\"\nhost = \"b\"\ndevices_per_host = 2\n[[hardware]]\nid = \"b\"\nhost = "
     "\"a\"\ndevices_per_host = 2\n",
     "its host \"b\" has a host itself"},
    {"[[figure]]\nid = \"f\"\n", "figure \"f\" has no value"},
};

TEST(Manifest, RefusesInOneLineWithPlaceAndFix) {
  for (const Refusal& each : kRefusals) {
    std::string text = each.text;
    if (text.front() == '!')
      text = text.substr(1);
    else
      text = "schema = \"olivine-account/1\"\n" + text +
             "[[activity]]\nid = \"a\"\nphase = \"training\"\nenergy = 1\nplane = \"chip\"\n";
    const auto m = parse_manifest(text, "m.toml");
    ASSERT_FALSE(m) << each.text;
    EXPECT_NE(m.error().message.find(each.says), std::string::npos) << m.error().message << "\nwanted: " << each.says;
    EXPECT_TRUE(m.error().message.starts_with("m.toml:")) << m.error().message;
    EXPECT_EQ(m.error().message.find('\n'), std::string::npos);
  }
}

TEST(Manifest, HostileFilesGetOneLine) {
  const std::string deep_json = "{\"schema\":" + std::string(100'000, '[');
  std::string many = "{\"schema\":\"olivine-account/1\"";
  for (int i = 0; i < 5000; ++i) many += ",\"k" + std::to_string(i) + "\":1";
  for (const std::string& text : {deep_json, many + "}", std::string("{\"a\":1,\"a\":2}"), std::string("{\"a\":1e999}"),
                                  std::string("\xff\xfe{"), std::string(9 << 20, ' ')}) {
    const auto m = parse_manifest(text, "m.json");
    ASSERT_FALSE(m);
    EXPECT_EQ(m.error().message.find('\n'), std::string::npos);
    EXPECT_LT(m.error().message.size(), 600u);
  }
  EXPECT_NE(parse_manifest(R"({"a":1,
"a":2})",
                           "m.json")
                .error()
                .message.find("m.json:2: \"a\" stands here twice"),
            std::string::npos);
}

// The JSON Schema and the documentation know the keys that the reader knows.
TEST(Manifest, SchemaAndDocumentationHaveAllKeys) {
  std::ifstream file(std::string(OLIVINE_SOURCE_DIR) + "/docs/schemas/manifest.schema.json");
  ASSERT_TRUE(file);
  const auto schema = nlohmann::json::parse(file);
  std::stringstream words;
  words << std::ifstream(std::string(OLIVINE_SOURCE_DIR) + "/docs/methods/account.md").rdbuf();
  const std::string documentation = words.str();
  for (const std::string_view section : manifest_sections()) {
    std::string name(section.empty() ? "manifest" : section);
    if (name == "tariff.band") name = "band";
    const auto& properties = section.empty() ? schema["properties"] : schema["$defs"][name]["properties"];
    std::size_t known = 0;
    for (const ManifestKey& key : manifest_keys(section)) {
      EXPECT_TRUE(properties.contains(key.name)) << name << "." << key.name;
      EXPECT_NE(documentation.find("`" + std::string(key.name) + "`"), std::string::npos) << key.name;
      ++known;
    }
    if (!section.empty()) {
      EXPECT_EQ(properties.size(), known + (section == "tariff" ? 1 : 0)) << name;
    }
  }
}

}  // namespace
}  // namespace olivine
