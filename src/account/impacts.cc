#include "account/impacts.h"

#include <stdexcept>

#include "account/product_range.h"

namespace olivine {

Spread divided_spread(const Spread& value, const Spread& divisor) {
  if (!(divisor.mean() > 0.0)) throw std::logic_error("a divisor must be positive");
  const double quotient = value.mean() / divisor.mean();
  std::vector<Sensitivity> moves;
  for (const Sensitivity& s : value.sensitivities())
    moves.push_back({s.input, s.down / divisor.mean(), s.up / divisor.mean()});
  for (const Sensitivity& s : divisor.sensitivities()) {
    const auto moved = [&](double move) {
      const double moved_divisor = divisor.mean() + move;
      return moved_divisor > 0.0 ? value.mean() / moved_divisor - quotient : -quotient;
    };
    moves.push_back({s.input, moved(s.down), moved(s.up)});
  }
  return Spread(quotient, std::move(moves));
}

Estimate<Carbon> operational_carbon(const Estimate<Energy>& it_energy, const Estimate<Ratio>& pue,
                                    const Estimate<CarbonIntensity>& intensity) {
  return product(times(it_energy, pue), intensity);
}

WaterUse water_use(const Estimate<Energy>& it_energy, const Estimate<Ratio>& pue, const Estimate<WaterIntensity>& site,
                   const Estimate<WaterIntensity>& grid) {
  WaterUse use;
  use.on_site = product(it_energy, site);
  use.at_power_station = product(times(it_energy, pue), grid);
  use.total = sum(use.on_site, use.at_power_station);
  return use;
}

Estimate<Money> energy_cost(const Estimate<Energy>& it_energy, const Estimate<Ratio>& pue,
                            const Estimate<Price>& price) {
  return product(times(it_energy, pue), price);
}

Estimate<Carbon> embodied_carbon(const EmbodiedInput& input) {
  const double years = in_seconds(input.time) / 3600.0 / kHoursPerYear;
  const Estimate<Carbon> carbon =
      divided(divided(input.manufacture, input.life_years), input.utilisation).scaled(years * input.use);
  if (!(carbon.lower().canonical() < 0.0)) return carbon;
  // First order reaches below nothing where a range is wide (a guest on an unknown host): the range of the product instead.
  const auto whole = [](const auto& e) {
    return RangedFactor{e.mean().canonical(), e.lower().canonical(), e.upper().canonical()};
  };
  const auto inverse = [](const auto& e) {
    return RangedFactor{1.0 / e.mean().canonical(), 1.0 / e.upper().canonical(), 1.0 / e.lower().canonical()};
  };
  const RangedFactor factors[] = {whole(input.manufacture), inverse(input.life_years), inverse(input.utilisation)};
  const ProductRange range = log_range(factors);
  const double unit = years * input.use;
  return Estimate<Carbon>(with_range(carbon.spread(), {range.lower * unit, range.upper * unit}));
}

}  // namespace olivine
