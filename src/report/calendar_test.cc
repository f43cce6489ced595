#include "report/calendar.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace olivine {
namespace {

constexpr WallTime kBegin{1'640'995'200'000'000'000};  // 2022-01-01T00:00Z
constexpr WallTime kEnd{1'640'998'800'000'000'000};

TEST(Calendar, OneEvent) {
  const auto text = calendar_text({{kBegin, kEnd, "train; model, a\\b", "one\ntwo", "FR"}}, kBegin);
  ASSERT_TRUE(text);
  EXPECT_NE(text->find("DTSTART:20220101T000000Z\r\nDTEND:20220101T010000Z\r\n"), std::string::npos);
  EXPECT_NE(text->find("SUMMARY:train\\; model\\, a\\\\b\r\n"), std::string::npos);
  EXPECT_NE(text->find("DESCRIPTION:one\\ntwo\r\n"), std::string::npos);
  EXPECT_TRUE(text->starts_with("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"));
  EXPECT_TRUE(text->ends_with("END:VEVENT\r\nEND:VCALENDAR\r\n"));
  EXPECT_EQ(*text, *calendar_text({{kBegin, kEnd, "train; model, a\\b", "one\ntwo", "FR"}}, kBegin));
}

TEST(Calendar, LongLinesAreFoldedBetweenCharacters) {
  std::string summary;
  for (int i = 0; i < 100; ++i) summary += "g\xc3\xbcltig ";  // two octets a letter
  const auto text = calendar_text({{kBegin, kEnd, summary, "", ""}}, kBegin);
  ASSERT_TRUE(text);
  std::string unfolded;
  for (const std::string_view line : split(*text, '\n')) {
    if (line.empty()) continue;
    ASSERT_TRUE(line.ends_with('\r'));
    EXPECT_LE(line.size() - 1, 75U);
    EXPECT_NE(static_cast<unsigned char>(line[line.starts_with(' ') ? 1 : 0]) & 0xc0U, 0x80U);
    if (line.starts_with(' '))
      unfolded += line.substr(1, line.size() - 2);
    else
      unfolded += "\n" + std::string(line.substr(0, line.size() - 1));
  }
  EXPECT_NE(unfolded.find("SUMMARY:" + summary), std::string::npos);
}

TEST(Calendar, NoLineOfOurTextBecomesALineOfTheFile) {
  const auto text = calendar_text({{kBegin, kEnd, "x\r\nEND:VCALENDAR\r\n\x1b[31m", "", "FR\nATTACH:y"}}, kBegin);
  ASSERT_TRUE(text);
  EXPECT_NE(text->find("SUMMARY:x\\nEND:VCALENDAR\\n[31m\r\n"), std::string::npos);
  EXPECT_NE(text->find("LOCATION:FR\\nATTACH:y\r\n"), std::string::npos);
  EXPECT_FALSE(calendar_text({{kEnd, kBegin, "x", "", ""}}, kBegin));
}

}  // namespace
}  // namespace olivine
