#include "account/activities/table_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/text.h"

namespace olivine {
namespace {

// "2023-01-01 10:00:00.123456+00:00" without the fraction, which no activity needs.
std::string without_fraction(std::string_view text) {
  const std::size_t point = text.find('.');
  if (point == std::string_view::npos) return std::string(text);
  std::size_t end = point + 1;
  while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
  return end == point + 1 ? std::string(text) : std::string(text.substr(0, point)) + std::string(text.substr(end));
}

}  // namespace

std::string shown_value(std::string_view text) {
  return printable(text.substr(0, 60)) + (text.size() > 60 ? "..." : "");
}

Result<TableRows> TableRows::open(ByteSource& source, char separator) {
  TableRows rows;
  rows.lines_ = std::make_unique<LineReader>(source, kActivityLines);
  std::string_view line;
  bool found = false;
  do {
    OLIVINE_TRY(found, rows.lines_->next(line));
  } while (found && trim(line).empty());
  if (!found) return fail(ErrorKind::kInvalid, "the file is empty");
  if (line.front() == '<' || line.front() == '{')
    return fail(ErrorKind::kInvalid, "this is no table: it begins with '" + shown_value(line.substr(0, 12)) + "'");
  rows.separator_ = separator != 0 ? separator : separator_of(line);
  if (!split_fields(line, rows.separator_, rows.fields_, rows.scratch_)) return rows.bad_line("a quote is not closed");
  rows.trailing_ = rows.fields_.size() > 1 && trim(rows.fields_.back()).empty();
  if (rows.trailing_) rows.fields_.pop_back();
  if (rows.fields_.size() > kMaxTableColumns)
    return rows.bad_line(fmt::format("more than {} columns", kMaxTableColumns));
  for (const std::string_view field : rows.fields_) rows.columns_.emplace_back(trim(field));
  return rows;
}

std::optional<std::size_t> TableRows::find(std::initializer_list<std::string_view> names) const {
  for (const std::string_view name : names) {
    const std::string wanted = to_lower(name);
    for (std::size_t i = 0; i < columns_.size(); ++i)
      if (columns_[i].size() == wanted.size() && to_lower(columns_[i]) == wanted) return i;
  }
  return std::nullopt;
}

Result<std::size_t> TableRows::need(std::initializer_list<std::string_view> names) const {
  if (const auto found = find(names)) return *found;
  std::string known;
  for (std::size_t i = 0; i < columns_.size() && i < 8; ++i) known += (i == 0 ? "" : ", ") + shown_value(columns_[i]);
  return fail(ErrorKind::kInvalid, fmt::format("line {}: there is no column {}; the columns are {}{}", line(),
                                               *names.begin(), known, columns_.size() > 8 ? ", ..." : ""));
}

Result<bool> TableRows::next() {
  std::string_view text;
  do {
    OLIVINE_TRY(const bool found, lines_->next(text));
    if (!found) return false;
  } while (trim(text).empty());
  if (!split_fields(text, separator_, fields_, scratch_))
    return bad_line("a quote is not closed (a line break within a cell? take it out)");
  if (trailing_ && fields_.size() == columns_.size() + 1 && fields_.back().empty()) fields_.pop_back();
  if (fields_.size() != columns_.size())
    return bad_line(
        fmt::format("{} cells, but the header has {} columns: was the file cut off, or is a separator within a cell?",
                    fields_.size(), columns_.size()));
  for (std::string_view& field : fields_) field = trim(field);
  return true;
}

tl::unexpected<Error> TableRows::bad(std::size_t column, std::string_view value, std::string_view why) const {
  return fail(ErrorKind::kInvalid, fmt::format("line {}, column {}: '{}' {}", line(), shown_value(columns_[column]),
                                               shown_value(value), why));
}

tl::unexpected<Error> TableRows::bad_line(std::string_view why) const {
  return fail(ErrorKind::kInvalid, fmt::format("line {}: {}", line(), why));
}

Result<double> TableRows::number(std::size_t column) const {
  const std::string_view text = fields_[column];
  double value = 0.0;
  switch (parse_number(text, value)) {
    case NumberKind::kNumber: return value;
    case NumberKind::kMissing:
      if (to_lower(trim(text)) == "nan")
        return bad(column, text, "is no number: leave the cell empty where nothing is known");
      return std::numeric_limits<double>::quiet_NaN();
    case NumberKind::kWrong: break;
  }
  return bad(column, text,
             std::string_view("=+-@").find(text.front()) != std::string_view::npos
                 ? "is a formula, not a number: write its value"
                 : "is not a number: write digits with a decimal point and no unit, or leave it empty");
}

Result<double> TableRows::number(const std::optional<std::size_t>& column) const {
  return column ? number(*column) : Result<double>(std::numeric_limits<double>::quiet_NaN());
}

Result<double> TableRows::amount(const std::optional<std::size_t>& column) const {
  OLIVINE_TRY(const double value, number(column));
  if (value < 0.0) return bad(*column, fields_[*column], "is below zero; take the row out or correct it");
  return value;
}

Result<std::int64_t> TableRows::time(std::size_t column, std::int64_t offset_s) {
  const std::string_view text = fields_[column];
  const auto time =
      text.find('.') == std::string_view::npos ? times_.parse(text) : times_.parse(without_fraction(text));
  if (!time) return bad(column, text, "is not a time: write it as 2023-01-31T23:00:00Z");
  if (time->says_zone) return time->utc_s;
  said_zone_ = false;
  return time->utc_s - offset_s;
}

}  // namespace olivine
