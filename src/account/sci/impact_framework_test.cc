#include "account/sci/impact_framework.h"

#include <gtest/gtest.h>

#include "account/manifest/manifest.h"
#include "base/wall_time_text.h"

namespace olivine {
namespace {

// The case study of the specification as the framework computes it (if-run 1.1.0 says sci 40.4196 for this text).
constexpr const char* kCaseStudy = R"(name: eshoppen
description: case study
tags:
initialize:
  plugins:
    operational-carbon:
      method: Multiply
      path: builtin
      config:
        input-parameters: ["energy", "grid/carbon-intensity"]
        output-parameter: carbon-operational
    sci:
      method: Sci
      path: builtin
      config:
        functional-unit: user_hours
tree:
  defaults:
    grid/carbon-intensity: 951
  children:
    app:
      pipeline:
        compute: [operational-carbon, sci]
      inputs:
        - timestamp: 2024-01-01T00:00
          duration: 3600
          energy: 0.023
          carbon-embodied: 4.305
          user_hours: 1
    db:
      defaults:
        user_hours: 1
      inputs:
        - timestamp: "2024-01-01T00:00:00Z"
          duration: 3600
          cpu/energy: 0.009
          memory/energy: 0.0006
          carbon-embodied: 5.112
)";

TEST(ImpactFramework, ReadsWhatAFileStates) {
  const auto m = read_impact_framework(kCaseStudy, "imp.yml");
  ASSERT_TRUE(m) << m.error().message;
  EXPECT_EQ(m->name, "eshoppen");
  EXPECT_EQ(m->functional_unit, "user_hours");
  ASSERT_EQ(m->components.size(), 2U);
  const IfObservation& app = m->components[0].observations.at(0);
  EXPECT_EQ(app.energy_kwh, 0.023);
  EXPECT_EQ(app.g_per_kwh, 951);
  EXPECT_EQ(app.embodied_g, 4.305);
  EXPECT_EQ(format_utc(*app.timestamp), "2024-01-01T00:00:00.000Z");
  EXPECT_NEAR(*m->components[1].observations.at(0).energy_kwh, 0.0096, 1e-15);
  EXPECT_EQ(functional_units_of(*m).count, 1.0);
  ASSERT_EQ(m->notes.size(), 2U);
  EXPECT_NE(m->notes[1].find("cpu/energy + memory/energy"), std::string::npos);
}

TEST(ImpactFramework, WrittenAndReadAgainIsTheSame) {
  const auto m = read_impact_framework(kCaseStudy, "imp.yml");
  ASSERT_TRUE(m);
  const auto text = write_impact_framework(*m);
  ASSERT_TRUE(text) << text.error().message;
  const auto again = read_impact_framework(*text, "again.yml");
  ASSERT_TRUE(again) << again.error().message;
  ASSERT_EQ(again->components.size(), m->components.size());
  double carbon = 0.0;
  for (std::size_t i = 0; i < m->components.size(); ++i) {
    const IfObservation &a = m->components[i].observations.at(0), &b = again->components[i].observations.at(0);
    EXPECT_EQ(a.energy_kwh, b.energy_kwh);
    EXPECT_EQ(a.g_per_kwh, b.g_per_kwh);
    EXPECT_EQ(a.embodied_g, b.embodied_g);
    EXPECT_EQ(a.units, b.units);
    EXPECT_EQ(a.timestamp, b.timestamp);
    EXPECT_EQ(a.duration_s, b.duration_s);
    carbon += *b.energy_kwh * *b.g_per_kwh + *b.embodied_g;
  }
  EXPECT_NEAR(carbon, 40.4196, 1e-9);
}

TEST(ImpactFramework, UnknownIsNotWrittenAsZero) {
  auto m = read_impact_framework(kCaseStudy, "imp.yml");
  ASSERT_TRUE(m);
  m->components[1].observations[0].embodied_g.reset();
  const auto text = write_impact_framework(*m);
  ASSERT_FALSE(text);
  EXPECT_NE(text.error().message.find("db: its embodied carbon is unknown"), std::string::npos) << text.error().message;
  const auto account = account_of_impact_framework(*m);
  ASSERT_TRUE(account);
  EXPECT_NE(account->find("id = \"db-embodied\"\nphase = \"manufacture\"\ncarbon = \"unknown\""), std::string::npos)
      << *account;
}

TEST(ImpactFramework, ObservationsOfOneIntensityAreOneActivity) {
  const auto m = read_impact_framework(
      "name: x\ntree:\n  children:\n    a/b:\n      inputs:\n"
      "        - {timestamp: 2024-01-01 00:00:00, duration: 60, energy: 1, grid/carbon-intensity: 100, "
      "carbon-embodied: 0}\n"
      "        - {timestamp: 2024-01-01 00:01:00, duration: 60, energy: 2, grid/carbon-intensity: 100, "
      "carbon-embodied: 0}\n"
      "        - {timestamp: 2024-01-01 00:02:00, duration: 60, energy: 4, grid/carbon-intensity: 300, "
      "carbon-embodied: 0}\n",
      "x.yml");
  ASSERT_TRUE(m) << m.error().message;
  const auto account = account_of_impact_framework(*m);
  ASSERT_TRUE(account);
  EXPECT_NE(account->find("energy = \"3 kWh\""), std::string::npos) << *account;
  EXPECT_NE(account->find("at = \"2024-01-01T00:00:00Z/2024-01-01T00:02:00Z\""), std::string::npos) << *account;
  EXPECT_NE(account->find("id = \"a-b-2\""), std::string::npos) << *account;
  EXPECT_NE(account->find("# No functional unit:"), std::string::npos) << *account;
}

// Plugins would add to the parts that are stated, so their sum is not the energy.
TEST(ImpactFramework, EnergyThatAPipelineComputesIsUnknown) {
  const auto m = read_impact_framework(
      "tree:\n  pipeline: {compute: [sum]}\n  children:\n    a:\n      inputs:\n        - {timestamp: 2024-01-01, "
      "duration: 1, network/energy: 1, grid/carbon-intensity: 1}\n",
      "x.yml");
  ASSERT_TRUE(m) << m.error().message;
  EXPECT_FALSE(m->components.at(0).observations.at(0).energy_kwh);
  ASSERT_FALSE(m->notes.empty());
  EXPECT_NE(m->notes[0].find("left to plugins"), std::string::npos) << m->notes[0];
}

TEST(ImpactFramework, IdsAreUniqueAndAccepted) {
  std::string yaml = "tree:\n  children:\n";
  for (const std::string& name : std::vector<std::string>{"app", "app-embodied", "\"--\"", "\"a b\"", "\"a-b\"",
                                                          "\"7\"", "long" + std::string(200, 'x')})
    yaml += "    " + name +
            ":\n      inputs:\n        - {timestamp: 2024-01-01, duration: 1, energy: 1, grid/carbon-intensity: 1, "
            "carbon-embodied: 1}\n";
  const auto m = read_impact_framework(yaml, "x.yml");
  ASSERT_TRUE(m) << m.error().message;
  const auto account = account_of_impact_framework(*m);
  ASSERT_TRUE(account);
  const auto parsed = parse_manifest(*account, "account.toml");
  ASSERT_TRUE(parsed) << parsed.error().message << *account;
  EXPECT_EQ(parsed->activities.size(), 14U);
}

// Names from outside cannot break out of the text that is written.
TEST(ImpactFramework, QuotesNames) {
  const auto m = read_impact_framework(
      "name: \"a\\\"\\nschema = \\\"evil\\\"\"\ntree:\n  children:\n    \"x\\n[[activity]]\":\n      inputs:\n        "
      "- {timestamp: 2024-01-01, duration: 1, energy: 1, grid/carbon-intensity: 1, carbon-embodied: 1}\n",
      "x.yml");
  ASSERT_TRUE(m) << m.error().message;
  const auto account = account_of_impact_framework(*m);
  ASSERT_TRUE(account);
  EXPECT_EQ(account->find("\nschema = \"evil\""), std::string::npos) << *account;
  EXPECT_NE(account->find("id = \"x---activity\""), std::string::npos) << *account;
}

TEST(ImpactFramework, ErrorsNameLineAndKey) {
  struct Case {
    const char *text, *says;
  };
  const Case cases[] = {
      {"name: x\n", "there is no tree"},
      {"- 1\n", "a table with name"},
      {"tree:\n  children:\n    a:\n      pipeline:\n", "no component has inputs"},
      {"tree:\n  children: 3\n", "x.yml:2: children"},
      {"tree:\n  children:\n    a:\n      inputs:\n        - {timestamp: 2024-01-01, duration: 1, energy: -1}\n",
       "energy is -1"},
      {"tree:\n  children:\n    a:\n      inputs:\n        - {timestamp: 2024-01-01, duration: 1, energy: \"= x * "
       "2\"}\n",
       "energy is a text"},
      {"tree:\n  children:\n    a:\n      inputs:\n        - {timestamp: yesterday, duration: 1, energy: 1}\n",
       "x.yml:5: timestamp"},
      {"tree:\n  children:\n    a:\n      inputs:\n        - {timestamp: 2024-01-01, duration: 1e30, energy: 1}\n",
       "x.yml:5: duration: 1e+30 s"},
      {"tree:\n  children:\n    a:\n      inputs:\n        - 7\n", "an observation is a table"},
  };
  for (const Case& c : cases) {
    const auto m = read_impact_framework(c.text, "x.yml");
    ASSERT_FALSE(m) << c.text;
    EXPECT_NE(m.error().message.find(c.says), std::string::npos) << m.error().message;
  }
}

}  // namespace
}  // namespace olivine
