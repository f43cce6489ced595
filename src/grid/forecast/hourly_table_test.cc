#include "grid/forecast/hourly_table.h"

#include <gtest/gtest.h>

#include <cmath>

#include "testing/memory_file_system.h"

namespace olivine {
namespace {

TEST(ParseHour, TakesTheWaysThatFilesWriteUtc) {
  for (const char* text : {"2021-07-01 05:00:00+00:00", "2021-7-1 5:00", "2021-07-01T05:00Z", "2021-07-01 05:00:00",
                           " 2021-07-01T05:00:00.0Z"}) {
    const auto hour = parse_hour(text);
    ASSERT_TRUE(hour) << text;
    EXPECT_EQ(format_utc(*hour), "2021-07-01T05:00:00.000Z") << text;
  }
  EXPECT_EQ(format_utc(*parse_hour("2021-07-01")), "2021-07-01T00:00:00.000Z");
}

TEST(ParseHour, RefusesOtherThings) {
  for (const char* text :
       {"", "2021", "2021-02-30", "2021-13-01 00:00", "2021-07-01 05:30", "2021-07-01 24:00", "2021-07-01 05",
        "2021-07-01 05:00+02:00", "2021-07-01 05:00-05:00", "1/7/2021 05:00", "2021-07-01 05:00:00:00", "x"})
    EXPECT_FALSE(parse_hour(text)) << text;
}

TEST(HourlyCsv, HolesAndEmptyFieldsAreNotKnown) {
  const auto table =
      parse_hourly_csv("x.csv",
                       ",UTC time,carbon_intensity,zone,wind\n0,2021-07-01 00:00,210,CISO,900\n1,2021-07-01 "
                       "02:00,,CISO,NaN\n2,2021-07-01 03:00,0,CISO,7\n");
  ASSERT_TRUE(table) << table.error().message;
  EXPECT_EQ(table->columns, (std::vector<std::string>{"carbon_intensity", "wind"}));
  ASSERT_EQ(table->hours(), 4U);
  EXPECT_EQ(table->values[0][0], 210.0);
  EXPECT_TRUE(std::isnan(table->values[0][1]) && std::isnan(table->values[0][2]) && std::isnan(table->values[1][2]));
  EXPECT_EQ(table->values[0][3], 0.0) << "a zero is a zero";
  ASSERT_EQ(table->notes.size(), 1U);
  EXPECT_NE(table->notes[0].find("'zone' holds words"), std::string::npos);
  EXPECT_TRUE(std::isnan(table->at(0, table->end())));
  EXPECT_EQ(table->at(1, {table->begin.ns + 3 * kHourNs}), 7.0);
}

TEST(HourlyCsv, SaysWhereAFileIsWrong) {
  const struct {
    const char *text, *says;
  } cases[] = {
      {"", "x.csv: is empty"},
      {"carbon_intensity\n1\n", "no time column"},
      {"time\n2021-07-01\n", "no column beside the time"},
      {"time,a\n", "has no rows"},
      {"time,a\n2021-07-01 00:30,1\n", "line 2: '2021-07-01 00:30' is no full hour"},
      {"time,a\n2021-07-01 01:00,1\n2021-07-01 01:00,1\n", "line 3: '2021-07-01 01:00' is out of order or there twice"},
      {"time,a\n2021-07-01 01:00,1\n2021-07-01 02:00\n", "line 3: 1 fields, the header names 2"},
      {"time,a\n2021-07-01 01:00,1\n2021-07-01 02:00,abc\n", "line 3: a: 'abc' is no number"},
      {"time,a\n1971-07-01 01:00,1\n2171-07-01 02:00,1\n", "more than 30 years"},
  };
  for (const auto& c : cases) {
    const auto table = parse_hourly_csv("x.csv", c.text);
    ASSERT_FALSE(table) << c.text;
    EXPECT_EQ(table.error().kind, ErrorKind::kInvalid);
    EXPECT_NE(table.error().message.find(c.says), std::string::npos) << table.error().message;
  }
}

}  // namespace
}  // namespace olivine
