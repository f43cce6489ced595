#include "base/toml_scan.h"

#include <gtest/gtest.h>

#include <string>

namespace olivine {
namespace {

TEST(TomlScan, WhatIsPlainPasses) {
  for (const char* text :
       {"", "zone = \"FR\"", "[run]\nzone = 'DE' # é in a comment\n", "name = \"é\"", "a = [\n [1, 2],\n [3, 4]\n]\n",
        "x = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0]", "s = \"[[\"", "s = \"a\\\"[[\"", "  [[view]]\nname = 'x'",
        "open = \"never closed\n", "a = '''[[\n[[ \"\n'''\nb = 1", "a = \"\"\"é [[\n\\\"[\n\"\"\"", "a = '''"})
    EXPECT_FALSE(toml_problem(text, 8)) << text;
}

TEST(TomlScan, WhatTheParserMustNotSeeIsNamedWithItsLine) {
  struct Row {
    const char* text;
    std::size_t line;
    const char* why;
  };
  for (const Row& row :
       {Row{"[[", 1, "names a table"}, Row{"a = 1\n [ ]", 2, "names a table"}, Row{"[", 1, "names a table"},
        Row{"\n\xd0\x83 = 1", 2, "not ASCII"}, Row{"a = '''\n\n'''\n[[", 4, "names a table"},
        Row{"a = \"\"\"x\\\"\"\"\"\n[", 2, "names a table"}}) {
    const auto problem = toml_problem(row.text, 8);
    ASSERT_TRUE(problem) << row.text;
    EXPECT_EQ(problem->line, row.line) << row.text;
    EXPECT_NE(problem->why.find(row.why), std::string_view::npos) << row.text;
  }
}

TEST(TomlScan, DepthIsBracketsAndDots) {
  EXPECT_TRUE(toml_problem("a = " + std::string(9, '['), 8)->too_deep);
  EXPECT_TRUE(toml_problem("a.b.c.d.e.f.g.h.i.j = 1", 8)->too_deep);
  EXPECT_FALSE(toml_problem("a.b.c.d.e.f.g = 1", 8));
}

}  // namespace
}  // namespace olivine
