// Dimension: what a number of the account is a measure of, as exponents of energy, carbon, water, money, time, data and area.
// Dimensions multiply with their quantities, so that 91 kW x hours is an energy by itself and kWh + kg is refused.
//
//   kPower == divide(kEnergy, kTime);  kIntensity == divide(kCarbon, kEnergy);  name_of(kIntensity) == "g/kWh"
//
// Units: coherent, so that no product needs a factor: J, g (of CO2e; all mass here is carbon), L, the account's currency, s,
// byte, m2; power is J/s, an intensity g/J. Counts (devices, requests, tokens, FLOP, shares) are plain numbers.
// DisplayUnit turns a coherent number into the unit that people read: 3.6e6 J -> 1 kWh.
// Errors: kInvalid when an exponent leaves -60..60. Threads: pure. Lifetime: values.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "base/result.h"

namespace olivine {

struct Dimension {
  std::int8_t energy = 0;
  std::int8_t carbon = 0;
  std::int8_t water = 0;
  std::int8_t money = 0;
  std::int8_t time = 0;
  std::int8_t data = 0;
  std::int8_t area = 0;
  bool operator==(const Dimension&) const = default;
};

inline constexpr Dimension kPlainNumber{};
inline constexpr Dimension kEnergyDimension{.energy = 1};
inline constexpr Dimension kCarbonDimension{.carbon = 1};
inline constexpr Dimension kWaterDimension{.water = 1};
inline constexpr Dimension kMoneyDimension{.money = 1};
inline constexpr Dimension kTimeDimension{.time = 1};
inline constexpr Dimension kDataDimension{.data = 1};
inline constexpr Dimension kAreaDimension{.area = 1};
inline constexpr Dimension kPowerDimension{.energy = 1, .time = -1};
inline constexpr Dimension kIntensityDimension{.energy = -1, .carbon = 1};
inline constexpr Dimension kWaterIntensityDimension{.energy = -1, .water = 1};
inline constexpr Dimension kPriceDimension{.energy = -1, .money = 1};

Result<Dimension> multiply(const Dimension& a, const Dimension& b);
Result<Dimension> divide(const Dimension& a, const Dimension& b);
Result<Dimension> power(const Dimension& a, double exponent);  // kInvalid when an exponent would not be whole

// The unit that a number of this dimension is read in: kWh, W, kg, g/kWh, L, L/kWh, h, GB, cm2, currency/kWh, g/h ...
struct DisplayUnit {
  std::string text;     // "" for a plain number
  double factor = 1.0;  // coherent units in one of these
};
DisplayUnit display_unit(const Dimension& dimension);
std::string name_of(const Dimension& dimension);  // its display unit, "a plain number" where there is none
// "12.3 kWh": three significant digits in the display unit; energy, carbon and water scale (MWh, kg, t, m3).
std::string quantity_text(double coherent, const Dimension& dimension);

}  // namespace olivine
