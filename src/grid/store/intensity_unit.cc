#include "grid/store/intensity_unit.h"

#include <fmt/core.h>

#include <array>

#include "base/text.h"

namespace olivine {
namespace {

constexpr double kGramsPerPound = 453.59237;
constexpr std::array<IntensityUnit, 6> kUnits{{{"g_per_kwh", "g/kWh", 1.0},
                                               {"kg_per_mwh", "kg/MWh", 1.0},
                                               {"lb_per_mwh", "lb/MWh", kGramsPerPound / 1000.0},
                                               {"lb_per_kwh", "lb/kWh", kGramsPerPound},
                                               {"kg_per_kwh", "kg/kWh", 1000.0},
                                               {"t_per_mwh", "t/MWh", 1000.0}}};

// "Carbon Intensity gCO₂eq/kWh (direct)" as "carbonintensitygco2eq/kwh(direct)"; words that only separate go.
std::string squeezed(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i).starts_with("\xe2\x82\x82")) {  // subscript two
      out.push_back('2');
      i += 2;
    } else if (text[i] != ' ' && text[i] != '_') {
      out.push_back(text[i]);
    }
  }
  return to_lower(out);
}

// The mass before "/" or "per": the longest unit that the text ends with.
std::string_view mass_at_end(std::string_view text) {
  for (const std::string_view gas : {"co2equivalent", "co2eq", "co2e", "co2", "co"}) {
    if (!text.ends_with(gas)) continue;
    text.remove_suffix(gas.size());
    break;
  }
  if (text.ends_with("kg")) return "kg";
  if (text.ends_with("lbs") || text.ends_with("lb")) return "lb";
  if (text.ends_with("mg")) return "";
  if (text.ends_with("g")) return "g";
  return text == "t" || text == "ton" ? "t" : "";
}

}  // namespace

std::optional<IntensityUnit> unit_in(std::string_view header) {
  const std::string text = squeezed(header);
  for (const std::string_view energy : {"kwh", "mwh"}) {
    const std::size_t at = text.find(energy);
    if (at == std::string::npos) continue;
    std::string_view before = std::string_view(text).substr(0, at);
    if (before.ends_with("/"))
      before.remove_suffix(1);
    else if (before.ends_with("per"))
      before.remove_suffix(3);
    else
      continue;
    const std::string name = fmt::format("{}_per_{}", mass_at_end(before), energy);
    for (const IntensityUnit& unit : kUnits)
      if (unit.name == name) return unit;
  }
  return std::nullopt;
}

Result<IntensityUnit> intensity_unit(std::string_view name) {
  for (const IntensityUnit& unit : kUnits)
    if (unit.name == name || unit.shown_as == name) return unit;
  if (const auto unit = unit_in(name)) return *unit;
  return fail(ErrorKind::kInvalid,
              fmt::format("'{}' is not a unit of intensity; known: g_per_kwh, kg_per_mwh, lb_per_mwh, lb_per_kwh, "
                          "kg_per_kwh, t_per_mwh",
                          printable(name.substr(0, 60))));
}

}  // namespace olivine
