#include "grid/forecast/hourly_table.h"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/text.h"
#include "base/time_scan.h"
#include "grid/import/byte_source.h"
#include "grid/import/line_reader.h"

namespace olivine {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
constexpr std::int64_t kMaxHours = 30 * 8784;
constexpr std::size_t kMaxValues = 2'500'000;  // 20 MB, 40 while a column grows

bool is_time_name(std::string_view name) {
  const std::string lower = to_lower(trim(name));
  for (const std::string_view known :
       {"time", "utc time", "datetime", "timestamp", "date", "datetime (utc)", "utc_time"})
    if (lower == known) return true;
  return false;
}

bool is_unknown(std::string_view field) {
  const std::string lower = to_lower(field);
  return lower.empty() || lower == "nan" || lower == "null" || lower == "na" || lower == "n/a";
}

tl::unexpected<Error> bad_hour(std::string_view text) {
  return fail(
      ErrorKind::kInvalid,
      fmt::format("'{}' is no full hour in UTC; write it as 2021-07-01 00:00 or 2021-07-01T00:00Z", printable(text)));
}

struct Layout {
  std::size_t time = 0;
  std::vector<std::size_t> fields;  // of the columns that are kept
};

class Reader {
 public:
  Reader(std::string_view name, ByteSource& source) : name_(name), lines_(source) { table_.name = name; }

  Result<HourlyTable> read() {
    std::string_view line;
    OLIVINE_TRY(bool found, next(line));
    if (!found) return bad("is empty");
    OLIVINE_CHECK_STATUS(read_header(line));
    while (true) {
      OLIVINE_TRY(found, next(line));
      if (!found) break;
      OLIVINE_CHECK_STATUS(read_row(line));
    }
    if (hour_ == 0) return bad("has no rows");
    return std::move(table_);
  }

 private:
  tl::unexpected<Error> bad(const std::string& why) const {
    return fail(ErrorKind::kInvalid, fmt::format("{}: {}", name_, why));
  }
  tl::unexpected<Error> bad_line(const std::string& why) const {
    return fail(ErrorKind::kInvalid, fmt::format("{}, line {}: {}", name_, lines_.line_number(), why));
  }

  // The next line that is neither blank nor a comment; false at the end.
  Result<bool> next(std::string_view& line) {
    while (true) {
      const auto found = lines_.next(line);
      if (!found) return with_context(found.error(), name_);
      if (!*found) return false;
      line = trim(line);
      if (!line.empty() && line.front() != '#') return true;
    }
  }

  Status read_header(std::string_view line) {
    const auto names = split(line, ',');
    if (names.size() > 1000) return bad("has more than 1000 columns");
    const auto time = std::find_if(names.begin(), names.end(), is_time_name);
    if (time == names.end()) return bad("has no time column; name it time, as in: time,carbon_intensity");
    layout_.time = static_cast<std::size_t>(time - names.begin());
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (i == layout_.time || (i == 0 && trim(names[i]).empty())) continue;
      layout_.fields.push_back(i);
      table_.columns.emplace_back(trim(names[i]));
    }
    if (table_.columns.empty()) return bad("has no column beside the time; add one, as in: time,carbon_intensity");
    width_ = names.size();
    return {};
  }

  // Columns of words are known by their first row.
  void drop_words(std::span<const std::string_view> fields) {
    for (std::size_t k = layout_.fields.size(); k-- > 0;) {
      const std::string_view field = trim(fields[layout_.fields[k]]);
      if (is_unknown(field) || parse_double(field)) continue;
      table_.notes.push_back(
          fmt::format("{}: column '{}' holds words and is left out", name_, printable(table_.columns[k])));
      layout_.fields.erase(layout_.fields.begin() + static_cast<std::ptrdiff_t>(k));
      table_.columns.erase(table_.columns.begin() + static_cast<std::ptrdiff_t>(k));
    }
    table_.values.resize(table_.columns.size());
  }

  Status read_row(std::string_view line) {
    const auto fields = split(line, ',');
    if (fields.size() != width_)
      return bad_line(
          fmt::format("{} fields, the header names {}; a file cut short, or quoted commas?", fields.size(), width_));
    const auto when = parse_hour(fields[layout_.time]);
    if (!when) return bad_line(when.error().message);
    if (hour_ == 0) {
      drop_words(fields);
      if (table_.columns.empty()) return bad("has no column of numbers");
      table_.begin = *when;
    }
    const std::int64_t hour = (when->ns - table_.begin.ns) / kHourNs;
    if (hour < hour_)
      return bad_line(
          fmt::format("'{}' is out of order or there twice; sort the file", printable(fields[layout_.time])));
    if (hour > kMaxHours) return bad_line("more than 30 years after the first row; is the year right?");
    if (static_cast<std::size_t>(hour) * table_.columns.size() > kMaxValues)
      return bad_line("too many values; split the file");
    for (std::vector<double>& column : table_.values) column.resize(static_cast<std::size_t>(hour), kUnknown);
    for (std::size_t k = 0; k < layout_.fields.size(); ++k) {
      const std::string_view field = trim(fields[layout_.fields[k]]);
      if (is_unknown(field)) {
        table_.values[k].push_back(kUnknown);
        continue;
      }
      const auto value = parse_double(field);
      if (!value)
        return bad_line(fmt::format("{}: '{}' is no number; leave the field empty where it is not known",
                                    printable(table_.columns[k]), printable(field)));
      table_.values[k].push_back(*value);
    }
    hour_ = hour + 1;
    return {};
  }

  std::string name_;
  LineReader lines_;
  std::size_t width_ = 0;
  Layout layout_;
  HourlyTable table_;
  std::int64_t hour_ = 0;  // the next one
};

}  // namespace

Result<std::size_t> HourlyTable::column(std::string_view wanted) const {
  const auto found = std::find(columns.begin(), columns.end(), wanted);
  if (found != columns.end()) return static_cast<std::size_t>(found - columns.begin());
  return fail(ErrorKind::kNotFound, fmt::format("{}: no column '{}'; it has {}", name, printable(wanted),
                                                printable(fmt::format("{}", fmt::join(columns, ", ")))));
}

double HourlyTable::at(std::size_t column, WallTime hour) const {
  const std::int64_t offset_ns = hour.ns - begin.ns;
  if (offset_ns < 0 || offset_ns % kHourNs != 0) return kUnknown;
  const auto row = static_cast<std::size_t>(offset_ns / kHourNs);
  return row < hours() ? values[column][row] : kUnknown;
}

Result<WallTime> parse_hour(std::string_view text) {
  const auto time = scan_time(trim(text));
  if (!time || time->clock.fields == 1 || time->clock.offset_s.value_or(0) != 0 || time->clock.ns % kHourNs != 0 ||
      time->day.year < 1970)
    return bad_hour(text);
  return time->utc();
}

Result<HourlyTable> parse_hourly_csv(std::string_view name, std::string_view text) {
  TextSource source(text);
  return Reader(name, source).read();
}

Result<HourlyTable> read_hourly_csv(FileSystem& files, const std::string& path) {
  OLIVINE_TRY(const std::unique_ptr<ByteSource> source, open_input(files, path));
  return Reader(path, *source).read();
}

}  // namespace olivine
