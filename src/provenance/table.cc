#include "provenance/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <set>

#include "base/text.h"
#include "provenance/table_override.h"
#include "tables/tables.h"

namespace olivine {
namespace {

constexpr std::size_t kMaxBytes = std::size_t{64} << 20;
constexpr std::size_t kMaxRows = 1'000'000;
constexpr std::size_t kMaxColumns = 256;

// End of the record that begins at `begin`: the first line break outside quotes, or the end of the text.
// `npos` when a quote stays open.
std::size_t record_end(std::string_view csv, std::size_t begin) {
  const std::size_t line_end = std::min(csv.find('\n', begin), csv.size());
  if (csv.substr(begin, line_end - begin).find('"') == std::string_view::npos) return line_end;
  bool quoted = false;
  for (std::size_t i = begin; i < csv.size(); ++i) {
    if (csv[i] == '"') quoted = !quoted;
    if (csv[i] == '\n' && !quoted) return i;
  }
  return quoted ? std::string_view::npos : csv.size();
}

// The field that begins at `position` of `record`; leaves `position` behind its comma, or at npos after the last field.
std::string_view next_field(std::string_view record, std::size_t& position) {
  const std::size_t begin = position;
  bool quoted = false;
  std::size_t i = begin;
  while (i < record.size() && (quoted || record[i] != ',')) {
    if (record[i] == '"') quoted = !quoted;
    ++i;
  }
  position = i < record.size() ? i + 1 : std::string_view::npos;
  std::string_view field = trim(record.substr(begin, i - begin));
  if (field.size() >= 2 && field.front() == '"' && field.back() == '"') field = field.substr(1, field.size() - 2);
  return field;
}

std::vector<std::string_view> fields_of(std::string_view record) {
  std::vector<std::string_view> fields;
  for (std::size_t position = 0; position != std::string_view::npos;) fields.push_back(next_field(record, position));
  return fields;
}

std::string without_doubled_quotes(std::string_view field) {
  std::string text;
  for (std::size_t i = 0; i < field.size(); ++i) {
    text += field[i];
    if (field[i] == '"' && i + 1 < field.size() && field[i + 1] == '"') ++i;
  }
  return text;
}

Result<std::vector<std::string>> header_from(std::string_view name, std::string_view record) {
  std::vector<std::string> columns;
  std::set<std::string_view> seen;
  for (const std::string_view field : fields_of(record)) {
    if (field.empty()) return fail(ErrorKind::kCorrupt, fmt::format("table {}: a column has no name", name));
    if (!seen.insert(field).second) {
      return fail(ErrorKind::kCorrupt, fmt::format("table {}: two columns are named {}", name, printable(field)));
    }
    columns.emplace_back(field);
  }
  if (columns.size() > kMaxColumns) {
    return fail(ErrorKind::kCorrupt,
                fmt::format("table {}: {} columns, at most {}", name, columns.size(), kMaxColumns));
  }
  return columns;
}

struct Replacement {
  std::string csv, origin;
};

// Tables live in map nodes, which never move, so that callers may keep pointers and views.
struct Registry {
  std::mutex mutex;
  std::map<std::string, CsvTable, std::less<>> parsed;
  std::map<std::string, Replacement, std::less<>> replaced;
};

Registry& registry() {
  static Registry known;
  return known;
}

// The file that a table's rows come from, for the reader.
std::string file_of(const std::string& name) {
  Registry& known = registry();
  const std::scoped_lock lock(known.mutex);
  const auto replaced = known.replaced.find(name);
  return replaced == known.replaced.end() ? "data/" + name + ".csv" : replaced->second.origin;
}

}  // namespace

std::string FactRow::text() const {
  std::string text = table;
  for (const std::string* part : {&key, &source}) {
    if (!part->empty()) text += (text.empty() ? "" : ", ") + *part;
  }
  return text;
}

Result<CsvTable> CsvTable::parse(std::string_view name, std::string_view csv) {
  if (csv.size() > kMaxBytes) return fail(ErrorKind::kCorrupt, fmt::format("table {}: over 64 MiB", name));
  CsvTable table;
  table.name_ = std::string(name);
  table.csv_ = csv;
  for (std::size_t begin = 0; begin < csv.size();) {
    const bool comment = csv[begin] == '#';
    const std::size_t end = comment ? std::min(csv.find('\n', begin), csv.size()) : record_end(csv, begin);
    if (end == std::string_view::npos) {
      const auto line = 1 + std::count(csv.begin(), csv.begin() + static_cast<std::ptrdiff_t>(begin), '\n');
      return fail(ErrorKind::kCorrupt, fmt::format("table {}: the quote in line {} is never closed", name, line));
    }
    const std::string_view record = csv.substr(begin, end - begin);
    if (!comment && !trim(record).empty()) {
      if (table.columns_.empty()) {
        OLIVINE_TRY(table.columns_, header_from(name, record));
      } else if (table.row_begin_.size() == kMaxRows) {
        return fail(ErrorKind::kCorrupt, fmt::format("table {}: more than {} rows", name, kMaxRows));
      } else {
        if (record.find('"') != std::string_view::npos) {
          const std::vector<std::string_view> fields = fields_of(record);
          for (std::size_t i = 0; i < fields.size() && i < table.columns_.size(); ++i) {
            if (fields[i].find("\"\"") == std::string_view::npos) continue;
            table.unescaped_[{table.row_begin_.size(), i}] = without_doubled_quotes(fields[i]);
          }
        }
        table.row_begin_.emplace_back(begin, end);
      }
    }
    begin = end + 1;
  }
  if (table.columns_.empty())
    return fail(ErrorKind::kCorrupt, fmt::format("table {}: no line names the columns", name));
  return table;
}

Result<CsvTable> CsvTable::parse_row(std::string_view name, std::string_view csv, std::string_view key) {
  std::size_t header = 0;
  while (header < csv.size() && csv[header] == '#') header = std::min(csv.find('\n', header), csv.size() - 1) + 1;
  const std::size_t header_end = std::min(csv.find('\n', header), csv.size());
  OLIVINE_TRY(CsvTable table, parse(name, csv.substr(0, header_end)));
  table.csv_ = csv;
  std::size_t low = std::min(header_end + 1, csv.size()), high = csv.size();  // both at the beginning of a line
  while (low < high) {
    const std::size_t before = csv.rfind('\n', low + (high - low) / 2 - 1);
    const std::size_t begin = before == std::string_view::npos || before < low ? low : before + 1;
    const std::size_t end = std::min(csv.find('\n', begin), csv.size());
    std::size_t position = 0;
    const int order = next_field(csv.substr(begin, end - begin), position).compare(key);
    if (order == 0) {
      table.add_rows_around(std::min(header_end + 1, csv.size()), begin, key);
      break;
    }
    if (order < 0)
      low = std::min(end + 1, csv.size());
    else
      high = begin;
  }
  return table;
}

// The row that begins at `begin` and its neighbours of the same key; rows begin at `first_row`.
void CsvTable::add_rows_around(std::size_t first_row, std::size_t begin, std::string_view key) {
  const auto line_end = [&](std::size_t from) { return std::min(csv_.find('\n', from), csv_.size()); };
  const auto has_key = [&](std::size_t from) {
    std::size_t position = 0;
    return next_field(csv_.substr(from, line_end(from) - from), position) == key;
  };
  while (begin > first_row) {
    const std::size_t before = begin >= 2 ? csv_.rfind('\n', begin - 2) : std::string_view::npos;
    const std::size_t line = before == std::string_view::npos ? 0 : before + 1;
    if (line < first_row || !has_key(line)) break;
    begin = line;
  }
  for (; begin < csv_.size() && has_key(begin); begin = line_end(begin) + 1)
    row_begin_.emplace_back(begin, line_end(begin));
}

CsvTable CsvTable::only(std::string_view key) const {
  CsvTable table;
  table.name_ = name_;
  table.csv_ = csv_;
  table.columns_ = columns_;
  for (std::size_t row = 0; row < rows(); ++row) {
    if (cell(row, 0) != key) continue;
    for (std::size_t column = 0; column < columns_.size(); ++column)
      if (const auto found = unescaped_.find({row, column}); found != unescaped_.end())
        table.unescaped_[{table.row_begin_.size(), column}] = found->second;
    table.row_begin_.push_back(row_begin_[row]);
  }
  return table;
}

Result<std::size_t> CsvTable::column(std::string_view name) const {
  const auto found = std::find(columns_.begin(), columns_.end(), name);
  if (found == columns_.end()) {
    return fail(ErrorKind::kNotFound, fmt::format("table {} has no column {}", name_, printable(name)));
  }
  return static_cast<std::size_t>(found - columns_.begin());
}

std::string_view CsvTable::cell(std::size_t row, std::size_t column) const {
  if (row >= rows() || column >= columns_.size()) return {};
  if (!unescaped_.empty()) {
    if (const auto found = unescaped_.find({row, column}); found != unescaped_.end()) return found->second;
  }
  const auto [begin, end] = row_begin_[row];
  const std::string_view record = csv_.substr(begin, end - begin);
  std::size_t position = 0;
  for (std::size_t i = 0; position != std::string_view::npos; ++i) {
    const std::string_view field = next_field(record, position);
    if (i == column) return field;
  }
  return {};
}

std::vector<std::string_view> CsvTable::cells(std::size_t row) const {
  std::vector<std::string_view> fields;
  if (row < rows()) {
    const auto [begin, end] = row_begin_[row];
    fields = fields_of(csv_.substr(begin, end - begin));
    for (std::size_t column = 0; column < fields.size() && !unescaped_.empty(); ++column)
      if (const auto found = unescaped_.find({row, column}); found != unescaped_.end()) fields[column] = found->second;
  }
  fields.resize(columns_.size());
  return fields;
}

std::string_view CsvTable::cell(std::size_t row, std::string_view column_name) const {
  const Result<std::size_t> index = column(column_name);
  return index ? cell(row, *index) : std::string_view{};
}

Result<double> CsvTable::number(std::size_t row, std::string_view column_name) const {
  OLIVINE_TRY(const std::size_t index, column(column_name));
  Result<double> value = parse_double(cell(row, index));
  if (value) return value;
  return fail(ErrorKind::kCorrupt, fmt::format("table {}, row {}, column {}: \"{}\" is no number", name_, row + 1,
                                               column_name, printable(cell(row, index).substr(0, 40))));
}

std::optional<double> CsvTable::maybe_number(std::size_t row, std::string_view column_name) const {
  const Result<double> value = number(row, column_name);
  if (!value) return std::nullopt;
  return *value;
}

FactRow CsvTable::fact(std::size_t row, std::string_view key_column) const {
  FactRow fact{file_of(name_), std::string(cell(row, key_column)), ""};
  for (const std::string_view part : {"year", "source", "licence"}) {
    const std::string_view text = cell(row, part);
    if (text.empty() || (part == "year" && cell(row, "source").find(text) != std::string_view::npos)) continue;
    fact.source += (fact.source.empty() ? "" : ", ") + std::string(text);
  }
  return fact;
}

Result<const CsvTable*> fact_table(std::string_view name) {
  Registry& known = registry();
  const std::scoped_lock lock(known.mutex);
  if (const auto found = known.parsed.find(name); found != known.parsed.end()) return &found->second;
  const auto replaced = known.replaced.find(name);
  const std::string_view csv =
      replaced == known.replaced.end() ? table_csv(name) : std::string_view(replaced->second.csv);
  if (csv.empty()) return fail(ErrorKind::kNotFound, fmt::format("this program has no table {}", printable(name)));
  OLIVINE_TRY(CsvTable table, CsvTable::parse(name, csv));
  return &known.parsed.emplace(std::string(name), std::move(table)).first->second;
}

Status replace_table(std::string_view name, std::string csv, std::string origin) {
  OLIVINE_CHECK_STATUS(check_replacement(name, csv));
  Registry& known = registry();
  const std::scoped_lock lock(known.mutex);
  if (known.parsed.contains(name)) return fail(ErrorKind::kInternal, fmt::format("table {} is in use already", name));
  known.replaced.insert_or_assign(std::string(name), Replacement{std::move(csv), std::move(origin)});
  return {};
}

Result<CsvTable> fact_table_row(std::string_view name, std::string_view key) {
  bool replaced = false;
  {
    Registry& known = registry();
    const std::scoped_lock lock(known.mutex);
    replaced = known.replaced.contains(name);
  }
  if (!replaced) return CsvTable::parse_row(name, table_csv(name), key);
  OLIVINE_TRY(const CsvTable* whole, fact_table(name));
  return whole->only(key);
}

}  // namespace olivine
