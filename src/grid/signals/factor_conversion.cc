#include "grid/signals/factor_conversion.h"

#include <fmt/core.h>

#include <cmath>

namespace olivine {
namespace {

std::string_view name_of(FactorScope scope) {
  return scope == FactorScope::kDirect ? "direct" : scope == FactorScope::kUpstream ? "upstream" : "lifecycle";
}

Status needs(const TypedFactor& factor, FactorScope scope, std::string_view what) {
  if (!(in_grams_per_kilowatt_hour(factor.intensity) >= 0.0) ||
      !std::isfinite(in_grams_per_kilowatt_hour(factor.intensity)))
    return fail(ErrorKind::kInvalid, fmt::format("{}: a factor of {} g/kWh is no average factor", what,
                                                 in_grams_per_kilowatt_hour(factor.intensity)));
  if (factor.type.scope != scope)
    return fail(ErrorKind::kInvalid, fmt::format("{}: the factor is {}, a {} one is needed", what,
                                                 name_of(factor.type.scope), name_of(scope)));
  return {};
}

// Equal in all but scope.
Status same_but_scope(const TypedFactor& a, const TypedFactor& b, std::string_view what) {
  FactorType other = b.type;
  other.scope = a.type.scope;
  if (a.type == other) return {};
  return fail(ErrorKind::kInvalid,
              fmt::format("{}: the factors are of two types: {}; and {}", what, text_of(a.type), text_of(b.type)));
}

Status check_loss(Ratio loss) {
  if (as_number(loss) >= 0.0 && as_number(loss) < 1.0) return {};
  return fail(ErrorKind::kInvalid,
              fmt::format("a grid loss of {} is not a share from 0 to below 1, e.g. 0.06", as_number(loss)));
}

}  // namespace

std::string text_of(const FactorType& type) {
  return fmt::format("{}, {}, losses {}, {}, {}", name_of(type.scope),
                     type.accounting == FactorAccounting::kProduction ? "production" : "consumption",
                     type.losses == FactorLosses::kExcluded ? "excluded" : "included",
                     type.gases == FactorGases::kCo2 ? "CO2" : "CO2e",
                     type.year == 0 ? std::string("year not stated") : std::to_string(type.year));
}

Result<TypedFactor> add_upstream(const TypedFactor& direct, const TypedFactor& upstream) {
  if (direct.type.scope == FactorScope::kLifecycle)
    return fail(ErrorKind::kInvalid, "adding upstream: the factor is lifecycle, which holds upstream already");
  OLIVINE_CHECK_STATUS(needs(direct, FactorScope::kDirect, "adding upstream"));
  OLIVINE_CHECK_STATUS(needs(upstream, FactorScope::kUpstream, "adding upstream"));
  OLIVINE_CHECK_STATUS(same_but_scope(direct, upstream, "adding upstream"));
  TypedFactor sum{direct.intensity + upstream.intensity, direct.type};
  sum.type.scope = FactorScope::kLifecycle;
  return sum;
}

Result<TypedFactor> upstream_of(const TypedFactor& lifecycle, const TypedFactor& direct) {
  OLIVINE_CHECK_STATUS(needs(lifecycle, FactorScope::kLifecycle, "finding upstream"));
  OLIVINE_CHECK_STATUS(needs(direct, FactorScope::kDirect, "finding upstream"));
  OLIVINE_CHECK_STATUS(same_but_scope(lifecycle, direct, "finding upstream"));
  if (direct.intensity > lifecycle.intensity)
    return fail(
        ErrorKind::kInvalid,
        fmt::format("finding upstream: the direct factor {} is above the lifecycle factor {}",
                    in_grams_per_kilowatt_hour(direct.intensity), in_grams_per_kilowatt_hour(lifecycle.intensity)));
  TypedFactor difference{lifecycle.intensity - direct.intensity, direct.type};
  difference.type.scope = FactorScope::kUpstream;
  return difference;
}

Result<TypedFactor> with_losses(const TypedFactor& factor, Ratio loss) {
  OLIVINE_CHECK_STATUS(check_loss(loss));
  if (factor.type.losses == FactorLosses::kIncluded)
    return fail(ErrorKind::kInvalid, "adding losses: the factor includes them already");
  TypedFactor result{factor.intensity / (1.0 - as_number(loss)), factor.type};
  result.type.losses = FactorLosses::kIncluded;
  return result;
}

Result<TypedFactor> without_losses(const TypedFactor& factor, Ratio loss) {
  OLIVINE_CHECK_STATUS(check_loss(loss));
  if (factor.type.losses == FactorLosses::kExcluded)
    return fail(ErrorKind::kInvalid, "taking losses out: the factor does not include them");
  TypedFactor result{factor.intensity * (1.0 - as_number(loss)), factor.type};
  result.type.losses = FactorLosses::kExcluded;
  return result;
}

Result<TypedFactor> mean_factor(std::span<const WeightedFactor> factors) {
  Carbon carbon;
  Energy energy;
  for (const WeightedFactor& part : factors) {
    if (part.factor.type != factors.front().factor.type)
      return fail(ErrorKind::kInvalid, fmt::format("mean of factors of two types: {}; and {}",
                                                   text_of(factors.front().factor.type), text_of(part.factor.type)));
    if (part.energy < Energy{} || !std::isfinite(in_joules(part.energy)))
      return fail(ErrorKind::kInvalid, "mean of factors: an energy is negative or not finite");
    carbon += part.energy * part.factor.intensity;
    energy += part.energy;
  }
  if (!(energy > Energy{})) return fail(ErrorKind::kInvalid, "mean of factors: no energy to weight them by");
  return TypedFactor{grams_per_kilowatt_hour(in_grams(carbon) / in_kilowatt_hours(energy)),
                     factors.front().factor.type};
}

Result<ElectricityAccount> account_electricity(Energy energy, const TypedFactor& direct, const TypedFactor& upstream,
                                               Ratio loss) {
  OLIVINE_CHECK_STATUS(check_loss(loss));
  OLIVINE_CHECK_STATUS(needs(direct, FactorScope::kDirect, "electricity account, scope 2"));
  OLIVINE_CHECK_STATUS(needs(upstream, FactorScope::kUpstream, "electricity account, upstream"));
  OLIVINE_CHECK_STATUS(same_but_scope(direct, upstream, "electricity account"));
  if (direct.type.losses == FactorLosses::kIncluded)
    return fail(ErrorKind::kInvalid, "electricity account: the factors include losses; give them without");
  const double lost_per_arrived = as_number(loss) / (1.0 - as_number(loss));
  ElectricityAccount account;
  account.scope2 = energy * direct.intensity;
  account.upstream = energy * upstream.intensity;
  account.losses_direct = account.scope2 * lost_per_arrived;
  account.losses_upstream = account.upstream * lost_per_arrived;
  return account;
}

}  // namespace olivine
