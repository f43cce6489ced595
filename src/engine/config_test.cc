#include "engine/config.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <nlohmann/json.hpp>

#include "base/prng.h"
#include "testing/memory_file_system.h"

namespace olivine {
namespace {

constexpr const char* kUser = "/home/u/.config/olivine/config.toml";
constexpr const char* kSystem = "/etc/olivine/config.toml";
constexpr const char* kProject = "/w/olivine.toml";

struct Machine {
  MemoryFileSystem files;
  Config::Map environment{{"HOME", "/home/u"}};
  Config::Map flags;

  Result<Config> load() { return Config::load(files, environment, "/w", flags); }
  std::string error() {
    const Result<Config> config = load();
    EXPECT_FALSE(config);
    return config ? "" : config.error().message;
  }
};

// Error of a project file with this text, without "/w/olivine.toml:".
std::string project_error(const std::string& text) {
  const Result<std::vector<Setting>> settings = parse_config_file(text, {"project", kProject, "/w"});
  if (settings) return "accepted";
  EXPECT_EQ(settings.error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(settings.error().message.find('\n'), std::string::npos) << "one line";
  EXPECT_TRUE(settings.error().message.starts_with(std::string(kProject) + ":")) << settings.error().message;
  return settings.error().message.substr(std::string(kProject).size() + 1);
}

TEST(Config, TheFirstLayerThatSaysItWins) {
  Machine m;
  const auto zone = [&] {
    const Config config = m.load().value();
    const Setting* setting = config.find("zone");
    return setting == nullptr ? std::string("not set") : setting->value + " from " + setting->origin;
  };
  EXPECT_EQ(zone(), "not set");
  m.files.write(kSystem, "zone = \"PL\"\n");
  EXPECT_EQ(zone(), "PL from system /etc/olivine/config.toml:1");
  m.files.write(kUser, "# mine\n\nzone = \"SE\"\n");
  EXPECT_EQ(zone(), "SE from user /home/u/.config/olivine/config.toml:3");
  m.files.write(kProject, "zone = 'FR'\n");
  EXPECT_EQ(zone(), "FR from project /w/olivine.toml:1");
  m.environment["OLIVINE_ZONE"] = "";
  EXPECT_EQ(zone(), "FR from project /w/olivine.toml:1") << "an empty variable is not set";
  m.environment["OLIVINE_ZONE"] = "DE";
  EXPECT_EQ(zone(), "DE from environment OLIVINE_ZONE");
  m.flags["zone"] = "ES";
  EXPECT_EQ(zone(), "ES from flag --zone");
}

TEST(Config, BuiltInValues) {
  Machine m;
  const Config config = m.load().value();
  EXPECT_EQ(config.get("idle"), "share");
  EXPECT_EQ(config.get("plane"), "chip");
  EXPECT_EQ(config.get("sysfs_root"), "/sys");
  EXPECT_EQ(config.get("procfs_root"), "/proc");
  EXPECT_EQ(config.get("cgroup_root"), "/sys/fs/cgroup");
  EXPECT_EQ(config.flag("keep_command"), true);
  EXPECT_EQ(config.flag("strict"), false);
  EXPECT_EQ(config.number("pue"), std::nullopt);
  EXPECT_EQ(config.duration("interval"), std::nullopt);
  EXPECT_EQ(config.get("no such key"), "");
  EXPECT_EQ(config.find("idle")->origin, "built in");
  EXPECT_THROW((void)config.number("zone"), std::logic_error);
  m.flags["no_such_key"] = "x";
  EXPECT_THROW((void)m.load(), std::logic_error);
}

TEST(Config, TypedValuesOfEveryLayer) {
  Machine m;
  m.files.write(kProject,
                "interval = \"250ms\"\npue = 1.2\nstrict = true\nprice_per_kwh = 0.31\nlife_years = 4\nidle = \"ALL\"\n"
                "project = \"nlp\"\nledger = \".olivine/ledger.sqlite\"\n");
  m.environment["OLIVINE_KEEP_COMMAND"] = "No";
  m.flags["reserved_fraction"] = "0.25";
  const Config config = m.load().value();
  EXPECT_EQ(config.duration("interval"), milliseconds(250));
  EXPECT_EQ(config.number("pue"), 1.2);
  EXPECT_EQ(config.flag("strict"), true);
  EXPECT_EQ(config.flag("keep_command"), false);
  EXPECT_EQ(config.number("price_per_kwh"), 0.31);
  EXPECT_EQ(config.number("life_years"), 4.0);
  EXPECT_EQ(config.number("reserved_fraction"), 0.25);
  EXPECT_EQ(config.find("reserved_fraction")->origin, "flag --reserved");
  EXPECT_EQ(config.get("idle"), "all");
  EXPECT_EQ(config.get("project"), "nlp");
  EXPECT_EQ(config.get("ledger"), "/w/.olivine/ledger.sqlite");
}

TEST(Config, FindsTheUsersFile) {
  Machine m;
  m.files.write(kUser, "zone = \"SE\"\n");
  m.files.write("/xdg/olivine/config.toml", "zone = \"NO\"\n");
  EXPECT_EQ(m.load()->get("zone"), "SE");
  m.environment["XDG_CONFIG_HOME"] = "/xdg";
  EXPECT_EQ(m.load()->get("zone"), "NO");
  m.environment["XDG_CONFIG_HOME"] = "relative";
  EXPECT_EQ(m.load()->get("zone"), "SE") << "the standard says to pass over a relative one";
  m.environment.clear();
  EXPECT_EQ(m.load()->get("zone"), "");
}

TEST(Config, UnreadableFilesAreErrorsAndMissingOnesAreNot) {
  Machine m;
  m.files.write(kUser, "zone = \"SE\"\n");
  m.files.set_error(kUser, EACCES);
  const Result<Config> config = m.load();
  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().kind, ErrorKind::kPermission);
  EXPECT_NE(config.error().message.find(kUser), std::string::npos);
  EXPECT_TRUE(config.error().message.ends_with(std::string("; its owner mends it with chmod u+r ") + kUser))
      << config.error().message;
  m.files.write(kSystem, "zone = \"PL\"\n");
  std::vector<std::string> unreadable;
  const Result<Config> rest = Config::load(m.files, m.environment, "/w", m.flags, &unreadable);
  ASSERT_TRUE(rest) << "work that is to be measured must start";
  EXPECT_EQ(rest->get("zone"), "PL");
  EXPECT_EQ(unreadable, std::vector<std::string>{config.error().message});
  m.files.remove(kSystem);
  m.files.set_error(kUser, 0);
  m.files.write(kUser, std::string((1 << 20) + 1, '#'));
  EXPECT_FALSE(m.load());
}

TEST(Config, UnknownKeysNameTheNearest) {
  EXPECT_EQ(project_error("\nzon = \"FR\""), "2: unknown key \"zon\"; did you mean zone?");
  EXPECT_EQ(project_error("intervall = \"1s\""), "1: unknown key \"intervall\"; did you mean interval?");
  EXPECT_EQ(project_error("qqqqqqqqqq = 1"), "1: unknown key \"qqqqqqqqqq\"; olivine config show lists the known ones");
  EXPECT_EQ(project_error("[grid]\nzone = \"FR\""),
            "1: unknown key \"grid\"; olivine config show lists the known ones");
}

TEST(Config, ErrorsNameFileLineValueAndFix) {
  EXPECT_EQ(project_error("# a\npue = 0.8"), "2: pue: \"0.8\" is not within 1 to 10");
  EXPECT_EQ(project_error("pue = \"much\""), "1: pue: \"much\" is not a number such as 1.2");
  EXPECT_EQ(project_error("pue = nan"), "1: pue: \"nan\" is not a number such as 1.2");
  EXPECT_EQ(project_error("interval = 100"), "1: interval: \"100\" is not a duration such as 100ms, 1.5s or 1min");
  EXPECT_EQ(project_error("interval = \"1us\""), "1: interval: \"1us\" is not within 1ms to 1h");
  EXPECT_EQ(project_error("idle = \"shared\""),
            "1: idle: \"shared\" is not one of share, reserved, exclude, all; did you mean share?");
  EXPECT_EQ(project_error("strict = \"maybe\""), "1: strict: \"maybe\" is not true or false");
  EXPECT_EQ(project_error("reserved_fraction = 1.5"), "1: reserved_fraction: \"1.5\" is not within 0 to 1");
  EXPECT_EQ(project_error("zone = []"), "1: zone must be one plain value, such as \"text\", 1.2 or true");
  EXPECT_EQ(project_error("zone = {a = 1}"), "1: zone must be one plain value, such as \"text\", 1.2 or true");
  EXPECT_EQ(project_error("zone = 2024-01-01"), "1: zone must be one plain value, such as \"text\", 1.2 or true");
  EXPECT_EQ(project_error("zone = \"\""), "1: zone: \"\" is not a value; leave the key away to unset it");
  EXPECT_EQ(project_error("zone = \"a\\u001b[31m\""),
            "1: zone: \"a?[31m\" is not plain text: it holds control characters");
  EXPECT_TRUE(project_error("zone = \"FR").starts_with("1: this is not TOML: "));
  EXPECT_TRUE(project_error("\n\nzone = \"FR\"\nzone = \"DE\"").starts_with("4: this is not TOML: "));
  Machine m;
  m.environment["OLIVINE_PUE"] = "zero";
  EXPECT_EQ(m.error(), "OLIVINE_PUE: \"zero\" is not a number such as 1.2");
  m.environment.clear();
  m.flags["idle"] = "al";
  EXPECT_EQ(m.error(), "--idle: \"al\" is not one of share, reserved, exclude, all");
}

TEST(Config, AProjectFileMayNotSayWhatIsReadOrWhereDataGo) {
  for (const char* key : {"sysfs_root", "procfs_root", "cgroup_root", "cloud_metadata_file"}) {
    const std::string text = std::string(key) + " = \"/tmp/x\"\n";
    const std::string error = project_error(text);
    EXPECT_NE(error.find("a project file may not set " + std::string(key)), std::string::npos) << error;
    EXPECT_NE(error.find(environment_name(key)), std::string::npos) << error;
    EXPECT_NE(error.find("~/.config/olivine/config.toml"), std::string::npos) << error;
    EXPECT_TRUE(parse_config_file(text, {"user", kUser, ""})) << "its owner may";
  }
  for (const char* ledger : {"/home/u/x.sqlite", "../x.sqlite", "a/../../x", "/w/../etc/x", "/w2/x", "/w"}) {
    EXPECT_NE(project_error("ledger = \"" + std::string(ledger) + "\"").find("leads out of the project"),
              std::string::npos)
        << ledger;
  }
  for (const char* ledger : {"x.sqlite", "a/b/../x.sqlite", "/w/deep/x"}) {
    EXPECT_EQ(project_error("ledger = \"" + std::string(ledger) + "\""), "accepted") << ledger;
  }
  for (const char* key : {"endpoint", "api_token", "server_url", "electricity_maps_token", "password", "proxy"}) {
    const std::string error = project_error(std::string(key) + " = \"s3cret-value\"");
    EXPECT_NE(error.find("may not set endpoints or tokens"), std::string::npos) << error;
    EXPECT_EQ(error.find("s3cret-value"), std::string::npos) << error;
  }
}

TEST(Config, ALinkDoesNotLeadOutOfTheProject) {
  Machine m;
  m.files.write("/home/u/.ssh/config", "");
  m.files.write("/w/data/x", "");
  m.files.link("/w/out", "/home/u/.ssh");
  m.files.write(kProject, "ledger = \"out/ledger.sqlite\"\n");
  EXPECT_NE(m.error().find("through a link"), std::string::npos);
  m.files.write(kProject, "ledger = \"data/new/ledger.sqlite\"\n");
  EXPECT_EQ(m.load()->get("ledger"), "/w/data/new/ledger.sqlite");
}

TEST(Config, DeepNestingIsRefusedBeforeTheParserRuns) {
  std::string dotted = "a";
  for (int i = 0; i < 200'000; ++i) dotted += ".a";
  for (const std::string& text :
       {dotted + " = 1", "[" + dotted + "]", "x = {" + dotted + " = 1}", "x = " + std::string(200'000, '['),
        "x = " + std::string(100, '{'), "\n\nx = [" + std::string(40, '[')}) {
    EXPECT_NE(project_error(text).find("nested deeper than 32 levels"), std::string::npos) << text.substr(0, 40);
  }
  EXPECT_EQ(project_error("zone = \"" + std::string(100, '.') + std::string(100, '[') + "\" # " + std::string(99, '{')),
            "accepted");
  EXPECT_EQ(project_error("zone = '''" + std::string(100, '[') + "'''\npue = 1.1"), "accepted");
}

TEST(Config, SurvivesAnyText) {
  Prng random(5);
  const std::string letters = "zone=pu\"'[]{}.#\n\\ 1a,\xc3\xff";
  for (int round = 0; round < 5000; ++round) {
    std::string text;
    for (std::uint64_t i = random.below(60); i > 0; --i) text += letters[random.below(letters.size())];
    (void)parse_config_file(text, {"project", kProject, "/w"});
  }
}

TEST(ConfigShow, NamesOrigins) {
  Machine m;
  m.files.write(kProject, "zone = \"FR\"\n");
  const Config config = m.load().value();
  const std::string text = render_config_text(config, true);
  EXPECT_NE(text.find("zone = \"FR\"  "), std::string::npos) << text;
  EXPECT_NE(text.find("# project /w/olivine.toml:1"), std::string::npos) << text;
  EXPECT_NE(text.find("# pue is not set"), std::string::npos) << text;
  EXPECT_EQ(render_config_text(config, false).find("olivine.toml"), std::string::npos);
  Machine again;  // what is shown is a configuration
  again.files.write(kUser, render_config_text(config, true));
  EXPECT_EQ(again.load()->get("zone"), "FR");
}

TEST(ConfigShow, JsonHoldsEveryKey) {
  Machine m;
  m.environment["OLIVINE_PROJECT"] =
      "n\xff"
      "lp";
  EXPECT_FALSE(m.load()) << "not UTF-8";
  m.environment["OLIVINE_PROJECT"] = "nlp";
  const nlohmann::json document = nlohmann::json::parse(render_config_json(m.load().value()));
  EXPECT_EQ(document["schema"], "olivine.config/1");
  ASSERT_EQ(document["settings"].size(), config_keys().size());
  for (const nlohmann::json& row : document["settings"]) {
    EXPECT_TRUE(row.contains("key") && row.contains("value") && row.contains("origin"));
    if (row["key"] == "project") {
      EXPECT_EQ(row["value"], "nlp");
      EXPECT_EQ(row["origin"], "environment OLIVINE_PROJECT");
    }
    if (row["key"] == "pue") {
      EXPECT_TRUE(row["value"].is_null());
    }
  }
}

TEST(ConfigKeys, AreSortedAndTheirBuiltInValuesValid) {
  std::string_view before;
  for (const ConfigKey& key : config_keys()) {
    EXPECT_LT(before, key.name);
    before = key.name;
    EXPECT_FALSE(key.help.empty());
    if (!key.built_in.empty()) {
      EXPECT_EQ(check_config_value(key, key.built_in).value(), key.built_in);
    }
  }
  EXPECT_EQ(environment_name("price_per_kwh"), "OLIVINE_PRICE_PER_KWH");
  EXPECT_EQ(flag_name("price_per_kwh"), "--price");
  EXPECT_EQ(flag_name("sysfs_root"), "--sysfs-root");
}

}  // namespace
}  // namespace olivine
