#include "grid/zone_aliases.h"

#include <fmt/format.h>

#include <functional>

#include "base/text.h"

namespace olivine {
namespace {

ZoneAlias alias_at(const CsvTable& table, std::size_t row) {
  const auto cell = [&](std::string_view column) { return std::string(table.cell(row, column)); };
  ZoneAlias found{cell("alias"), cell("zone"), cell("scheme"), cell("relation"), cell("note"), cell("source"), {}};
  found.row = table.fact(row, "alias");
  return found;
}

// The rows for which `wanted` holds, in the table's order.
std::vector<ZoneAlias> rows_where(const std::function<bool(const CsvTable&, std::size_t)>& wanted) {
  std::vector<ZoneAlias> found;
  const Result<const CsvTable*> table = fact_table("zone_aliases");
  if (!table) return found;
  for (std::size_t row = 0; row < (*table)->rows(); ++row)
    if (wanted(**table, row)) found.push_back(alias_at(**table, row));
  return found;
}

bool is_name(const CsvTable& table, std::size_t row) { return table.cell(row, "relation") == "same"; }

}  // namespace

std::optional<ZoneAlias> find_alias(std::string_view name) {
  const std::string wanted = to_lower(trim(name));
  if (wanted.empty()) return std::nullopt;
  const auto found = rows_where([&](const CsvTable& table, std::size_t row) {
    return to_lower(table.cell(row, "alias")) == wanted && is_name(table, row);
  });
  if (found.empty()) return std::nullopt;
  return found.front();
}

std::string text_of(const ZoneAlias& alias) {
  return fmt::format("{} is {} ({}){}", alias.alias, alias.zone, alias.source,
                     alias.note.empty() ? "" : ": " + alias.note);
}

std::vector<ZoneAlias> names_of(std::string_view zone) {
  return rows_where(
      [&](const CsvTable& table, std::size_t row) { return table.cell(row, "zone") == zone && is_name(table, row); });
}

std::vector<ZoneAlias> relations_of(std::string_view zone) {
  return rows_where(
      [&](const CsvTable& table, std::size_t row) { return table.cell(row, "alias") == zone && !is_name(table, row); });
}

std::vector<ZoneAlias> search_aliases(std::string_view text) {
  const std::string wanted = to_lower(trim(text));
  if (wanted.empty()) return {};
  return rows_where([&](const CsvTable& table, std::size_t row) {
    return is_name(table, row) && to_lower(table.cell(row, "alias")).find(wanted) != std::string::npos;
  });
}

}  // namespace olivine
