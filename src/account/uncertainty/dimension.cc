#include "account/uncertainty/dimension.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>
#include <vector>

#include "units/format.h"
#include "units/quantity.h"

namespace olivine {
namespace {

constexpr int kLargestExponent = 60;
constexpr double kSecondsPerHour = 3600.0;

using Exponents = std::array<int, 7>;

Exponents exponents_of(const Dimension& d) { return {d.energy, d.carbon, d.water, d.money, d.time, d.data, d.area}; }

Result<Dimension> dimension_of(const Exponents& e) {
  if (std::any_of(e.begin(), e.end(), [](int v) { return std::abs(v) > kLargestExponent; }))
    return fail(ErrorKind::kInvalid,
                fmt::format("a unit to a power beyond {}: simplify the formula", kLargestExponent));
  const auto narrow = [&](std::size_t i) { return static_cast<std::int8_t>(e[i]); };
  return Dimension{narrow(0), narrow(1), narrow(2), narrow(3), narrow(4), narrow(5), narrow(6)};
}

struct NamedUnit {
  const char* text;
  double factor;  // coherent units in one
};
// What each base dimension is read in, in the order of exponents_of.
constexpr std::array<NamedUnit, 7> kBaseUnits{{{"kWh", kJoulesPerKilowattHour},
                                               {"g", 1.0},
                                               {"L", 1.0},
                                               {"currency", 1.0},
                                               {"h", kSecondsPerHour},
                                               {"GB", 1e9},
                                               {"cm2", 1e-4}}};

// Scales of what people meet in many sizes, smallest first.
std::span<const NamedUnit> scales_of(const Dimension& d) {
  static constexpr std::array<NamedUnit, 6> kEnergyScales{
      {{"J", 1.0}, {"Wh", 3600.0}, {"kWh", 3.6e6}, {"MWh", 3.6e9}, {"GWh", 3.6e12}, {"TWh", 3.6e15}}};
  static constexpr std::array<NamedUnit, 4> kCarbonScales{{{"g", 1.0}, {"kg", 1e3}, {"t", 1e6}, {"kt", 1e9}}};
  static constexpr std::array<NamedUnit, 3> kWaterScales{{{"mL", 1e-3}, {"L", 1.0}, {"m3", 1e3}}};
  static constexpr std::array<NamedUnit, 3> kPowerScales{{{"W", 1.0}, {"kW", 1e3}, {"MW", 1e6}}};
  if (d == kEnergyDimension) return kEnergyScales;
  if (d == kCarbonDimension) return kCarbonScales;
  if (d == kWaterDimension) return kWaterScales;
  if (d == kPowerDimension) return kPowerScales;
  return {};
}

void append_factor(std::string& text, std::string_view unit, int exponent) {
  if (!text.empty()) text += ' ';
  text += unit;
  if (exponent != 1) text += fmt::format("^{}", exponent);
}

}  // namespace

Result<Dimension> multiply(const Dimension& a, const Dimension& b) {
  Exponents sum = exponents_of(a);
  const Exponents other = exponents_of(b);
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += other[i];
  return dimension_of(sum);
}

Result<Dimension> divide(const Dimension& a, const Dimension& b) {
  Exponents rest = exponents_of(a);
  const Exponents other = exponents_of(b);
  for (std::size_t i = 0; i < rest.size(); ++i) rest[i] -= other[i];
  return dimension_of(rest);
}

Result<Dimension> power(const Dimension& a, double exponent) {
  Exponents raised = exponents_of(a);
  for (int& e : raised) {
    const double wanted = e * exponent;
    if (e != 0 && (std::abs(wanted) > kLargestExponent || wanted != std::nearbyint(wanted)))
      return fail(ErrorKind::kInvalid,
                  fmt::format("{} cannot be raised to the power {:g}: no such unit", name_of(a), exponent));
    e = e == 0 ? 0 : static_cast<int>(wanted);
  }
  return dimension_of(raised);
}

DisplayUnit display_unit(const Dimension& dimension) {
  if (dimension == kPowerDimension) return {"W", 1.0};
  if (dimension == kCarbonDimension) return {"kg", 1000.0};
  std::string above;
  std::string below;
  double factor = 1.0;
  const Exponents exponents = exponents_of(dimension);
  for (std::size_t i = 0; i < exponents.size(); ++i) {
    const int e = exponents[i];
    if (e > 0) append_factor(above, kBaseUnits[i].text, e);
    if (e < 0) append_factor(below, kBaseUnits[i].text, -e);
    factor *= std::pow(kBaseUnits[i].factor, e);
  }
  if (below.empty()) return {above, factor};
  if (below.find(' ') != std::string::npos) below = "(" + below + ")";
  return {(above.empty() ? "1" : above) + "/" + below, factor};
}

std::string name_of(const Dimension& dimension) {
  const DisplayUnit unit = display_unit(dimension);
  return unit.text.empty() ? "a plain number" : unit.text;
}

std::string quantity_text(double coherent, const Dimension& dimension) {
  DisplayUnit unit = display_unit(dimension);
  const auto scales = scales_of(dimension);
  if (!scales.empty() && std::isfinite(coherent)) {
    NamedUnit chosen = scales.front();
    for (const NamedUnit& scale : scales)
      if (std::abs(coherent) >= scale.factor) chosen = scale;
    if (coherent != 0.0) unit = {chosen.text, chosen.factor};
  }
  const std::string number = format_number(coherent / unit.factor);
  return unit.text.empty() ? number : number + " " + unit.text;
}

}  // namespace olivine
