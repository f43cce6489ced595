// TableRows: a text table with a header, read row by row, whose cells are asked for by name and must be what they say.
//
// The header's columns are found by any of their names ("lineItem/UsageAmount" or "line_item_usage_amount"), ignoring case. A
// cell that should be a number and is a word, a formula ("=1+1") or has a unit is an error with line, column, value and
// what to write; an empty cell, NaN, N/A, None or null is no number.
//
//   OLIVINE_TRY(TableRows rows, TableRows::open(source, ','));
//   OLIVINE_TRY(const std::size_t energy, rows.need({"energy_consumed"}));
//   while (true) { OLIVINE_TRY(const bool more, rows.next()); if (!more) break;  OLIVINE_TRY(double e, rows.number(energy)); }
//
// Units: those of the columns; times UTC seconds. Errors: kInvalid, "line 3, column energy_consumed: ...". Threads: one.
// Lifetime: cells view the reader's buffer until the next row. The source outlives it.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "grid/import/fields.h"
#include "grid/import/line_reader.h"

namespace olivine {

inline constexpr LineLimits kActivityLines{std::size_t{256} * 1024, 200'000'000};
inline constexpr std::size_t kMaxTableColumns = 2'000;

class TableRows {
 public:
  // `separator` 0: the one that the header has most of.
  static Result<TableRows> open(ByteSource& source, char separator = 0);

  std::optional<std::size_t> find(std::initializer_list<std::string_view> names) const;
  // kInvalid, naming the first of the names and the columns that are there.
  Result<std::size_t> need(std::initializer_list<std::string_view> names) const;
  const std::vector<std::string>& columns() const { return columns_; }

  // The next row that is not blank; false at the end. kInvalid when it has another number of cells than the header.
  Result<bool> next();
  std::size_t line() const { return lines_->line_number(); }

  std::string_view cell(std::size_t column) const { return fields_[column]; }
  std::string_view cell(const std::optional<std::size_t>& column) const {
    return column ? fields_[*column] : std::string_view();
  }
  // NaN when there is no number.
  Result<double> number(std::size_t column) const;
  Result<double> number(const std::optional<std::size_t>& column) const;
  // The same, and not below zero.
  Result<double> amount(const std::optional<std::size_t>& column) const;
  // UTC seconds; a time that does not say its zone is `offset_s` east of UTC and makes says_zone() false.
  Result<std::int64_t> time(std::size_t column, std::int64_t offset_s);
  bool times_said_zone() const { return said_zone_; }

  tl::unexpected<Error> bad(std::size_t column, std::string_view value, std::string_view why) const;
  tl::unexpected<Error> bad_line(std::string_view why) const;

 private:
  TableRows() = default;
  std::unique_ptr<LineReader> lines_;
  char separator_ = ',';
  bool trailing_ = false;  // the header ends in a separator, as sacct --parsable does
  bool said_zone_ = true;
  std::vector<std::string> columns_;
  std::vector<std::string_view> fields_;
  std::vector<std::string> scratch_;
  TimeParser times_;
};

// For messages: printable, at most 60 bytes.
std::string shown_value(std::string_view text);

}  // namespace olivine
