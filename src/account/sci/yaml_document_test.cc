#include "account/sci/yaml_document.h"

#include <gtest/gtest.h>

namespace olivine {
namespace {

using Kind = ManifestNode::Kind;

TEST(YamlDocument, ReadsPlainYaml) {
  const auto root = document_from_yaml("name: a b  # said\ncount: 1_0\nn: -1.5e3\nflag: true\nnone:\nempty: ~\n\"quoted\": \"12\"\nwhen: 2023-07-06T00:00\nlist:\n  - 1\n  - {x: two}\n", "f.yml");
  ASSERT_TRUE(root) << root.error().message;
  EXPECT_EQ(root->find("name")->text, "a b");
  EXPECT_EQ(root->find("count")->kind, Kind::kText);
  EXPECT_EQ(root->find("n")->number, -1500.0);
  EXPECT_EQ(root->find("n")->line, 3U);
  EXPECT_TRUE(root->find("flag")->flag);
  EXPECT_EQ(root->find("none")->kind, Kind::kNull);
  EXPECT_EQ(root->find("empty")->kind, Kind::kNull);
  EXPECT_EQ(root->find("quoted")->kind, Kind::kText);
  EXPECT_EQ(root->find("when")->text, "2023-07-06T00:00");
  ASSERT_EQ(root->find("list")->items.size(), 2U);
  EXPECT_EQ(root->find("list")->items[1].find("x")->text, "two");
}

TEST(YamlDocument, RefusesWhatCanGrowOrMislead) {
  struct Case {
    std::string text, says;
  };
  std::string deep;
  for (int i = 0; i < 40; ++i) deep += "[";
  const Case cases[] = {
      {"a: &x 1\nb: *x\n", "f.yml:1: anchors and aliases"},
      {"a: &x {b: 1}\nc: *x\n", "f.yml:1: anchors and aliases"},
      {"a: 1\nb: *x\n", "f.yml:2: anchors and aliases"},
      {"<<: {a: 1}\n", "f.yml:1: merge keys"},
      {"a: !!python/object:os.system x\n", "f.yml:1: tags"},
      {"a: 1\n---\nb: 2\n", "a second document"},
      {"a: .nan\n", "finite"},
      {"a: -.INF\n", "finite"},
      {"a: 1\na: 2\n", "f.yml:2: \"a\" stands here twice"},
      {"[1]: 2\n", "cannot be a key"},
      {"", "empty"},
      {deep, "nested too deeply"},
      {"a: [1\n", "this is not YAML"},
      {"a:\tb: c: d\n", "this is not YAML"},
      {"a: \"\\0\"\n", "byte 0"},
      {"\xff\xfe\xfd", "this is not YAML"},
  };
  for (const Case& c : cases) {
    const auto root = document_from_yaml(c.text, "f.yml");
    ASSERT_FALSE(root) << c.text;
    EXPECT_EQ(root.error().kind, ErrorKind::kInvalid);
    EXPECT_NE(root.error().message.find(c.says), std::string::npos) << c.text << " -> " << root.error().message;
    EXPECT_EQ(root.error().message.find('\n'), std::string::npos);
  }
}

// "A billion laughs" is refused at its first anchor, not expanded.
TEST(YamlDocument, RefusesTheBillionLaughsAtOnce) {
  std::string text = "a0: &a0 [lol,lol,lol,lol,lol,lol,lol,lol,lol]\n";
  for (int i = 1; i < 10; ++i) {
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int k = 0; k < 9; ++k) text += (k > 0 ? ",*a" : "*a") + std::to_string(i - 1);
    text += "]\n";
  }
  EXPECT_FALSE(document_from_yaml(text, "f.yml"));
}

TEST(YamlDocument, LimitsSize) {
  EXPECT_FALSE(document_from_yaml(std::string(kMaxManifestBytes + 1, ' '), "f.yml"));
}

}  // namespace
}  // namespace olivine
