// Scopes: whose emissions are they, and in which drawer of a greenhouse gas inventory do they lie?
//
//   100 kWh at one's own meter, direct 400, upstream 60, loss 6 %:
//     scope 2                                  40.000 kg
//     scope 3, category 3: upstream             6.000 kg
//                          losses, direct       2.553 kg
//                          losses, upstream     0.383 kg
//   a lifecycle factor of 460 alone:           46.000 kg in scopes 2 and 3 together; how much in which is unknown
//   upstream 60 on top of a lifecycle 460:     refused, the 460 holds it
//   at a supplier's meter (cloud, colocation): all of it is scope 3, category 1 (purchased services), none is scope 2
//   embodied carbon:                           scope 3, category 2 (capital goods); at a supplier category 1
//
// Losses are of the grid: loss / (1 - loss) per unit that arrives. A factor that includes them is refused beside a stated loss.
//
// Units: by type. Errors: kInvalid says which type of factor was met and which is needed (METHODS 9: types are never mixed).
// Threads: pure. Lifetime: values. Source: METHODS 9; GHG Protocol Scope 3 Standard (2011), category 3, and Scope 2 Guidance.
#pragma once

#include <optional>
#include <string>

#include "grid/signals/factor_conversion.h"
#include "units/estimate.h"

namespace olivine {

// A factor with its range and its type.
struct EstimatedFactor {
  Estimate<CarbonIntensity> intensity;
  FactorType type;
};

enum class MeterOwner { kOwn, kSupplier };  // who buys the electricity

struct ScopeInput {
  Estimate<Energy> energy;  // at the meter: with PUE where there is one
  std::optional<EstimatedFactor> direct, upstream, lifecycle;
  std::optional<Estimate<Ratio>> loss;
  std::optional<Estimate<Carbon>> embodied;
  std::optional<Estimate<Carbon>> on_site;  // fuel burnt on site: generators
  MeterOwner meter = MeterOwner::kOwn;
};

// Of electricity; what is absent is not known, and `reason` says why.
struct ElectricityScopes {
  std::optional<Estimate<Carbon>> direct, upstream, losses_direct, losses_upstream;
  std::optional<Estimate<Carbon>> lifecycle;  // direct + upstream, before losses; may be known when its parts are not
  std::string reason;
};
Result<ElectricityScopes> electricity_scopes(const ScopeInput& input);

struct ScopeMap {
  std::optional<Estimate<Carbon>> scope1, scope2, scope3;
  std::optional<Estimate<Carbon>> scopes_2_and_3;  // where only the sum of the electricity's is known
  ElectricityScopes electricity;
  std::string reason;
};
// scope 3 holds what is known of it: upstream, losses, embodied, at a supplier's meter all.
Result<ScopeMap> scope_map(const ScopeInput& input);

}  // namespace olivine
