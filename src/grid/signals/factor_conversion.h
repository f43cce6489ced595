// Typed factors: what a kilowatt-hour's carbon figure includes, and the few conversions that keep that true (METHODS 9).
//
// A figure for electricity is direct (the stack), upstream (fuel supply, plant), or lifecycle (both); it is made at the plant
// (production) or for the consumer (consumption), in CO2 or CO2e, with or without the grid's losses, for one year. Two figures of
// different types are never added, averaged or compared: each function here says which type it takes, and refuses the others.
//
//   100 kWh, direct 400, upstream 60, loss 6 %:
//     scope 2            100 x 400                    = 40.000 kg
//     upstream           100 x 60                     =  6.000 kg     (scope 3, category 3)
//     losses, direct     100 x 400 x 0.06 / 0.94      =  2.553 kg     (scope 3, category 3)
//     losses, upstream   100 x 60 x 0.06 / 0.94       =  0.383 kg
//   upstream 60 on top of a lifecycle 460 is refused: the 460 holds it.
//
// `loss` is the part of what enters the grid that does not arrive; per unit that arrives it is loss / (1 - loss). Source: GHG
// Protocol Scope 3 Standard, category 3; scope 2 is counted at the meter.
// Units: g/kWh, kWh, g. Errors: kInvalid says which type was met and which is needed. Threads: pure. Lifetime: values.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "units/quantity.h"

namespace olivine {

enum class FactorScope { kDirect, kUpstream, kLifecycle };
enum class FactorAccounting { kProduction, kConsumption };
enum class FactorLosses { kExcluded, kIncluded };
enum class FactorGases { kCo2, kCo2e };

struct FactorType {
  FactorScope scope = FactorScope::kLifecycle;
  FactorAccounting accounting = FactorAccounting::kProduction;
  FactorLosses losses = FactorLosses::kExcluded;
  FactorGases gases = FactorGases::kCo2e;
  int year = 0;  // 0: not stated, which is a type of its own
  bool operator==(const FactorType&) const = default;
};
std::string text_of(const FactorType& type);  // "lifecycle, production, losses excluded, CO2e, 2023"

struct TypedFactor {
  CarbonIntensity intensity;
  FactorType type;
};

// direct + upstream = lifecycle. All else of the types must be equal.
Result<TypedFactor> add_upstream(const TypedFactor& direct, const TypedFactor& upstream);
// lifecycle - direct = upstream; kInvalid when that is below 0.
Result<TypedFactor> upstream_of(const TypedFactor& lifecycle, const TypedFactor& direct);
// Per unit that arrives: x 1 / (1 - loss). Refused when losses are in already.
Result<TypedFactor> with_losses(const TypedFactor& factor, Ratio loss);
// x (1 - loss). Refused when they are not in.
Result<TypedFactor> without_losses(const TypedFactor& factor, Ratio loss);
// The energy-weighted mean of factors of one type.
struct WeightedFactor {
  TypedFactor factor;
  Energy energy;
};
Result<TypedFactor> mean_factor(std::span<const WeightedFactor> factors);

// The lines of an electricity account.
struct ElectricityAccount {
  Carbon scope2, upstream, losses_direct, losses_upstream;
};
// `energy` at the meter; both factors without losses.
Result<ElectricityAccount> account_electricity(Energy energy, const TypedFactor& direct, const TypedFactor& upstream,
                                               Ratio loss);

}  // namespace olivine
