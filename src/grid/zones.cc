#include "grid/zones.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <optional>

#include "base/text.h"
#include "grid/zone_aliases.h"
#include "provenance/defaults.h"

namespace olivine {
namespace {

constexpr std::string_view kTables[] = {"zones", "zones_electricity_maps"};
constexpr std::string_view kSetZone =
    "say where with --zone, OLIVINE_ZONE, or zone = \"FR\" in the configuration; "
    "olivine grid zones TEXT finds it";

std::optional<RelativeRange> range_at(const CsvTable& table, std::size_t row, std::string_view lower,
                                      std::string_view upper) {
  const auto from = table.maybe_number(row, lower), to = table.maybe_number(row, upper);
  if (!from || !to || *from < 0.0 || *from > 1.0 || *to < 1.0) return std::nullopt;
  return RelativeRange{*from, *to};
}

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
  factor.source = std::string(table.cell(row, "source"));
  factor.licence = std::string(table.cell(row, "licence"));
  factor.hour = range_at(table, row, "hour_lower", "hour_upper");
  factor.day = range_at(table, row, "day_lower", "day_upper");
  factor.row = table.fact(row, "zone");
  return factor;
}

// The row of a key, in lower case, in one table.
Result<std::optional<ZoneFactor>> look_for(std::string_view name, const std::string& wanted) {
  OLIVINE_TRY(const CsvTable* table, fact_table(name));
  OLIVINE_TRY(const std::size_t keys, table->column("zone"));
  for (std::size_t row = 0; row < table->rows() && !wanted.empty(); ++row) {
    const std::string_view zone = table->cell(row, keys);
    if (zone.size() != wanted.size() || to_lower(zone) != wanted) continue;
    OLIVINE_TRY(ZoneFactor factor, zone_at(*table, row));
    return factor;
  }
  return std::nullopt;
}

// The same of any key. The last answers are kept: a run asks for its one zone again and again.
Result<std::optional<ZoneFactor>> zone_in(std::string_view name, std::string_view key) {
  struct Kept {
    std::string wanted;
    std::optional<ZoneFactor> found;
  };
  constexpr std::size_t kMostKept = 8;
  thread_local std::map<std::string, std::vector<Kept>, std::less<>> kept;
  std::string wanted = to_lower(trim(key));
  auto table = kept.find(name);
  if (table != kept.end())
    for (const Kept& k : table->second)
      if (k.wanted == wanted) return k.found;
  OLIVINE_TRY(std::optional<ZoneFactor> found, look_for(name, wanted));
  if (table == kept.end()) table = kept.emplace(std::string(name), std::vector<Kept>{}).first;
  if (table->second.size() == kMostKept) table->second.erase(table->second.begin());
  table->second.push_back({std::move(wanted), found});
  return found;
}

// The key or name that was probably meant; empty when none is near.
std::string meant_by(std::string_view key) {
  std::vector<std::string> known;
  std::string of_that_name;  // a person may write the country's name
  const std::string wanted = to_lower(trim(key));
  for (const std::string_view name : kTables) {
    const Result<const CsvTable*> table = fact_table(name);
    for (std::size_t row = 0; table && row < (*table)->rows(); ++row) {
      known.emplace_back((*table)->cell(row, "zone"));
      if (of_that_name.empty() && to_lower((*table)->cell(row, "name")) == wanted) of_that_name = known.back();
    }
  }
  const std::string near = nearest(key, known);
  return near.empty() ? of_that_name : near;
}

tl::unexpected<Error> marginal_only(std::string_view what, std::string_view zone) {
  return fail(
      ErrorKind::kNotFound,
      fmt::format("{}, a region of marginal rates (EPA AVERT): it has no average factor; see olivine grid show {}",
                  what, zone));
}

tl::unexpected<Error> no_such_zone(std::string_view key) {
  const std::string name = to_lower(trim(key));
  const auto marginal = fact_table("profiles_marginal");
  for (std::size_t row = 0; marginal && name.starts_with("avert-") && row < (*marginal)->rows(); ++row) {
    const std::string zone((*marginal)->cell(row, "zone"));
    if (to_lower(zone) == name)
      return marginal_only(fmt::format("{} is {}", zone, (*marginal)->cell(row, "name")), zone);
  }
  const std::string near = meant_by(key);
  return fail(ErrorKind::kNotFound,
              fmt::format("there is no zone \"{}\"{}; olivine grid zones TEXT lists them", printable(key.substr(0, 60)),
                          near.empty() ? "" : fmt::format(" (did you mean {}?)", near)));
}

// A yearly factor used for a span of this length, at this age.
Result<RelativeRange> spread_of_use(const ZoneFactor& factor, Duration run_length, int age_years) {
  const bool short_run = run_length < hours(24);
  const std::optional<RelativeRange>& own = short_run ? factor.hour : factor.day;
  if (own) return widened_by_age(*own, age_years);
  OLIVINE_TRY(const Default time, default_value(short_run ? "yearly_factor_for_hour" : "yearly_factor_for_day"));
  return widened_by_age({time.lower / time.value, time.upper / time.value}, age_years);
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
  for (const std::string& note : factor.notes) intensity.notes.push_back(note);
  if (age_years >= 3) intensity.notes.push_back(fmt::format("the factor is {} years old", age_years));
}

}  // namespace

