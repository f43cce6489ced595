// CsvTable: one fact table of data/ as it is built into the program, and FactRow, the name of a row in it.
//
// The tables are CSV so that a person can read and correct them: comment lines start with '#', the first other line
// names the columns, fields that hold a comma or a quote are quoted, a quote inside is doubled. Parsing only finds
// where the rows begin; a row is split when a cell is asked for, so that a start pays microseconds for a table of
// thousands of rows. The parser also takes damaged and hostile text: it never reads outside it and never throws. A byte
// order mark is passed over.
//
// Of a user's file nothing may be lost in silence (parse_file): comments stand above the header only, a '#' below it is a
// value like another, and a row may leave cells out at its end but has none beyond the columns.
//
//   # source: ...
//   zone,name,g_per_kwh        ->  rows() == 1, column("g_per_kwh") == 2, number(0, 2) == 56.0
//   FR,France,56
//
// Units: those of the column's name. Errors: kCorrupt for text that is no table (names table and line), kInvalid for a
// user's file (names file and line), kNotFound for an unknown table or column. Threads: immutable after parse; fact_table may be called from any thread.
// Lifetime: a table points into the text that it was made from; the built-in texts live as long as the program.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace olivine {

// Where a number came from: file, key of the row, and who published it.
struct FactRow {
  std::string table;         // "data/zones.csv"
  std::string key;           // "FR"
  std::string source;        // "2023, Ember and Our World in Data, CC BY 4.0"
  std::string text() const;  // "data/zones.csv, FR, 2023, Ember and Our World in Data, CC BY 4.0"
  bool operator==(const FactRow&) const = default;
};

class CsvTable {
 public:
  // `csv` is kept by reference. At most 64 MiB and 1,000,000 rows.
  static Result<CsvTable> parse(std::string_view name, std::string_view csv);
  // A user's; `file` is shown as it is.
  static Result<CsvTable> parse_file(std::string_view file, std::string_view csv);
  // The header, and of the rows those whose first field is `key` (none when there is none), of a table that has no quotes
  // and is sorted by its first column. It looks at some twenty lines: what `olivine run` does at its start.
  static Result<CsvTable> parse_row(std::string_view name, std::string_view csv, std::string_view key);

  const std::string& name() const { return name_; }
  std::size_t rows() const { return row_begin_.size(); }
  const std::vector<std::string>& columns() const { return columns_; }
  Result<std::size_t> column(std::string_view name) const;
  // The text of a field, without its quotes; empty when the row is too short or the position is outside the table.
  std::string_view cell(std::size_t row, std::size_t column) const;
  std::string_view cell(std::size_t row, std::string_view column_name) const;
  // Where a row, and the header, begin: from 1, comments and empty lines counted.
  std::size_t line_of(std::size_t row) const;
  std::size_t header_line() const { return line_at(header_); }
  // All fields of a row in one pass, one for each column; empty where the row is too short.
  std::vector<std::string_view> cells(std::size_t row) const;
  // kCorrupt, with table, row and column, when the field is no number.
  Result<double> number(std::size_t row, std::string_view column_name) const;
  // Absent when the field is empty or no number, or the column does not exist: unknown is not zero.
  std::optional<double> maybe_number(std::size_t row, std::string_view column_name) const;
  // The row's origin: key from `key_column`, year and source from the columns of these names where they exist.
  FactRow fact(std::size_t row, std::string_view key_column) const;

  // The rows whose first field is `key`.
  CsvTable only(std::string_view key) const;

 private:
  CsvTable() = default;
  static Result<CsvTable> parse_as(std::string_view name, std::string_view csv, bool of_user);
  std::size_t line_at(std::size_t begin) const;
  void add_rows_around(std::size_t first_row, std::size_t begin, std::string_view key);
  std::string name_;
  std::string_view csv_;
  std::size_t header_ = 0;  // where it begins
  std::vector<std::string> columns_;
  std::vector<std::pair<std::size_t, std::size_t>> row_begin_;            // begin and end of each row's text in csv_
  std::map<std::pair<std::size_t, std::size_t>, std::string> unescaped_;  // the rare fields with a doubled quote
};

// A built-in table, parsed once.
Result<const CsvTable*> fact_table(std::string_view name);
// parse_row of a built-in table; of one that the user replaced, which need not be sorted, the same rows.
Result<CsvTable> fact_table_row(std::string_view name, std::string_view key);

}  // namespace olivine
