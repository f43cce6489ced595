// HourlyTable: columns of numbers, one row an hour, in UTC. What forecasts read: intensity and mix, weather, a peer's forecasts.
//
//   time,carbon_intensity,wind        values[0] = {210, NaN, 190}: the hour that the file lacks is not known
//   2021-07-01 00:00,210,900
//   2021-07-01 02:00,190,1200
//
// The time column is named time, UTC time, time_utc, datetime_utc, datetime, timestamp or date; it labels the hour's beginning, as
// 2021-07-01 00:00:00+00:00, 2021-7-1 0:00 or 2021-07-01T00:00Z. A time without an offset is read as UTC; one with another offset is
// refused. A first column without a name (a row number) is left out. A field that is empty, NaN or null is not known. A column that
// begins with a word (a name of the zone) is left out, and a note says so. A hole in the times becomes hours that are not known.
//
// Units: those of the columns' names. Errors: kInvalid with file, line, value and the fix: no time column, a time that is
// not on the hour, out of order or twice, a field that is no number, more than 30 years. Threads: one user of the
// FileSystem. Lifetime: values.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_system.h"
#include "base/time.h"

namespace olivine {

inline constexpr std::int64_t kHourNs = 3'600'000'000'000;

struct HourlyTable {
  std::string name;  // of the file, for messages
  WallTime begin;    // of the first hour
  std::vector<std::string> columns;
  std::vector<std::vector<double>> values;  // [column][hour]; NaN: not known
  std::vector<std::string> notes;

  std::size_t hours() const { return values.empty() ? 0 : values.front().size(); }
  WallTime end() const { return {begin.ns + static_cast<std::int64_t>(hours()) * kHourNs}; }
  // kNotFound names the columns that are there.
  Result<std::size_t> column(std::string_view wanted) const;
  // NaN outside the table.
  double at(std::size_t column, WallTime hour) const;
};

// The beginning of an hour, as above. kInvalid otherwise.
Result<WallTime> parse_hour(std::string_view text);
Result<HourlyTable> parse_hourly_csv(std::string_view name, std::string_view text);
// Plain or gzip, read line by line: at most 2.5 million values, so that a hostile file stays below 64 MB.
Result<HourlyTable> read_hourly_csv(FileSystem& files, const std::string& path);

}  // namespace olivine
