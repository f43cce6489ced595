#include "units/format.h"

#include <fmt/core.h>

#include <array>
#include <cmath>
#include <span>

#include "base/text.h"

namespace olivine {
namespace {

struct Scale {
  double factor;  // canonical units in one of it
  std::string_view name;
};
constexpr std::array<Scale, 4> kEnergyScales{{{3.6e3, "Wh"}, {3.6e6, "kWh"}, {3.6e9, "MWh"}, {3.6e12, "GWh"}}};
constexpr std::array<Scale, 3> kCarbonScales{{{1.0, "g"}, {1e3, "kg"}, {1e6, "t"}}};
constexpr std::array<Scale, 3> kPowerScales{{{1.0, "W"}, {1e3, "kW"}, {1e6, "MW"}}};

const Scale& scale_for(double canonical, std::span<const Scale> scales) {
  constexpr double kRoundsToOne = 0.9995;  // 999.5 Wh is 1 kWh to three digits
  const Scale* chosen = &scales.front();
  for (const Scale& s : scales)
    if (std::abs(canonical) >= s.factor * kRoundsToOne) chosen = &s;
  return *chosen;
}

std::string with_scale(double canonical, std::span<const Scale> scales) {
  const Scale& s = scale_for(canonical, scales);
  return fmt::format("{} {}", format_number(canonical / s.factor), s.name);
}

std::string range_with_scale(double value, double lower, double upper, std::span<const Scale> scales) {
  const Scale& s = scale_for(value, scales);
  return fmt::format("{} {}  ({} .. {})", format_number(value / s.factor), s.name, format_number(lower / s.factor),
                     format_number(upper / s.factor));
}

Result<double> parse_scaled(std::string_view text, std::span<const Scale> units, std::string_view expected) {
  const std::string_view trimmed = trim(text);
  for (const Scale& unit : units) {
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

std::string format_energy(Energy e) { return with_scale(e.canonical(), kEnergyScales); }
std::string format_carbon(Carbon c) { return with_scale(c.canonical(), kCarbonScales); }
std::string format_power(Power p) { return with_scale(p.canonical(), kPowerScales); }

std::string format_carbon_range(Carbon value, Carbon lower, Carbon upper) {
  return range_with_scale(value.canonical(), lower.canonical(), upper.canonical(), kCarbonScales);
}

Result<Energy> parse_energy(std::string_view text) {
  // Longer names first: "kWh" ends in "Wh".
  static constexpr std::array<Scale, 6> kUnits{
      {{3.6e6, "kWh"}, {3.6e9, "MWh"}, {3.6e3, "Wh"}, {1e3, "kJ"}, {1e6, "MJ"}, {1.0, "J"}}};
  return parse_scaled(text, kUnits, "an energy such as 2kWh, 300Wh or 50kJ").map([](double j) { return joules(j); });
}

Result<Power> parse_power(std::string_view text) {
  static constexpr std::array<Scale, 3> kUnits{{{1e3, "kW"}, {1e6, "MW"}, {1.0, "W"}}};
  return parse_scaled(text, kUnits, "a power such as 300W or 1.2kW").map([](double w) { return watts(w); });
}

}  // namespace olivine
