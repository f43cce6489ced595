#include "base/wall_time_text.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace olivine {
namespace {

TEST(ParseWallTime, ReadsWhatFormatUtcWritesAndShorterForms) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"2026-11-24T14:41:43.123Z", "2026-11-24T14:41:43.123Z"},
      {"2026-11-24", "2026-11-24T00:00:00.000Z"},
      {"2026-11-24T14:41Z", "2026-11-24T14:41:00.000Z"},
      {"2026-11-24t15:41:43.5+01:00", "2026-11-24T14:41:43.500Z"},
      {"2026-03-01T00:30:00+01:30", "2026-02-28T23:00:00.000Z"},
      {"2024-02-29T23:59:59-05:00", "2024-03-01T04:59:59.000Z"},
      {" 1969-12-31 23:59:59Z ", "1969-12-31T23:59:59.000Z"},
      {"2026-11-24T14:41:43.1234567891Z", "2026-11-24T14:41:43.123Z"}};
  for (const auto& [text, utc] : cases) {
    const auto read = parse_wall_time(text);
    ASSERT_TRUE(read) << text;
    EXPECT_EQ(format_utc(*read), utc) << text;
  }
}

TEST(ParseWallTime, WhatIsNoTimeSaysWhatToWrite) {
  for (const char* text :
       {"", "now", "2026", "2026-11", "2026-13-01", "2026-02-30", "2025-02-29", "2026-11-24T14:41", "2026-11-24T24:00Z",
        "2026-11-24T14:41:60Z", "2026-11-24T14:41:43.Z", "2026-11-24T14:41Zx", "2026-11-24T14:41+1", "0000-01-01",
        "9999-01-01", "2026-1-1", "+2026-01-01", "2026-11-24T-1:00Z", "20261124"}) {
    const auto read = parse_wall_time(text);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().kind, ErrorKind::kInvalid);
    EXPECT_NE(read.error().message.find("2026-11-24T14:41Z"), std::string::npos);
  }
}

}  // namespace
}  // namespace olivine
