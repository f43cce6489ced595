#include "grid/profiles/level.h"

#include <fmt/format.h>

#include <cstdlib>

#include "base/text.h"

namespace olivine {

Result<std::optional<LevelChange>> level_change(const MonthHourProfile& profile, int year) {
  if (profile.signal != Signal::kAverage || profile.boundary != Boundary::kLifecycle || year == profile.year)
    return std::optional<LevelChange>{};
  OLIVINE_TRY(const CsvTable table, fact_table_row("zone_years", profile.zone));
  if (table.rows() == 0) return std::optional<LevelChange>{};
  const auto of = [&](int y) {
    const auto value = table.maybe_number(0, fmt::format("y{}", y));
    return value && *value > 0.0 ? value : std::nullopt;
  };
  const auto from = of(profile.year);
  if (!from) return std::optional<LevelChange>{};
  LevelChange change{profile.year,         profile.year, *from, *from, std::string(table.cell(0, "source")),
                     table.fact(0, "zone")};
  for (const std::string& column : table.columns()) {
    const auto y = parse_i64(std::string_view(column).substr(column.starts_with('y') ? 1 : 0));
    if (!y || *y < 1900 || *y > 2200) continue;
    const int candidate = static_cast<int>(*y);
    // Equally near: the profile's own year, then the later one.
    const int nearer = std::abs(year - candidate) - std::abs(year - change.to_year);
    if (nearer > 0 || (nearer == 0 && (change.to_year == profile.year || candidate < change.to_year))) continue;
    if (const auto value = of(candidate)) change.to_year = candidate, change.to_g_per_kwh = *value;
  }
  if (change.to_year == profile.year) return std::optional<LevelChange>{};
  return std::optional(change);
}

Result<MonthHourProfile> at_level_of(MonthHourProfile profile, int year) {
  OLIVINE_TRY(profile.level, level_change(profile, year));
  if (!profile.level) return profile;
  for (auto& month : profile.g_per_kwh)
    for (double& cell : month) cell *= profile.level->factor();
  return profile;
}

std::string text_of(const LevelChange& c) {
  return fmt::format("moved from the level of {} to that of {}: x {:.3f} ({}: {} to {} g/kWh)", c.from_year, c.to_year,
                     c.factor(), c.source, shortest(c.from_g_per_kwh), shortest(c.to_g_per_kwh));
}

}  // namespace olivine
