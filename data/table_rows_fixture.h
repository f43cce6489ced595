// The rows of a built-in table for the tests of tables, read without the program's own reader. No field of them is quoted.
//
// Units: as in the table. Errors: a failed expectation. Threads: pure. Lifetime: values.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tables/tables.h"

namespace olivine {

using Row = std::map<std::string, std::string, std::less<>>;

inline std::vector<std::string> parts_of(std::string_view text, char mark) {
  std::vector<std::string> parts;
  for (std::size_t end = text.find(mark); end != std::string_view::npos; end = text.find(mark)) {
    parts.emplace_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  parts.emplace_back(text);
  return parts;
}

inline std::vector<Row> rows_of(std::string_view name) {
  std::vector<Row> rows;
  std::vector<std::string> header;
  for (const std::string& line : parts_of(table_csv(name), '\n')) {
    if (line.empty() || line.front() == '#') continue;
    const std::vector<std::string> fields = parts_of(line, ',');
    if (header.empty()) {
      header = fields;
      continue;
    }
    EXPECT_EQ(fields.size(), header.size()) << name << ": " << line;
    Row row;
    for (std::size_t i = 0; i < std::min(fields.size(), header.size()); ++i) row[header[i]] = fields[i];
    rows.push_back(row);
  }
  return rows;
}

inline double number_of(const std::string& text) {
  double value = -1e9;
  EXPECT_EQ(std::from_chars(text.data(), text.data() + text.size(), value).ptr, text.data() + text.size())
      << "'" << text << "'";
  return value;
}

inline double number(const Row& row, std::string_view column) {
  const auto found = row.find(column);
  if (found != row.end()) return number_of(found->second);
  ADD_FAILURE() << "no column " << column;
  return -1e9;
}

}  // namespace olivine
