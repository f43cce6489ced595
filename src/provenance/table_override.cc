#include "provenance/table_override.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <vector>

#include "base/text.h"
#include "provenance/table.h"
#include "tables/tables.h"

namespace olivine {
namespace {

constexpr std::size_t kMaxRows = 20'000;
constexpr double kLeast = -24.0,
                 kMost = 20'000.0;  // what the grid's tables hold: hours from UTC to decigrams per kWh, years

struct Rules {  // of one column, learnt from the built-in table
  bool numeric = true, may_be_empty = false;
};

std::vector<Rules> rules_of(const CsvTable& built_in) {
  std::vector<Rules> rules(built_in.columns().size());
  for (std::size_t row = 0; row < built_in.rows(); ++row) {
    for (std::size_t i = 0; i < rules.size(); ++i) {
      const std::string_view cell = built_in.cell(row, i);
      if (cell.empty())
        rules[i].may_be_empty = true;
      else if (rules[i].numeric && !parse_double(cell))
        rules[i].numeric = false;
    }
  }
  return rules;
}

tl::unexpected<Error> bad(std::string_view name, std::size_t line, std::string_view what) {
  return fail(ErrorKind::kInvalid, fmt::format("table {}, line {}: {}", name, line, what));
}

Status check_row(std::string_view name, std::size_t line, std::string_view text, const CsvTable& built_in,
                 const std::vector<Rules>& rules) {
  const std::vector<std::string_view> cells = split(text, ',');
  if (cells.size() != rules.size())
    return bad(name, line, fmt::format("{} fields, the table has {}", cells.size(), rules.size()));
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::string& column = built_in.columns()[i];
    if (trim(cells[i]).empty()) {
      if (!rules[i].may_be_empty) return bad(name, line, fmt::format("column {} is empty", column));
      continue;
    }
    if (!rules[i].numeric) continue;
    const auto value = parse_double(trim(cells[i]));
    if (!value || *value < kLeast || *value > kMost)
      return bad(
          name, line,
          fmt::format("column {}: \"{}\" is no number of this table", column, printable(cells[i].substr(0, 40))));
  }
  return {};
}

// What stands above the header must say where the figures come from.
Status check_comments(std::string_view name, std::string_view csv) {
  std::string said;
  for (const std::string_view line : split(csv, '\n')) {
    if (!line.starts_with('#')) break;
    said += to_lower(line);
  }
  for (const char* word : {"source", "licence"})
    if (said.find(word) == std::string::npos)
      return bad(name, 1, fmt::format("the comments at the top name no {}", word));
  return {};
}

Status check_text(std::string_view name, std::string_view csv) {
  if (csv.size() > kMaxReplacementBytes) return bad(name, 1, "longer than 4 MiB");
  const auto odd = std::find_if(csv.begin(), csv.end(), [](char c) {
    return c == '"' || (static_cast<unsigned char>(c) < 0x20 && c != '\n') || c == 0x7f;
  });
  if (odd == csv.end()) return check_comments(name, csv);
  return bad(name, static_cast<std::size_t>(std::count(csv.begin(), odd, '\n')) + 1,
             "a quote or a control character (lines end in a line feed)");
}

}  // namespace

Status check_replacement(std::string_view name, std::string_view csv) {
  const std::string_view built_in_csv = table_csv(name);
  if (built_in_csv.empty())
    return fail(ErrorKind::kNotFound, fmt::format("this program has no table {}", printable(name.substr(0, 60))));
  OLIVINE_CHECK_STATUS(check_text(name, csv));
  OLIVINE_TRY(const CsvTable built_in, CsvTable::parse(name, built_in_csv));
  const std::vector<Rules> rules = rules_of(built_in);
  bool header = false;
  std::size_t line = 0, rows = 0;
  std::set<std::string_view> keys;
  const bool unique = name.starts_with("zones");
  for (const std::string_view text : split(csv, '\n')) {
    ++line;
    if (text.starts_with('#') || trim(text).empty()) continue;
    if (!header) {
      header = true;
      if (text != fmt::format("{}", fmt::join(built_in.columns(), ",")))
        return bad(name, line, "the columns are not those of the built-in table, in its order");
      continue;
    }
    if (++rows > kMaxRows) return bad(name, line, "more than 20000 rows");
    OLIVINE_CHECK_STATUS(check_row(name, line, text, built_in, rules));
    if (unique && !keys.insert(text.substr(0, text.find(','))).second)
      return bad(name, line, "a second row of the same zone");
  }
  if (rows == 0) return bad(name, line, "no rows");
  return {};
}

}  // namespace olivine
