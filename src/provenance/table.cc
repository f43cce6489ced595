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
constexpr std::size_t kShown = 60;  // of a value that an error repeats
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

std::string_view without_mark(std::string_view csv) {
  return csv.starts_with(kByteOrderMark) ? csv.substr(kByteOrderMark.size()) : csv;
}

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

// How an error calls it, and of what kind it is.
struct Named {
  std::string name;  // "table zones", "jobs.csv"
  ErrorKind kind = ErrorKind::kCorrupt;
  tl::unexpected<Error> bad(std::string_view why) const { return fail(kind, fmt::format("{}: {}", name, why)); }
};

Result<std::vector<std::string>> header_from(const Named& named, std::string_view record) {
  std::vector<std::string> columns;
  std::set<std::string_view> seen;
  for (const std::string_view field : fields_of(record)) {
    if (field.empty()) return named.bad("a column has no name");
    if (!seen.insert(field).second)
      return named.bad(fmt::format("two columns are named {}", printable(field.substr(0, kShown))));
    columns.emplace_back(field);
  }
  if (columns.size() > kMaxColumns)
    return named.bad(fmt::format("{} columns, at most {}", columns.size(), kMaxColumns));
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

Result<CsvTable> CsvTable::parse(std::string_view name, std::string_view csv) { return parse_as(name, csv, false); }

Result<CsvTable> CsvTable::parse_file(std::string_view file, std::string_view csv) {
  OLIVINE_TRY(CsvTable table, parse_as(file, csv, true));
  if (const std::size_t zero = table.csv_.find('\0'); zero != std::string_view::npos)
    return fail(ErrorKind::kInvalid,
                fmt::format("{}, line {}: holds a NUL byte: this is no text (UTF-16? save it as UTF-8)", file,
                            table.line_at(zero)));
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const auto [begin, end] = table.row_begin_[row];
    const std::vector<std::string_view> fields = fields_of(table.csv_.substr(begin, end - begin));
    const auto bad = [&, row = row](std::string_view why) {
      return fail(ErrorKind::kInvalid, fmt::format("{}, line {}: {}", file, table.line_of(row), why));
    };
    if (fields.size() == 1 && table.columns_.size() > 1 && fields.front().starts_with('#'))
      return bad("a comment below the header is not told from a row; move it above the header, or take it out");
    for (std::size_t i = table.columns_.size(); i < fields.size(); ++i)
      if (!fields[i].empty())
        return bad(fmt::format("{} cells, but the header names {} columns; is a comma within a cell? put it in quotes",
                               fields.size(), table.columns_.size()));
  }
  return table;
}

Result<CsvTable> CsvTable::parse_as(std::string_view name, std::string_view text, bool of_user) {
  const std::string_view csv = without_mark(text);
  const Named named = of_user ? Named{std::string(name), ErrorKind::kInvalid} : Named{fmt::format("table {}", name)};
  if (csv.size() > kMaxBytes) return named.bad("over 64 MiB");
  CsvTable table;
  table.name_ = std::string(name);
  table.csv_ = csv;
  for (std::size_t begin = 0; begin < csv.size();) {
    const bool comment = csv[begin] == '#' && (!of_user || table.columns_.empty());
    const std::size_t end = comment ? std::min(csv.find('\n', begin), csv.size()) : record_end(csv, begin);
    if (end == std::string_view::npos) {
      return named.bad(fmt::format("the quote in line {} is never closed", table.line_at(begin)));
    }
    const std::string_view record = csv.substr(begin, end - begin);
    if (!comment && !trim(record).empty()) {
      if (table.columns_.empty()) {
        table.header_ = begin;
        OLIVINE_TRY(table.columns_, header_from(named, record));
      } else if (table.row_begin_.size() == kMaxRows) {
        return named.bad(fmt::format("more than {} rows", kMaxRows));
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
  if (table.columns_.empty()) return named.bad("no line names the columns");
  return table;
}

std::size_t CsvTable::line_at(std::size_t begin) const {
  return 1 +
         static_cast<std::size_t>(std::count(csv_.begin(), csv_.begin() + static_cast<std::ptrdiff_t>(begin), '\n'));
}

std::size_t CsvTable::line_of(std::size_t row) const {
  return line_at(row < rows() ? row_begin_[row].first : csv_.size());
}

Result<CsvTable> CsvTable::parse_row(std::string_view name, std::string_view text, std::string_view key) {
  const std::string_view csv = without_mark(text);
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
  table.header_ = header_;
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
