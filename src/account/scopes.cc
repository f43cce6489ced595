#include "account/scopes.h"

#include "account/impacts.h"

namespace olivine {
namespace {

TypedFactor typed(const EstimatedFactor& f) { return {f.intensity.mean(), f.type}; }

// What of the factors may stand together; the conversions of grid/signals hold the rules.
Status check_factors(const ScopeInput& in) {
  if (in.upstream && in.lifecycle && !in.direct) {
    // As if upstream were to be added to a direct factor: names the lifecycle one as what it is.
    const auto refused = add_upstream(typed(*in.lifecycle), typed(*in.upstream));
    return refused ? Status{} : tl::unexpected<Error>(refused.error());
  }
  if (in.upstream && in.lifecycle)
    return fail(ErrorKind::kInvalid,
                "state the upstream factor or the lifecycle factor beside the direct one, not both");
  if (in.direct && in.direct->type.scope != FactorScope::kDirect)
    return fail(ErrorKind::kInvalid, "scope 2: the factor is " + text_of(in.direct->type) + "; a direct one is needed");
  if (in.upstream && in.direct) {
    const auto whole = add_upstream(typed(*in.direct), typed(*in.upstream));
    if (!whole) return tl::unexpected<Error>(whole.error());
  }
  if (in.upstream && in.upstream->type.scope != FactorScope::kUpstream)
    return fail(ErrorKind::kInvalid, "upstream: the factor is " + text_of(in.upstream->type));
  if (in.lifecycle && in.lifecycle->type.scope != FactorScope::kLifecycle)
    return fail(ErrorKind::kInvalid, "lifecycle: the factor is " + text_of(in.lifecycle->type));
  if (!in.loss) return {};
  for (const auto* f : {&in.direct, &in.upstream, &in.lifecycle})
    if (*f && (*f)->type.losses == FactorLosses::kIncluded)
      return fail(ErrorKind::kInvalid, "losses: the factor (" + text_of((*f)->type) + ") includes them already");
  const double loss = as_number(in.loss->mean());
  if (!(loss >= 0.0 && loss < 1.0))
    return fail(ErrorKind::kInvalid, "a grid loss is a share from 0 to below 1, e.g. 0.06");
  return {};
}

// loss / (1 - loss): what does not arrive for each unit that does.
Estimate<Ratio> lost_per_arrived(const Estimate<Ratio>& loss) {
  const auto of = [](double l) { return l < 1.0 ? l / (1.0 - l) : l / 1e-9; };
  const double mean = of(as_number(loss.mean()));
  std::vector<Sensitivity> moves;
  for (const Sensitivity& s : loss.spread().sensitivities())
    moves.push_back({s.input, of(std::max(0.0, as_number(loss.mean()) + s.down)) - mean,
                     of(std::max(0.0, as_number(loss.mean()) + s.up)) - mean});
  return Estimate<Ratio>(Spread(mean, std::move(moves)));
}

std::optional<Estimate<Carbon>> plus(const std::optional<Estimate<Carbon>>& a,
                                     const std::optional<Estimate<Carbon>>& b) {
  if (!a) return b;
  if (!b) return a;
  return sum(*a, *b);
}

}  // namespace

Result<ElectricityScopes> electricity_scopes(const ScopeInput& in) {
  OLIVINE_CHECK_STATUS(check_factors(in));
  ElectricityScopes e;
  if (in.direct) e.direct = product(in.energy, in.direct->intensity);
  if (in.upstream) e.upstream = product(in.energy, in.upstream->intensity);
  if (in.lifecycle) e.lifecycle = product(in.energy, in.lifecycle->intensity);
  if (in.direct && in.lifecycle) {
    const auto upstream = upstream_of(typed(*in.lifecycle), typed(*in.direct));
    if (upstream)
      e.upstream = difference(*e.lifecycle, *e.direct);
    else
      e.reason = upstream.error().message;
  }
  if (e.direct && e.upstream && !e.lifecycle) e.lifecycle = sum(*e.direct, *e.upstream);
  if (!e.direct && e.lifecycle) e.reason = "the factor is lifecycle: how much of it is direct is not known";
  if (e.direct && !e.upstream && e.reason.empty()) e.reason = "no upstream factor is known";
  if (!e.direct && !e.lifecycle) e.reason = "no factor is known";
  if (in.loss) {
    const Estimate<Ratio> lost = lost_per_arrived(*in.loss);
    if (e.direct) e.losses_direct = times(*e.direct, lost);
    if (e.upstream) e.losses_upstream = times(*e.upstream, lost);
  }
  return e;
}

Result<ScopeMap> scope_map(const ScopeInput& in) {
  ScopeMap map;
  OLIVINE_TRY(map.electricity, electricity_scopes(in));
  const ElectricityScopes& e = map.electricity;
  map.reason = e.reason;
  const auto losses = plus(e.losses_direct, e.losses_upstream);
  if (in.meter == MeterOwner::kSupplier) {
    const auto electricity = e.lifecycle ? e.lifecycle : e.direct;
    map.scope3 = plus(plus(plus(electricity, losses), in.embodied), in.on_site);
    map.scope2 = Estimate<Carbon>::exactly(grams(0.0));
    return map;
  }
  map.scope1 = in.on_site;
  map.scope2 = e.direct;
  if (!e.direct && e.lifecycle) map.scopes_2_and_3 = plus(e.lifecycle, in.embodied);
  map.scope3 = plus(plus(e.upstream, losses), in.embodied);
  return map;
}

}  // namespace olivine
