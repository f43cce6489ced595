#include "grid/import/known_regions.h"

#include <map>

#include "provenance/table.h"

namespace olivine {

std::optional<std::string> balancing_authority_zone(std::string_view authority) {
  static const auto zones = [] {  // once: a file may have thousands of columns to look up
    std::map<std::string, std::string, std::less<>> found;
    const Result<const CsvTable*> table = fact_table("zone_aliases");
    for (std::size_t row = 0; table && row < (*table)->rows(); ++row)
      if ((*table)->cell(row, "scheme") == "eia" && (*table)->cell(row, "relation") == "same")
        found.emplace((*table)->cell(row, "alias"), (*table)->cell(row, "zone"));
    return found;
  }();
  const auto found = zones.find(authority);
  return found == zones.end() ? std::nullopt : std::optional(found->second);
}

std::optional<int> avert_offset_h(std::string_view region) {
  static const auto offsets = [] {
    std::map<std::string, int, std::less<>> found;
    const Result<const CsvTable*> table = fact_table("avert_regions");
    for (std::size_t row = 0; table && row < (*table)->rows(); ++row)
      if (const auto offset = (*table)->maybe_number(row, "utc_offset_h"))
        found.emplace((*table)->cell(row, "region"), static_cast<int>(*offset));
    return found;
  }();
  const auto found = offsets.find(region);
  return found == offsets.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace olivine
