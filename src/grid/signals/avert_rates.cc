#include "grid/signals/avert_rates.h"

#include "base/text.h"
#include "grid/zone_aliases.h"
#include "provenance/table.h"

namespace olivine {
namespace {

constexpr std::string_view kPrefix = "AVERT-";

}  // namespace

std::optional<ReferenceRate> avert_region_rate(std::string_view region) {
  const Result<const CsvTable*> table = fact_table("avert_regions");
  for (std::size_t row = 0; table && row < (*table)->rows(); ++row) {
    if (to_lower((*table)->cell(row, "region")) != to_lower(trim(region))) continue;
    const auto rate = (*table)->maybe_number(row, "g_per_kwh");
    if (!rate) return std::nullopt;
    const auto year = (*table)->maybe_number(row, "year");
    return ReferenceRate{
        std::string((*table)->cell(row, "region")), std::string((*table)->cell(row, "name")), *rate,
        static_cast<int>(year.value_or(0.0)),
        std::string((*table)->cell(row, "source")) + ", " + std::string((*table)->cell(row, "licence"))};
  }
  return std::nullopt;
}

std::optional<ReferenceRate> avert_rate(std::string_view zone) {
  std::string key(trim(zone));
  if (const auto alias = find_alias(key)) key = alias->zone;
  for (const ZoneAlias& relation : relations_of(key))
    if (relation.zone.starts_with(kPrefix)) return avert_region_rate(relation.zone.substr(kPrefix.size()));
  if (key.starts_with(kPrefix)) return avert_region_rate(key.substr(kPrefix.size()));
  return std::nullopt;
}

}  // namespace olivine
