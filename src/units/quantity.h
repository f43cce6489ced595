// Quantity: one type per dimension. A bare double goes in and out only through a function that names the unit, so watts
// cannot be added to joules and nobody guesses whether a carbon figure is in grams or kilograms.
//
//   Energy e = watts(100.0) * hours(1);              // power x duration -> energy
//   double kwh = in_kilowatt_hours(e);               // 0.1
//   Carbon c = e * grams_per_kilowatt_hour(56.0);    // 5.6 g CO2e
//
// Units: canonical units inside are J, W, g CO2e, g CO2e/kWh, L, L/kWh, the account's currency, bytes. 3.6e6 stands here
// and nowhere else. Only the physical products below exist.
// Errors: none. Threads: values. Lifetime: values.
#pragma once

#include <compare>

#include "base/time.h"

namespace olivine {

template <class Tag>
class Quantity {
 public:
  constexpr Quantity() = default;
  static constexpr Quantity from_canonical(double value) {
    Quantity q;
    q.value_ = value;
    return q;
  }
  constexpr double canonical() const { return value_; }

  constexpr auto operator<=>(const Quantity&) const = default;
  constexpr Quantity operator+(Quantity o) const { return from_canonical(value_ + o.value_); }
  constexpr Quantity operator-(Quantity o) const { return from_canonical(value_ - o.value_); }
  constexpr Quantity operator-() const { return from_canonical(-value_); }
  constexpr Quantity& operator+=(Quantity o) {
    value_ += o.value_;
    return *this;
  }
  constexpr Quantity operator*(double k) const { return from_canonical(value_ * k); }
  constexpr Quantity operator/(double k) const { return from_canonical(value_ / k); }
  constexpr double operator/(Quantity o) const { return value_ / o.value_; }

 private:
  double value_ = 0.0;
};
template <class Tag>
constexpr Quantity<Tag> operator*(double k, Quantity<Tag> q) {
  return q * k;
}

struct EnergyTag {
  static constexpr const char* kUnit = "J";
};
struct PowerTag {
  static constexpr const char* kUnit = "W";
};
struct CarbonTag {
  static constexpr const char* kUnit = "g";
};
struct CarbonIntensityTag {
  static constexpr const char* kUnit = "g/kWh";
};
struct WaterTag {
  static constexpr const char* kUnit = "L";
};
struct WaterIntensityTag {
  static constexpr const char* kUnit = "L/kWh";
};
struct MoneyTag {
  static constexpr const char* kUnit = "currency";
};
struct PriceTag {
  static constexpr const char* kUnit = "currency/kWh";
};
struct RatioTag {
  static constexpr const char* kUnit = "1";
};
using Energy = Quantity<EnergyTag>;
using Power = Quantity<PowerTag>;
using Carbon = Quantity<CarbonTag>;
using CarbonIntensity = Quantity<CarbonIntensityTag>;
using Water = Quantity<WaterTag>;
using WaterIntensity = Quantity<WaterIntensityTag>;
using Money = Quantity<MoneyTag>;
using Price = Quantity<PriceTag>;  // of a kilowatt-hour
using Ratio = Quantity<RatioTag>;  // PUE, shares

inline constexpr double kJoulesPerKilowattHour = 3.6e6;

constexpr Energy joules(double v) { return Energy::from_canonical(v); }
constexpr Energy microjoules(double v) { return Energy::from_canonical(v * 1e-6); }
constexpr Energy watt_hours(double v) { return Energy::from_canonical(v * (kJoulesPerKilowattHour / 1000.0)); }
constexpr Energy kilowatt_hours(double v) { return Energy::from_canonical(v * kJoulesPerKilowattHour); }
constexpr Power watts(double v) { return Power::from_canonical(v); }
constexpr Carbon grams(double v) { return Carbon::from_canonical(v); }
constexpr Carbon kilograms(double v) { return Carbon::from_canonical(v * 1000.0); }
constexpr CarbonIntensity grams_per_kilowatt_hour(double v) { return CarbonIntensity::from_canonical(v); }
constexpr Water litres(double v) { return Water::from_canonical(v); }
constexpr WaterIntensity litres_per_kilowatt_hour(double v) { return WaterIntensity::from_canonical(v); }
constexpr Money money(double v) { return Money::from_canonical(v); }
constexpr Price price_per_kilowatt_hour(double v) { return Price::from_canonical(v); }
constexpr Ratio ratio(double v) { return Ratio::from_canonical(v); }

constexpr double in_joules(Energy e) { return e.canonical(); }
constexpr double in_watt_hours(Energy e) { return e.canonical() / (kJoulesPerKilowattHour / 1000.0); }
constexpr double in_kilowatt_hours(Energy e) { return e.canonical() / kJoulesPerKilowattHour; }
constexpr double in_watts(Power p) { return p.canonical(); }
constexpr double in_grams(Carbon c) { return c.canonical(); }
constexpr double in_grams_per_kilowatt_hour(CarbonIntensity i) { return i.canonical(); }
constexpr double in_litres(Water w) { return w.canonical(); }
constexpr double in_money(Money m) { return m.canonical(); }
constexpr double as_number(Ratio r) { return r.canonical(); }

constexpr Energy operator*(Power p, Duration d) { return joules(in_watts(p) * in_seconds(d)); }
constexpr Energy operator*(Duration d, Power p) { return p * d; }
constexpr Power operator/(Energy e, Duration d) { return watts(in_joules(e) / in_seconds(d)); }
constexpr Carbon operator*(Energy e, CarbonIntensity i) { return grams(in_kilowatt_hours(e) * i.canonical()); }
constexpr Water operator*(Energy e, WaterIntensity i) { return litres(in_kilowatt_hours(e) * i.canonical()); }
constexpr Money operator*(Energy e, Price p) { return money(in_kilowatt_hours(e) * p.canonical()); }

}  // namespace olivine
