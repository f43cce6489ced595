#include "provenance/defaults.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace olivine {
namespace {

constexpr std::string_view kTable = "defaults";

Result<Default> row_as_default(const CsvTable& table, std::size_t row) {
  Default found;
  OLIVINE_TRY(found.value, table.number(row, "value"));
  OLIVINE_TRY(found.lower, table.number(row, "lower"));
  OLIVINE_TRY(found.upper, table.number(row, "upper"));
  OLIVINE_TRY(found.basis, basis_named(table.cell(row, "basis")));
  found.unit = std::string(table.cell(row, "unit"));
  found.row = table.fact(row, "key");
  found.year = static_cast<int>(std::clamp(table.maybe_number(row, "year").value_or(0.0), 0.0, 9999.0));
  const std::string experience = to_lower(table.cell(row, "experience"));
  found.from_experience = !experience.empty() && experience != "0" && experience != "no" && experience != "false";
  if (!(found.lower <= found.value && found.value <= found.upper)) {
    return fail(ErrorKind::kCorrupt, fmt::format("{}: the range [{}, {}] does not hold the value {}", found.row.text(),
                                                 found.lower, found.upper, found.value));
  }
  return found;
}

}  // namespace

Result<Basis> basis_named(std::string_view name) {
  for (std::size_t i = 0; i < kBasisCount; ++i) {
    if (name_of(static_cast<Basis>(i)) == name) return static_cast<Basis>(i);
  }
  return fail(ErrorKind::kInvalid, fmt::format("\"{}\" is no basis", printable(name.substr(0, 40))));
}

Result<Default> default_from(const CsvTable& table, std::string_view key) {
  OLIVINE_TRY(const std::size_t key_column, table.column("key"));
  for (std::size_t row = 0; row < table.rows(); ++row)
    if (table.cell(row, key_column) == key) return row_as_default(table, row);
  std::vector<std::string> known;
  for (std::size_t row = 0; row < table.rows(); ++row) known.emplace_back(table.cell(row, key_column));
  const std::string near = nearest(key, known);
  return fail(ErrorKind::kNotFound, fmt::format("there is no default {}{}", printable(key),
                                                near.empty() ? "" : fmt::format("; did you mean {}?", near)));
}

Result<Default> default_value(std::string_view key) {
  OLIVINE_TRY(const CsvTable* table, fact_table(kTable));
  return default_from(*table, key);
}

}  // namespace olivine
