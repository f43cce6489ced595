#include "base/text.h"

#include <gtest/gtest.h>

#include <clocale>
#include <limits>

#include "base/prng.h"

namespace olivine {
namespace {

using Views = std::vector<std::string_view>;

TEST(Trim, TakesWhiteSpaceOffBothEnds) {
  EXPECT_EQ(trim(" \t a b\r\n"), "a b");
  EXPECT_EQ(trim(" \n"), "");
  EXPECT_EQ(trim(""), "");
}

TEST(Split, KeepsEmptyFields) {
  EXPECT_EQ(split("a,,b,", ','), (Views{"a", "", "b", ""}));
  EXPECT_EQ(split("", ','), (Views{""}));
}

TEST(SplitWords, DropsEmptyOnes) {
  EXPECT_EQ(split_words("  cpu  12\t13\n"), (Views{"cpu", "12", "13"}));
  EXPECT_TRUE(split_words(" \n").empty());
}

TEST(ParseU64, TheWholeTextOrAnError) {
  EXPECT_EQ(parse_u64("0").value(), 0U);
  EXPECT_EQ(parse_u64("18446744073709551615").value(), std::numeric_limits<std::uint64_t>::max());
  for (const char* text : {"", " 1", "1 ", "-1", "+1", "0x1", "1.0", "18446744073709551616", "1\n"}) {
    EXPECT_FALSE(parse_u64(text)) << text;
  }
}

TEST(ParseI64, Signed) {
  EXPECT_EQ(parse_i64("-9223372036854775808").value(), std::numeric_limits<std::int64_t>::min());
  EXPECT_FALSE(parse_i64("9223372036854775808"));
  EXPECT_FALSE(parse_i64("--1"));
}

TEST(ParseDouble, FiniteAndIndependentOfTheLocale) {
  std::setlocale(LC_ALL, "de_DE.UTF-8");
  EXPECT_EQ(parse_double("1.5").value(), 1.5);
  EXPECT_EQ(parse_double("-2e-3").value(), -0.002);
  EXPECT_EQ(shortest(1.5), "1.5");
  std::setlocale(LC_ALL, "C");
  for (const char* text : {"", "1,5", "inf", "nan", "-inf", "1e999", "1.5x", "0x10", " 1"}) {
    EXPECT_FALSE(parse_double(text)) << text;
  }
}

TEST(Shortest, ReadsBackTheSame) {
  EXPECT_EQ(shortest(0.1), "0.1");
  EXPECT_EQ(shortest(473), "473");
  Prng prng(7);
  for (int i = 0; i < 10'000; ++i) {
    const double value = (prng.uniform() - 0.5) * static_cast<double>(prng.next());
    EXPECT_EQ(parse_double(shortest(value)).value(), value);
  }
}

TEST(Nearest, FindsTheTypingError) {
  const std::vector<std::string> known{"interval", "zone", "idle_policy", "pue"};
  EXPECT_EQ(nearest("intervall", known), "interval");
  EXPECT_EQ(nearest("zoen", known), "zone");  // two neighbours swapped count as one
  EXPECT_EQ(nearest("Idle-Policy", known), "idle_policy");
  EXPECT_EQ(nearest("banana", known), "");
  EXPECT_EQ(nearest("", known), "");
}

TEST(Printable, KeepsTextAndStopsTerminalTricks) {
  EXPECT_EQ(printable("Zürich 東京 🍏"), "Zürich 東京 🍏");
  EXPECT_EQ(printable("a\x1b[31mb\nc\x7f"), "a?[31mb?c?");
  EXPECT_EQ(printable("a\xc2\x9b"
                      "31m"),
            "a?31m");  // C1 CSI in UTF-8
  EXPECT_EQ(printable("a\xe2\x80\xae"
                      "b"),
            "a?b");                                      // right-to-left override
  EXPECT_EQ(printable("a\xff\x9b\xc0\xafz"), "a????z");  // ill-formed bytes one by one
  EXPECT_EQ(printable("a\xe2\x80"), "a??");              // cut off
  EXPECT_EQ(printable("\xed\xa0\x80"), "???");           // surrogate
}

TEST(Printable, AnyBytesComeOutHarmless) {
  Prng prng(11);
  for (int i = 0; i < 2'000; ++i) {
    std::string bytes;
    for (std::uint64_t n = prng.below(24); n > 0; --n) bytes.push_back(static_cast<char>(prng.below(256)));
    const std::string once = printable(bytes);
    EXPECT_EQ(printable(once), once);
    for (const char c : once) EXPECT_TRUE(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
  }
}

TEST(NestsDeeper, CountsBracketsOutsideStrings) {
  struct Case {
    std::string json;
    bool deeper;
  };
  for (const Case& c : {Case{"", false}, Case{"[[1]]", false}, Case{"[[[1]]]", true}, Case{"[{},[],{}]", false},
                        Case{R"([["[[[[", "\"[{"]])", false}, Case{R"({"a":{"b":{"c":1}}})", true},
                        Case{"]]]][[", false}, Case{"\"[[[[", false}, Case{std::string(100'000, '['), true}})
    EXPECT_EQ(nests_deeper(c.json, 2), c.deeper) << c.json.substr(0, 40);
}

}  // namespace
}  // namespace olivine
