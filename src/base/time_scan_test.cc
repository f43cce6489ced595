#include "base/time_scan.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace olivine {
namespace {

TEST(TimeScan, SaysWhatIsWrittenAndHow) {
  const struct {
    std::string_view text;
    std::string_view utc;
    char separator;
    int fields;
    bool padded;
    std::optional<std::int32_t> offset_s;
  } rows[] = {
      {"2022-01-31", "2022-01-31T00:00:00.000Z", '\0', 0, true, std::nullopt},
      {"2019-1-1 0:00", "2019-01-01T00:00:00.000Z", ' ', 2, false, std::nullopt},
      {"2022-10-31T11", "2022-10-31T11:00:00.000Z", 'T', 1, true, std::nullopt},
      {"2022-10-31t11:05:07.25z", "2022-10-31T11:05:07.250Z", 't', 3, true, 0},
      {"2020-10-25T02:30:00+02:00", "2020-10-25T00:30:00.000Z", 'T', 3, true, 7200},
      {"2020-10-25 02:30 -0530", "2020-10-25T08:00:00.000Z", ' ', 2, true, -19800},
      {"2020-10-25 02:30 UTC", "2020-10-25T02:30:00.000Z", ' ', 2, true, 0},
      {"2020-10-25T02:30+1", "2020-10-25T01:30:00.000Z", 'T', 2, false, 3600},
      {"2020-10-25 GMT", "2020-10-25T00:00:00.000Z", '\0', 0, true, 0},
      {"1700-01-01T00:00:00.1234567899Z", "1700-01-01T00:00:00.123Z", 'T', 3, true, 0},
  };
  for (const auto& row : rows) {
    const auto read = scan_time(row.text);
    ASSERT_TRUE(read) << row.text;
    EXPECT_EQ(format_utc(read->utc()), row.utc) << row.text;
    EXPECT_EQ(read->clock.separator, row.separator) << row.text;
    EXPECT_EQ(read->clock.fields, row.fields) << row.text;
    EXPECT_EQ(read->padded(), row.padded) << row.text;
    EXPECT_EQ(read->clock.offset_s, row.offset_s) << row.text;
  }
}

TEST(TimeScan, RefusesWhatIsNoTime) {
  for (const char* text : {"",
                           "2022",
                           "2022-01",
                           "2022-02-30",
                           "2022-13-01",
                           "2022-00-01",
                           "1699-12-31",
                           "2201-01-01",
                           "2022-01-01T",
                           "2022-01-01x",
                           "2022-01-01T24",
                           "2022-01-01T00:60",
                           "2022-01-01T00:00:60",
                           "2022-01-01T00:0",
                           "2022-01-01T00:00:00.",
                           "2022-01-01T00:00Zx",
                           "2022-01-01T00:00+15:00",
                           "2022-01-01T00:00+01:60",
                           "2022-01-01T00:00+",
                           "2022-01-01T00:00 CET",
                           "2022-01-01T00:00+01:0",
                           "2022-01-01T-1:00",
                           "+2022-01-01",
                           "222-01-01",
                           "01/02/2022"})
    EXPECT_FALSE(scan_time(text)) << text;
}

}  // namespace
}  // namespace olivine
