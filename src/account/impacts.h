// Impacts of energy and hardware: operational carbon, water, cost, embodied carbon. Pure arithmetic on estimates; what is
// multiplied with what stands here and nowhere else.
//
//   operational = E_it x PUE x intensity          0.41 Wh x 1.2 x 56 g/kWh = 0.0276 g
//   water       = E_it x (WUE_site + PUE x WUE_grid)   100 kWh, 1.2, 1.8, 3.1 L/kWh: 180 + 372 = 552 L  (METHODS 15)
//   embodied    = M x (time / life) x use / utilisation    1,000 kg, 5 y, utilisation 0.5: 200 kg a year in all (METHODS 13)
//
// Units: by type. Errors: throws std::logic_error on a life or utilisation that is not positive. Threads: pure.
// Lifetime: values. Sources: METHODS 1, 13, 15; SCI (ISO/IEC 21031) for M x TiR/EL x RR/ToR.
#pragma once

#include "base/time.h"
#include "units/estimate.h"

namespace olivine {

inline constexpr double kHoursPerYear = 8760.0;

Estimate<Carbon> operational_carbon(const Estimate<Energy>& it_energy, const Estimate<Ratio>& pue,
                                    const Estimate<CarbonIntensity>& intensity);

struct WaterUse {
  Estimate<Water> on_site, at_power_station, total;
};
WaterUse water_use(const Estimate<Energy>& it_energy, const Estimate<Ratio>& pue, const Estimate<WaterIntensity>& site,
                   const Estimate<WaterIntensity>& grid);

Estimate<Money> energy_cost(const Estimate<Energy>& it_energy, const Estimate<Ratio>& pue,
                            const Estimate<Price>& price);

struct EmbodiedInput {
  Estimate<Carbon> manufacture;  // of the whole machine, M
  Estimate<Ratio> life_years;
  Estimate<Ratio> utilisation;  // share of its life that the machine does useful work
  Duration time;                // that the run held the machine
  double use = 0.0;             // part of the machine that the run used meanwhile, 0..1
};
// The range by first order; where that reaches below 0, the product's (product_range.h).
Estimate<Carbon> embodied_carbon(const EmbodiedInput& input);

// value / divisor; each bound of the divisor moves the quotient as far as it really does (1/x is not linear).
Spread divided_spread(const Spread& value, const Spread& divisor);
template <class Q>
Estimate<Q> divided(const Estimate<Q>& value, const Estimate<Ratio>& divisor) {
  return Estimate<Q>(divided_spread(value.spread(), divisor.spread()));
}

}  // namespace olivine
