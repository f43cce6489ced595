#include "grid/import/known_regions.h"

#include <array>
#include <utility>

namespace olivine {
namespace {

using NamePair = std::pair<std::string_view, std::string_view>;
constexpr std::array<NamePair, 10> kAuthorities{{{"AZPS", "US-SW-AZPS"},
                                                 {"BPAT", "US-NW-BPAT"},
                                                 {"CISO", "US-CAL-CISO"},
                                                 {"EPE", "US-SW-EPE"},
                                                 {"ERCO", "US-TEX-ERCO"},
                                                 {"ISNE", "US-NE-ISNE"},
                                                 {"MISO", "US-MIDW-MISO"},
                                                 {"NYIS", "US-NY-NYIS"},
                                                 {"PJM", "US-MIDA-PJM"},
                                                 {"SOCO", "US-SE-SOCO"}}};
constexpr std::array<std::pair<std::string_view, int>, 17> kAvertRegions{{{"CA", -8},
                                                                          {"CENT", -6},
                                                                          {"FL", -5},
                                                                          {"MIDA", -5},
                                                                          {"MIDW", -6},
                                                                          {"NCSC", -5},
                                                                          {"NE", -5},
                                                                          {"NW", -8},
                                                                          {"NY", -5},
                                                                          {"RM", -7},
                                                                          {"SE", -6},
                                                                          {"SW", -7},
                                                                          {"TE", -6},
                                                                          {"TN", -6},
                                                                          {"AKGD", -9},
                                                                          {"HIMS", -10},
                                                                          {"HIOA", -10}}};

template <class Table>
auto look_up(const Table& table, std::string_view name) {
  for (const auto& [key, value] : table)
    if (key == name) return std::optional(value);
  return std::optional<std::decay_t<decltype(table.front().second)>>();
}

}  // namespace

std::optional<std::string_view> balancing_authority_zone(std::string_view authority) {
  return look_up(kAuthorities, authority);
}
std::optional<int> avert_offset_h(std::string_view region) { return look_up(kAvertRegions, region); }

}  // namespace olivine
