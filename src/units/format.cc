#include "units/format.h"

#include <fmt/core.h>

#include <array>
#include <cmath>
#include <span>

#include "base/text.h"

namespace olivine {
namespace {

// A run of a second draws a few joules: those read better than 0.00001 Wh.
constexpr std::array<UnitScale, 6> kEnergyScales{{{0.0, 1e-3, "mJ"},
                                                  {0.01, 1.0, "J"},
                                                  {0.36, 3.6e3, "Wh"},
                                                  {3.6e6, 3.6e6, "kWh"},
                                                  {3.6e9, 3.6e9, "MWh"},
                                                  {3.6e12, 3.6e12, "GWh"}}};
constexpr std::array<UnitScale, 4> kCarbonScales{
    {{0.0, 1e-3, "mg"}, {1e-3, 1.0, "g"}, {1e3, 1e3, "kg"}, {1e6, 1e6, "t"}}};
constexpr std::array<UnitScale, 3> kPowerScales{{{0.0, 1.0, "W"}, {1e3, 1e3, "kW"}, {1e6, 1e6, "MW"}}};
constexpr std::array<UnitScale, 3> kWaterScales{{{0.0, 1e-3, "mL"}, {1.0, 1.0, "L"}, {1e3, 1e3, "m3"}}};

// `zero`: what nothing is told in.
UnitScale scale_for(double canonical, std::span<const UnitScale> scales, std::size_t zero) {
  constexpr double kRoundsToOne = 0.9995;  // 999.5 Wh is 1 kWh to three digits
  if (canonical == 0.0) return scales[zero];
  UnitScale chosen = scales.front();
  for (const UnitScale& s : scales)
    if (std::abs(canonical) >= s.from * kRoundsToOne) chosen = s;
  return chosen;
}

std::string with_scale(double canonical, const UnitScale& s) {
  return fmt::format("{} {}", format_number(canonical / s.factor), s.name);
}

std::string range_with_scale(double value, double lower, double upper, const UnitScale& s) {
  return fmt::format("{} {}  ({} .. {})", format_number(value / s.factor), s.name, format_number(lower / s.factor),
                     format_number(upper / s.factor));
}

struct Unit {
  double factor;  // canonical units in one of it
  std::string_view name;
};

Result<double> parse_scaled(std::string_view text, std::span<const Unit> units, std::string_view expected) {
  const std::string_view trimmed = trim(text);
  for (const Unit& unit : units) {
    if (!trimmed.ends_with(unit.name)) continue;
    const auto number = parse_double(trim(trimmed.substr(0, trimmed.size() - unit.name.size())));
    if (number && *number >= 0.0 && std::isfinite(*number * unit.factor)) return *number * unit.factor;
  }
  return fail(ErrorKind::kInvalid, fmt::format("'{}' is not {}", printable(text), expected));
}

}  // namespace

std::string format_number(double value) {
  if (value == 0.0) return "0";
  if (!std::isfinite(value)) return "unknown";
  const double size = std::abs(value);
  if (size >= 1e6 || size < 1e-4) return fmt::format("{:.2e}", value);
  const int before_point = static_cast<int>(std::floor(std::log10(size))) + 1;
  const int decimals = before_point >= 3 ? 0 : 3 - before_point;
  std::string text = fmt::format("{:.{}f}", value, decimals);
  if (text.find('.') != std::string::npos) {
    while (text.back() == '0') text.pop_back();
    if (text.back() == '.') text.pop_back();
  }
  return text;
}

UnitScale energy_scale(double joules) { return scale_for(joules, kEnergyScales, 2); }
UnitScale carbon_scale(double grams) { return scale_for(grams, kCarbonScales, 1); }
UnitScale water_scale(double litres) { return scale_for(litres, kWaterScales, 1); }

std::string format_energy(Energy e) { return with_scale(e.canonical(), energy_scale(e.canonical())); }
std::string format_carbon(Carbon c) { return with_scale(c.canonical(), carbon_scale(c.canonical())); }
std::string format_power(Power p) { return with_scale(p.canonical(), scale_for(p.canonical(), kPowerScales, 0)); }

std::string format_carbon_range(Carbon value, Carbon lower, Carbon upper) {
  return range_with_scale(value.canonical(), lower.canonical(), upper.canonical(), carbon_scale(value.canonical()));
}

Result<Energy> parse_energy(std::string_view text) {
  // Longer names first: "kWh" ends in "Wh".
  static constexpr std::array<Unit, 6> kUnits{
      {{3.6e6, "kWh"}, {3.6e9, "MWh"}, {3.6e3, "Wh"}, {1e3, "kJ"}, {1e6, "MJ"}, {1.0, "J"}}};
  return parse_scaled(text, kUnits, "an energy such as 2kWh, 300Wh or 50kJ").map([](double j) { return joules(j); });
}

Result<Power> parse_power(std::string_view text) {
  static constexpr std::array<Unit, 3> kUnits{{{1e3, "kW"}, {1e6, "MW"}, {1.0, "W"}}};
  return parse_scaled(text, kUnits, "a power such as 300W or 1.2kW").map([](double w) { return watts(w); });
}

Result<Carbon> parse_carbon(std::string_view text) {
  static constexpr std::array<Unit, 3> kUnits{{{1e3, "kg"}, {1.0, "g"}, {1e6, "t"}}};
  return parse_scaled(text, kUnits, "a mass such as 20g or 1.2kg").map([](double g) { return grams(g); });
}

}  // namespace olivine
