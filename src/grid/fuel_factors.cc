#include "grid/fuel_factors.h"

#include <fmt/format.h>

#include "base/text.h"

namespace olivine {
namespace {

Result<FuelRow> row_at(const CsvTable& table, std::size_t row) {
  FuelRow found;
  OLIVINE_TRY(found.g_per_kwh, table.number(row, "g_per_kwh"));
  OLIVINE_TRY(found.boundary, boundary_from(table.cell(row, "boundary")));
  if (found.g_per_kwh < 0.0)
    return fail(ErrorKind::kCorrupt, fmt::format("table {}, row {}: {} g/kWh", table.name(), row + 1, found.g_per_kwh));
  found.set = table.cell(row, "set");
  found.fuel = table.cell(row, "fuel");
  found.lower = table.maybe_number(row, "lower");
  found.upper = table.maybe_number(row, "upper");
  found.gases = table.cell(row, "gases");
  found.row = table.fact(row, "fuel");
  return found;
}

std::string short_text(std::string_view text) { return printable(text.substr(0, 40)); }

}  // namespace

std::vector<FuelRow> fuel_rows(std::string_view set, Boundary boundary) {
  std::vector<FuelRow> found;
  const Result<const CsvTable*> table = fact_table("fuel_factors");
  for (std::size_t row = 0; table && row < (*table)->rows(); ++row) {
    if ((*table)->cell(row, "set") != set || (*table)->cell(row, "boundary") != name_of(boundary)) continue;
    if (auto factor = row_at(**table, row)) found.push_back(*std::move(factor));
  }
  return found;
}

Result<FuelRow> fuel_row(std::string_view set, std::string_view fuel, Boundary boundary) {
  for (FuelRow& row : fuel_rows(set, boundary))
    if (row.fuel == fuel) return std::move(row);
  return fail(ErrorKind::kNotFound, fmt::format("no {} factor of {} in the set {} (data/fuel_factors.csv)",
                                                name_of(boundary), short_text(fuel), short_text(set)));
}

Result<std::string> fuel_of_code(std::string_view scheme, std::string_view code) {
  OLIVINE_TRY(const CsvTable* table, fact_table("fuel_codes"));
  const std::string of = to_lower(scheme), wanted = to_lower(trim(code));
  for (std::size_t row = 0; row < table->rows(); ++row) {
    if (table->cell(row, "scheme") != of || to_lower(table->cell(row, "code")) != wanted) continue;
    const std::string_view fuel = table->cell(row, "fuel");
    if (!fuel.empty()) return std::string(fuel);
    return fail(ErrorKind::kNotFound, fmt::format("{} code {} is {}: no factor is known for it", short_text(scheme),
                                                  table->cell(row, "code"), table->cell(row, "name")));
  }
  return fail(ErrorKind::kNotFound, fmt::format("no fuel has the {} code \"{}\" (data/fuel_codes.csv)",
                                                short_text(scheme), short_text(code)));
}

std::string name_of_code(std::string_view scheme, std::string_view code) {
  const Result<const CsvTable*> table = fact_table("fuel_codes");
  for (std::size_t row = 0; table && row < (*table)->rows(); ++row)
    if ((*table)->cell(row, "scheme") == scheme && (*table)->cell(row, "code") == code)
      return std::string((*table)->cell(row, "name"));
  return std::string(code);
}

}  // namespace olivine
