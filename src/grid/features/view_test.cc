// Definitions: what TOML may say, what it may not, and what makes two definitions differ.
#include "grid/features/view.h"

#include <gtest/gtest.h>

#include "grid/features/oracle_fixture.h"

namespace olivine::features {
namespace {

const std::string kHead =
    "[[view]]\nname = \"load\"\nversion = 2\nclass = \"domain\"\nentity = \"zone\"\nsource = \"mix\"\n"
    "event_time = \"event_time\"\ningest_time = \"ingest_time\"\nttl = \"2d\"\nlineage = [\"EIA-930\"]\n";
const std::string kLag =
    "[[view.feature]]\nname = \"lag\"\ntransform = \"lag\"\ncolumn = \"load\"\noffset = \"24h\"\nunit = \"MW\"\n";

TEST(features_view, reads_what_it_writes) {
  const auto views = parse_views(kHead + kLag, "v.toml");
  ASSERT_TRUE(views) << views.error().message;
  const FeatureView& v = views->front();
  EXPECT_EQ(v.id(), "load@2");
  EXPECT_EQ(v.ttl_ns, 48 * kNsPerHour);
  EXPECT_EQ(v.features[0].offset_ns, 24 * kNsPerHour);
  EXPECT_EQ(view_from_canonical(canonical_text(v)).value(), v);
  const FeatureView full = testing::full_view();
  EXPECT_EQ(view_from_canonical(canonical_text(full)).value(), full);
  EXPECT_EQ(reach_ns(full), 12 * kNsPerHour);
  EXPECT_EQ(columns_of(full), (std::vector<std::string>{"x", "y"}));
}

TEST(features_view, the_hash_is_of_the_meaning) {
  const FeatureView v = parse_views(kHead + kLag, "v.toml")->front();
  std::string other = kHead + kLag;
  other.replace(other.find("2d"), 2, "48h");
  EXPECT_EQ(hash_of(parse_views("# a comment\n" + other, "w.toml")->front()), hash_of(v));
  other.replace(other.find("48h"), 3, "24h");
  const FeatureView w = parse_views(other, "w.toml")->front();
  EXPECT_NE(hash_of(w), hash_of(v));
  EXPECT_EQ(differences(v, w), "ttl: 48h -> 24h");
  FeatureView x = v;
  x.features.push_back(testing::source_feature("new_one", Transform::kLatest, 0));
  EXPECT_NE(differences(v, x).find("features/new_one/column: (absent) -> x"), std::string::npos) << differences(v, x);
}

TEST(features_view, texts_may_hold_what_tables_may_not) {
  std::string text = kHead + kLag;
  text.replace(text.find("EIA-930"), 7,
               "a # b [[ \xc2\xb0"
               "C . . . . . . . . . . \\\" {{{{{{{{{{");
  const auto views = parse_views("# \xd0\x83 [[[[[[[[[[[[[\n" + text, "v.toml");
  ASSERT_TRUE(views) << views.error().message;
  EXPECT_EQ(views->front().lineage[0],
            "a # b [[ \xc2\xb0"
            "C . . . . . . . . . . \" {{{{{{{{{{");
}

TEST(features_view, says_what_is_wrong_and_where) {
  const auto replaced = [](const std::string& from, const std::string& to) {
    std::string text = kHead + kLag;
    return text.replace(text.find(from), from.size(), to);
  };
  for (const auto& [text, said] : std::vector<std::pair<std::string, std::string>>{
           {"x = ", "v.toml:1"},
           {"", "view is missing"},
           {kHead, "feature is missing"},
           {kHead + "colour = 1\n" + kLag, "v.toml:11: unknown key \"colour\""},
           {replaced("\"domain\"", "\"other\""), "v.toml:4: class: no class \"other\""},
           {replaced("ttl = \"2d\"\n", ""), "ttl is more than 0"},
           {replaced("\"2d\"", "2"), "v.toml:9: ttl must be a duration"},
           {replaced("[\"EIA-930\"]", "[]"), "lineage is needed"},
           {replaced("\"lag\"\ncolumn", "\"lagg\"\ncolumn"), "no transform \"lagg\""},
           {replaced("offset = \"24h\"\n", ""), "needs an offset"},
           {replaced("offset = \"24h\"", "offset = \"-24h\""), "never look ahead"},
           {replaced("unit = \"MW\"\n", ""), "unit is missing"},
           {replaced("version = 2", "version = 0"), "version counts from 1"},
           {replaced("name = \"lag\"", "name = \"Lag\""), "small letters"},
           {kHead + kLag + kLag, "the name is taken"},
           {kHead + kLag + kHead + kLag, "stands here twice"},
           {replaced("offset = \"24h\"", "offset = \"24h\"\nwindow = \"2h\""), "a window"},
           {replaced("column = \"load\"", "column = \"zone\""), "not a number"},
           {"x = " + std::string(5000, '['), "nested too deeply"},
           {"x = 1\n\xd0\x83", "v.toml:2: a character that is not ASCII"},
           {kHead + "x.y.z.a.b.c.d.e.f.g.h = 1", "v.toml:11: nested too deeply"},
           {"[[=view]]", "v.toml:1: a line that begins with ["},
           {"x = 1\n[ ", "v.toml:2: a line that begins with ["}}) {
    const auto views = parse_views(text, "v.toml");
    ASSERT_FALSE(views) << text;
    EXPECT_NE(views.error().message.find(said), std::string::npos) << views.error().message << "\nwanted: " << said;
  }
}

}  // namespace
}  // namespace olivine::features
