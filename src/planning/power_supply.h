// A virtual power supply: the shares of a grid connection, a solar array and a battery that one job may use, and what each of
// them gave, slot by slot, in whole microjoules.
//
//   rule  1 the sun first
//         2 where the grid's intensity is above `discharge_above`: the battery, then the grid; else the grid, then the battery
//         3 what nobody can give is a shortfall: it is named, and never taken from the grid
//         4 the sun's surplus charges the battery; the grid does only where `charge_below` says so; the rest is surplus
//
//   solar to work + battery to work + grid to work + shortfall = work          solar to work + solar to battery + surplus = solar
//   solar to battery + grid to battery = stored + losses                       content before + stored - battery to work = content
//
// The content is counted in what it can deliver: the whole loss of a round trip is taken when charging. It carries what its
// energy was charged with: grams by average, by margin and money, each by itself, mixed evenly; a job pays for what it takes out.
// Unknown stays unknown until the battery is empty. Standing loss, wear and the making of a battery are not counted.
//
//   1 kW of work for 1 h, 400 W of sun, grid at 300 g/kWh, 500 Wh in the battery at 100 g/kWh, used above 200 g/kWh:
//     sun 400 Wh, battery 500 Wh (50 g), grid 100 Wh (30 g); empty afterwards
//
// Units: by name; g CO2e and money per kWh, NaN where not known. Errors: none here; check() says kInvalid. Threads: values.
// Lifetime: values; a settlement keeps a reference to its supply.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>

#include "base/result.h"
#include "grid/intensity.h"

namespace olivine {

inline constexpr double kNotKnown = std::numeric_limits<double>::quiet_NaN();

// Of a kWh, or of an amount: grams by both signals, and money. The three never mix.
struct Burden {
  double average = 0.0, marginal = 0.0, cost = 0.0;
  Burden& operator+=(const Burden& o);
  // `uj` of energy that carries this much a kWh; nothing of it carries nothing, also where it is not known.
  Burden of(std::int64_t uj) const;
};

struct BatteryShare {
  double capacity_j = 0.0;  // that it can deliver when full
  double charge_w = 0.0, discharge_w = 0.0;
  double efficiency = 1.0;                          // of a round trip
  double content_j = 0.0;                           // at the beginning
  Burden content{kNotKnown, kNotKnown, kNotKnown};  // of a kWh of that
  // g/kWh of the grid; absent: only at the grid's limit, never from the grid.
  std::optional<double> discharge_above = std::nullopt, charge_below = std::nullopt;
  Signal by = Signal::kAverage;  // of these two
};

struct PowerSupply {
  std::optional<double> grid_limit_w = std::nullopt;  // absent: not limited
  Burden solar = {};                                  // of a kWh
  bool surplus_exported = false;                      // else nobody gets it
  std::optional<BatteryShare> battery = std::nullopt;
};
Status check(const PowerSupply& supply);

// What there is for a while, even over it.
struct SupplyMoment {
  double solar_w = 0.0;
  Burden grid{kNotKnown, kNotKnown, kNotKnown};
};

struct SupplyFlows {  // microjoules
  std::int64_t work = 0, solar = 0;
  std::int64_t solar_to_work = 0, battery_to_work = 0, grid_to_work = 0, shortfall = 0;
  std::int64_t solar_to_battery = 0, grid_to_battery = 0, stored = 0, losses = 0, surplus = 0;
  SupplyFlows& operator+=(const SupplyFlows& o);
  bool operator==(const SupplyFlows&) const = default;
};

// What the job pays for, by where it came from.
struct SupplyBill {
  Burden solar, battery, grid;
  Burden total() const;
};

struct SupplyStep {
  SupplyFlows flows;
  SupplyBill bill;
};

class SupplySettlement {
 public:
  explicit SupplySettlement(const PowerSupply& supply);
  // The next `seconds` with `load_w` of work. Throws std::logic_error for energy below 0 or beyond 9e18 uJ.
  SupplyStep step(double load_w, double seconds, const SupplyMoment& moment);

  const SupplyFlows& flows() const { return flows_; }
  const SupplyBill& bill() const { return bill_; }
  std::int64_t content_uj() const { return content_uj_; }
  std::int64_t content_before_uj() const { return begun_uj_; }
  // Of all that is in the battery, not of a kWh.
  const Burden& held() const { return held_; }

 private:
  Burden sun_of(const SupplyMoment& moment) const;  // of a kWh
  std::int64_t from_battery(std::int64_t wanted_uj, double seconds) const;
  void discharge(std::int64_t uj, SupplyStep& out);
  void charge(const SupplyMoment& moment, double seconds, SupplyStep& out);
  std::int64_t charged(std::int64_t offered_uj, std::int64_t room_in_uj, const Burden& per_kwh);

  const PowerSupply& supply_;
  std::int64_t content_uj_ = 0, begun_uj_ = 0, capacity_uj_ = 0;
  Burden held_;
  SupplyFlows flows_;
  SupplyBill bill_;
};

}  // namespace olivine