int year_of(WallTime when) {
  using namespace std::chrono;
  return static_cast<int>(
      year_month_day{floor<days>(sys_time<std::chrono::nanoseconds>{std::chrono::nanoseconds{when.ns}})}.year());
}

Result<RelativeRange> widened_by_age(RelativeRange range, int age_years) {
  double down = 1.0 - range.lower, up = range.upper - 1.0;
  if (age_years >= 1) {
    OLIVINE_TRY(const Default age, default_value(age_years == 1 ? "factor_age_1y" : "factor_age_2y"));
    down = std::hypot(down, 1.0 - age.lower / age.value);
    up = std::hypot(up, age.upper / age.value - 1.0);
  }
  return RelativeRange{1.0 - std::min(down, 1.0), 1.0 + up};  // an intensity is never negative
}

Result<ZoneFactor> find_zone(std::string_view key) {
  for (const std::string_view name : kTables) {
    OLIVINE_TRY(std::optional<ZoneFactor> found, zone_in(name, key));
    if (found) return *std::move(found);
  }
  const std::optional<ZoneAlias> alias = find_alias(key);
  if (!alias) return no_such_zone(key);
  for (const std::string_view name : kTables) {
    OLIVINE_TRY(std::optional<ZoneFactor> found, zone_in(name, alias->zone));
    if (!found) continue;
    found->notes.push_back(text_of(*alias));
    return *std::move(found);
  }
  return marginal_only(text_of(*alias), alias->zone);
}

std::vector<ZoneFactor> yearly_factors(std::string_view zone) {
  std::vector<ZoneFactor> factors;
  for (const std::string_view name : kTables)
    if (const auto found = zone_in(name, zone); found && *found) factors.push_back(**found);
  return factors;
}

std::vector<ZoneFactor> search_zones(std::string_view text) {
  std::vector<ZoneFactor> found;
  const std::string wanted = to_lower(trim(text));
  for (const std::string_view name : kTables) {
    const Result<const CsvTable*> table = fact_table(name);
    for (std::size_t row = 0; table && row < (*table)->rows(); ++row) {
      const bool met = to_lower((*table)->cell(row, "zone")).find(wanted) != std::string::npos ||
                       to_lower((*table)->cell(row, "name")).find(wanted) != std::string::npos;
      if (!met) continue;
      if (Result<ZoneFactor> factor = zone_at(**table, row)) found.push_back(*std::move(factor));
    }
  }
  return found;
}

Result<Intensity> yearly_intensity(std::string_view zone, Duration run_length, WallTime when) {
  if (trim(zone).empty()) return unknown_zone();
  OLIVINE_TRY(const ZoneFactor factor, find_zone(zone));
  return yearly_intensity_of(factor, run_length, when);
}

Result<Intensity> yearly_intensity_of(const ZoneFactor& factor, Duration run_length, WallTime when) {
  const int age = std::max(0, year_of(when) - factor.year);
  OLIVINE_TRY(const RelativeRange range, spread_of_use(factor, run_length, age));
  const double mean = factor.g_per_kwh;
  Intensity intensity;
  intensity.estimate = in_range(mean, mean * range.lower, mean * range.upper, "intensity:" + factor.zone);
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
