#include "base/time.h"

#include <gtest/gtest.h>

#include <limits>

namespace olivine {
namespace {

TEST(FormatUtc, KnownMoments) {
  EXPECT_EQ(format_utc({0}), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(format_utc({1'700'000'000'123'999'999}), "2023-11-14T22:13:20.123Z");  // truncated, never rounded up
  EXPECT_EQ(format_utc({951'782'400'000'000'000}), "2000-02-29T00:00:00.000Z");
  EXPECT_EQ(format_utc({-1}), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(format_utc({std::numeric_limits<std::int64_t>::min()}), "1677-09-21T00:12:43.145Z");
  EXPECT_EQ(format_utc({std::numeric_limits<std::int64_t>::max()}), "2262-04-11T23:47:16.854Z");
}

TEST(ParseDuration, EveryUnit) {
  EXPECT_EQ(parse_duration("7ns")->ns, 7);
  EXPECT_EQ(parse_duration("7us")->ns, 7'000);
  EXPECT_EQ(parse_duration("100ms")->ns, 100'000'000);
  EXPECT_EQ(parse_duration("1.5s")->ns, 1'500'000'000);
  EXPECT_EQ(parse_duration("2min")->ns, 120'000'000'000);
  EXPECT_EQ(parse_duration("2m")->ns, 120'000'000'000);
  EXPECT_EQ(parse_duration("3h")->ns, 10'800'000'000'000);
  EXPECT_EQ(parse_duration("1d")->ns, 86'400'000'000'000);
  EXPECT_EQ(parse_duration(" 10 ms ")->ns, 10'000'000);
  EXPECT_EQ(parse_duration("0s")->ns, 0);
  EXPECT_EQ(parse_duration(".5s")->ns, 500'000'000);
  EXPECT_EQ(parse_duration("9223372036854775807ns")->ns, std::numeric_limits<std::int64_t>::max());
}

TEST(ParseDuration, RefusesWhatIsNotOne) {
  for (const char* text : {"", "s", "5", "-1s", "1.2.3s", "1e3s", "5mi", "5sec", "1 s s", "1e400s", "inf s", "nan",
                           "9223372036854775808ns", "300000d", "300000.5d", "."}) {
    const auto parsed = parse_duration(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().kind, ErrorKind::kInvalid);
  }
  EXPECT_NE(parse_duration("5mi").error().message.find("'5mi'"), std::string::npos);
}

TEST(FormatDuration, ReadsLikeAPersonWrites) {
  EXPECT_EQ(format_duration(nanoseconds(0)), "0 ns");
  EXPECT_EQ(format_duration(nanoseconds(999)), "999 ns");
  EXPECT_EQ(format_duration(nanoseconds(1'500)), "2 us");
  EXPECT_EQ(format_duration(milliseconds(350)), "350 ms");
  EXPECT_EQ(format_duration(nanoseconds(999'700)), "1 ms");
  EXPECT_EQ(format_duration(nanoseconds(999'600'000)), "1.0 s");
  EXPECT_EQ(format_duration(milliseconds(12'340)), "12.3 s");
  EXPECT_EQ(format_duration(milliseconds(59'960)), "1 min 00 s");
  EXPECT_EQ(format_duration(seconds(245)), "4 min 05 s");
  EXPECT_EQ(format_duration(milliseconds(3'599'700)), "1 h 00 min");
  EXPECT_EQ(format_duration(seconds(3 * 3600 + 12 * 60)), "3 h 12 min");
  EXPECT_EQ(format_duration(seconds(-245)), "-4 min 05 s");
}

TEST(SecondsFrom, RoundsAndSaturates) {
  EXPECT_EQ(seconds_from(0.1).ns, 100'000'000);
  EXPECT_EQ(seconds_from(-0.1).ns, -100'000'000);
  EXPECT_EQ(seconds_from(1e300).ns, std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(seconds_from(-1e300).ns, std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(seconds_from(std::numeric_limits<double>::quiet_NaN()).ns, 0);
}

TEST(Later, IsAbsentWhereThereIsNoSuchTime) {
  constexpr std::int64_t kLast = std::numeric_limits<std::int64_t>::max(),
                         kFirst = std::numeric_limits<std::int64_t>::min();
  EXPECT_EQ(later({5}, 1.5), (WallTime{1'500'000'005}));
  EXPECT_EQ(later({kLast - 1'000'000'000}, 1.0), (WallTime{kLast}));
  EXPECT_EQ(later({kFirst + 1'000'000'000}, -1.0), (WallTime{kFirst}));
  EXPECT_EQ(later({kLast - 999'999'999}, 1.0), std::nullopt);
  EXPECT_EQ(later({kFirst}, -1.0), std::nullopt);
  for (const double never :
       {1e300, -1e300, std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()})
    EXPECT_EQ(later({0}, never), std::nullopt) << never;
}

TEST(TimeInterval, AdjacentIntervalsTile) {
  const TimeInterval first{{10}, {20}};
  const TimeInterval second{{20}, {35}};
  EXPECT_EQ((first.length() + second.length()).ns, (second.end - first.begin).ns);
}

}  // namespace
}  // namespace olivine
