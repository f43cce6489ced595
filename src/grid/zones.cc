#include "grid/zones.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "base/text.h"
#include "provenance/defaults.h"

namespace olivine {
namespace {

constexpr std::string_view kSetZone =
    "say where with --zone, OLIVINE_ZONE, or zone = \"FR\" in the configuration; "
    "olivine grid zones TEXT finds it";

Result<ZoneFactor> zone_at(const CsvTable& table, std::size_t row) {
  ZoneFactor factor;
  OLIVINE_TRY(factor.g_per_kwh, table.number(row, "factor_g_per_kwh"));
  OLIVINE_TRY(const double year, table.number(row, "year"));
  if (factor.g_per_kwh < 0.0 || year < 1900.0 || year > 2200.0) {
    return fail(ErrorKind::kCorrupt,
                fmt::format("table {}, row {}: {} g/kWh of {}", table.name(), row + 1, factor.g_per_kwh, year));
  }
  factor.year = static_cast<int>(year);
  factor.zone = std::string(table.cell(row, "zone"));
  factor.name = std::string(table.cell(row, "name"));
  factor.parent = std::string(table.cell(row, "parent"));
  factor.type = std::string(table.cell(row, "type"));
  factor.accounting = std::string(table.cell(row, "accounting"));
  factor.losses = std::string(table.cell(row, "losses"));
  factor.row = table.fact(row, "zone");
  return factor;
}

tl::unexpected<Error> no_such_zone(const CsvTable& table, std::string_view key) {
  std::vector<std::string> known;
  for (std::size_t row = 0; row < table.rows(); ++row) known.emplace_back(table.cell(row, "zone"));
  std::string near = nearest(key, known);
  if (near.empty()) {  // a person may write the country's name
    const std::string wanted = to_lower(trim(key));
    for (std::size_t row = 0; row < table.rows() && near.empty(); ++row) {
      if (to_lower(table.cell(row, "name")) == wanted) near = std::string(table.cell(row, "zone"));
    }
  }
  return fail(ErrorKind::kNotFound,
              fmt::format("there is no zone \"{}\"{}; olivine grid zones TEXT lists them", printable(key.substr(0, 60)),
                          near.empty() ? "" : fmt::format(" (did you mean {}?)", near)));
}

struct Factors {  // relative moves, both counted from 1
  double down = 0.0, up = 0.0;
};

Result<Factors> spread_of_use(Duration run_length, int age_years) {
  const bool short_run = run_length < hours(24);
  OLIVINE_TRY(const Default time, default_value(short_run ? "yearly_factor_for_hour" : "yearly_factor_for_day"));
  Factors moves{1.0 - time.lower / time.value, time.upper / time.value - 1.0};
  if (age_years >= 1) {
    OLIVINE_TRY(const Default age, default_value(age_years == 1 ? "factor_age_1y" : "factor_age_2y"));
    moves.down = std::hypot(moves.down, 1.0 - age.lower / age.value);
    moves.up = std::hypot(moves.up, age.upper / age.value - 1.0);
  }
  moves.down = std::min(moves.down, 1.0);  // an intensity is never negative
  return moves;
}

Estimate<CarbonIntensity> in_range(double value, double lower, double upper, std::string_view input) {
  return Estimate<CarbonIntensity>::of(grams_per_kilowatt_hour(value), grams_per_kilowatt_hour(lower),
                                       grams_per_kilowatt_hour(upper), input);
}

Result<Intensity> unknown_zone() {
  OLIVINE_TRY(const Default world, default_value("zone_unknown_g_per_kwh"));
  Intensity intensity;
  intensity.estimate = in_range(world.value, world.lower, world.upper, "intensity:unknown");
  intensity.signal = "average";
  intensity.boundary = "lifecycle";
  intensity.row = world.row;
  intensity.source = world.row.source;
  intensity.period = fmt::format("yearly {}", world.year);
  intensity.basis = Basis::kAssumed;
  intensity.notes.push_back(fmt::format("zone unknown: {} g/kWh is assumed, the world's average [{}, {}]; {}",
                                        shortest(world.value), shortest(world.lower), shortest(world.upper), kSetZone));
  return intensity;
}

// What the source does not say about its factor, or says and a reader may miss.
void add_notes(const ZoneFactor& factor, int age_years, Intensity& intensity) {
  if (factor.type != "lifecycle") {
    intensity.notes.push_back(factor.type == "direct"
                                  ? "the factor counts emissions at the stack only; upstream emissions are not in it"
                                  : "the source does not say whether the factor holds upstream emissions");
  }
  if (age_years >= 3) intensity.notes.push_back(fmt::format("the factor is {} years old", age_years));
}

}  // namespace

int year_of(WallTime when) { return static_cast<int>(parse_i64(format_utc(when).substr(0, 4)).value_or(1970)); }

Result<ZoneFactor> find_zone(std::string_view key) {
  OLIVINE_TRY(const CsvTable* table, fact_table("zones"));
  const std::string wanted = to_lower(trim(key));
  for (std::size_t row = 0; row < table->rows() && !wanted.empty(); ++row) {
    if (to_lower(table->cell(row, "zone")) == wanted) return zone_at(*table, row);
  }
  return no_such_zone(*table, key);
}

std::vector<ZoneFactor> search_zones(std::string_view text) {
  std::vector<ZoneFactor> found;
  const Result<const CsvTable*> table = fact_table("zones");
  if (!table) return found;
  const std::string wanted = to_lower(trim(text));
  for (std::size_t row = 0; row < (*table)->rows(); ++row) {
    const bool met = to_lower((*table)->cell(row, "zone")).find(wanted) != std::string::npos ||
                     to_lower((*table)->cell(row, "name")).find(wanted) != std::string::npos;
    if (!met) continue;
    if (Result<ZoneFactor> factor = zone_at(**table, row)) found.push_back(*std::move(factor));
  }
  return found;
}

Result<Intensity> yearly_intensity(std::string_view zone, Duration run_length, WallTime when) {
  if (trim(zone).empty()) return unknown_zone();
  OLIVINE_TRY(const ZoneFactor factor, find_zone(zone));
  const int age = std::max(0, year_of(when) - factor.year);
  OLIVINE_TRY(const Factors moves, spread_of_use(run_length, age));
  const double mean = factor.g_per_kwh;
  Intensity intensity;
  intensity.estimate = in_range(mean, mean * (1.0 - moves.down), mean * (1.0 + moves.up), "intensity:" + factor.zone);
  intensity.zone = factor.zone;
  intensity.name = factor.name;
  intensity.signal = "average";
  intensity.boundary = factor.type;
  intensity.period = fmt::format("yearly {}", factor.year);
  intensity.source = factor.row.source;
  intensity.basis = Basis::kReference;
  intensity.row = factor.row;
  add_notes(factor, age, intensity);
  return intensity;
}

}  // namespace olivine
