// Market-based carbon: contracts cover the energy that was used where and when they deliver, in the order of the manifest; the rest
// takes the residual mix (METHODS 10). 100 MWh, 60 certified at 0, residual 400 g/kWh: 16 t.
#include <fmt/format.h>

#include <algorithm>

#include "account/lifecycle/activity_work.h"

namespace olivine {
namespace {

constexpr WantedValue kEnergyWanted{kEnergyDimension, "", "\"60 MWh\""};
constexpr WantedValue kShareWanted{kPlainNumber, "", "0.6", 0.0, 1.0};
constexpr WantedValue kIntensityWanted{kIntensityDimension, "", "\"400 g/kWh\""};

using Maybe = std::optional<FormulaId>;

// One part's energy on its way through the contracts.
struct Rest {
  ActivityWork* work = nullptr;
  const EnergyPart* part = nullptr;
  FormulaId energy = 0;           // not yet covered
  std::vector<FormulaId> carbon;  // of what is covered
};

class MarketBuilder {
 public:
  MarketBuilder(AccountContext& context, std::vector<ActivityWork>& works) : c_(context) {
    for (ActivityWork& w : works)
      for (const EnergyPart& part : w.parts) rests_.push_back({&w, &part, part.facility, {}});
  }

  Status build() {
    const Manifest& m = c_.manifest;
    if (m.contracts.empty() && m.residual_intensity.absent()) return {};
    for (std::size_t i = 0; i < m.contracts.size(); ++i) OLIVINE_CHECK_STATUS(serve(m.contracts[i], i));
    OLIVINE_TRY(residual_, c_.values.value(m.residual_intensity, kIntensityWanted, "market.residual_intensity"));
    if (!residual_)
      c_.note(
          "no residual mix is stated ([market] residual_intensity): what contracts do not cover is priced market-based "
          "at the grid's average, which counts certified energy twice");
    std::map<ActivityWork*, std::vector<FormulaId>> sums;
    for (Rest& rest : rests_) {
      OLIVINE_TRY(const FormulaId left, uncovered(rest));
      rest.carbon.push_back(left);
      for (const FormulaId id : rest.carbon) sums[rest.work].push_back(id);
    }
    for (auto& [work, ids] : sums) {
      OLIVINE_TRY(work->terms["market"],
                  c_.labelled(c_.graph.sum(ids), fmt::format("market-based carbon of {}", work->activity->id),
                              "contracts + residual mix"));
    }
    return {};
  }

 private:
  // The share of a part's time in which a contract delivers to its zone; 0 where it does not.
  Result<double> fit(const ManifestContract& contract, const Rest& rest) const {
    if (!contract.zone.empty()) {
      const std::string zone = !rest.work->shown.zone.empty() ? rest.work->shown.zone : rest.part->zone;
      if (zone != contract.zone && rest.part->zone != contract.zone) return 0.0;
    }
    if (contract.at.empty()) return 1.0;
    auto span = parse_account_span(contract.at);
    if (!span) return c_.refuse(contract.line, "contract: at: " + span.error().message);
    if (span->instant) span->interval.end.ns += hours(1).ns;
    if (!rest.part->span) return 0.0;
    const std::vector<EnergySlice> even{{*rest.part->span, joules(1.0)}};
    const std::vector<EnergySlice>& slices = rest.part->slices.empty() ? even : rest.part->slices;
    double inside = 0.0, all = 0.0;
    for (const EnergySlice& s : slices) {
      const double e = in_joules(s.energy);
      const auto length = static_cast<double>(std::max<std::int64_t>(s.interval.end.ns - s.interval.begin.ns, 1));
      const auto overlap = static_cast<double>(std::max<std::int64_t>(
          std::min(s.interval.end.ns, span->interval.end.ns) - std::max(s.interval.begin.ns, span->interval.begin.ns),
          0));
      inside += e * overlap / length;
      all += e;
    }
    return all > 0.0 ? inside / all : 0.0;
  }

  Status serve(const ManifestContract& contract, std::size_t index) {
    const std::string id = contract.id.empty() ? fmt::format("contract {}", index + 1) : contract.id;
    OLIVINE_TRY(const Maybe intensity,
                c_.values.value(contract.intensity, kIntensityWanted, fmt::format("{}.intensity", id)));
    if (!intensity) return c_.refuse(contract.line, fmt::format("{}: intensity cannot be \"none\"", id));
    std::vector<std::pair<Rest*, FormulaId>> eligible;
    std::vector<FormulaId> energies;
    for (Rest& rest : rests_) {
      OLIVINE_TRY(const double share, fit(contract, rest));
      if (share <= 0.0) continue;
      FormulaId energy = rest.energy;
      if (share < 1.0) {
        OLIVINE_TRY(energy, c_.labelled(c_.graph.product({c_.exact(share, kPlainNumber,
                                                                   fmt::format("share of {} in the time of {}",
                                                                               rest.work->activity->id, id)),
                                                          rest.energy}),
                                        fmt::format("energy that {} may cover", id), ""));
      }
      eligible.emplace_back(&rest, energy);
      energies.push_back(energy);
    }
    if (eligible.empty()) {
      c_.note(fmt::format("{} covers nothing: no energy was used in its zone and time", id));
      return {};
    }
    OLIVINE_TRY(const FormulaId share, covered_share(contract, id, energies));
    for (auto& [rest, energy] : eligible) {
      OLIVINE_TRY(const FormulaId covered,
                  c_.labelled(c_.graph.product({energy, share}),
                              fmt::format("energy of {} that {} covers", rest->work->activity->id, id), ""));
      OLIVINE_TRY(const FormulaId carbon, c_.labelled(c_.graph.product({covered, *intensity}),
                                                      fmt::format("carbon of {} by {}", rest->work->activity->id, id),
                                                      "covered energy x the contract's intensity"));
      rest->carbon.push_back(carbon);
      OLIVINE_TRY(rest->energy, c_.labelled(c_.graph.difference(rest->energy, covered),
                                            fmt::format("energy of {} not yet covered", rest->work->activity->id), ""));
    }
    return {};
  }
  Result<FormulaId> covered_share(const ManifestContract& contract, const std::string& id,
                                  const std::vector<FormulaId>& energies) {
    if (!contract.share.absent()) {
      OLIVINE_TRY(const Maybe share, c_.values.value(contract.share, kShareWanted, fmt::format("{}.share", id)));
      if (!share) return c_.refuse(contract.line, fmt::format("{}: share cannot be \"none\"", id));
      return *share;
    }
    OLIVINE_TRY(const Maybe bought, c_.values.value(contract.energy, kEnergyWanted, fmt::format("{}.energy", id)));
    if (!bought) return c_.refuse(contract.line, fmt::format("{}: energy cannot be \"none\"", id));
    OLIVINE_TRY(const FormulaId used, c_.labelled(c_.graph.sum(energies), fmt::format("energy that {} may cover", id),
                                                  "used in its zone and time, not covered before"));
    OLIVINE_TRY(const FormulaValue mean, evaluate_mean(c_.graph, used));
    if (mean.value.value_or(mean.lower_bound.value_or(0.0)) <= 0.0)
      return c_.exact(0.0, kPlainNumber, fmt::format("share that {} covers of no energy", id));
    OLIVINE_TRY(const FormulaValue contracted, evaluate_mean(c_.graph, *bought));
    if (mean.value && contracted.value && *contracted.value > *mean.value)
      c_.note(fmt::format("{} delivers {}, of which {} was used in its zone and time; the rest lowers nothing", id,
                          quantity_text(*contracted.value, kEnergyDimension),
                          quantity_text(*mean.value, kEnergyDimension)));
    const FormulaId both[] = {*bought, used};
    OLIVINE_TRY(const FormulaId covered, c_.labelled(c_.graph.minimum(both), fmt::format("energy that {} covers", id),
                                                     "the lesser of contracted and used"));
    return c_.labelled(c_.graph.quotient(covered, used), fmt::format("share that {} covers", id), "covered / used");
  }
  // What no contract covers.
  Result<FormulaId> uncovered(const Rest& rest) {
    const std::string& id = rest.work->activity->id;
    if (residual_)
      return c_.labelled(c_.graph.product({rest.energy, *residual_}),
                         fmt::format("carbon of {} at the residual mix", id), "uncovered energy x residual intensity");
    const auto location = rest.work->terms.find("operational");
    const auto energy = rest.work->terms.find("energy");
    if (location == rest.work->terms.end() || energy == rest.work->terms.end())
      return c_.graph.unknown(kCarbonDimension, "no residual mix and no location-based figure");
    OLIVINE_TRY(const FormulaValue used, evaluate_mean(c_.graph, energy->second));
    if (used.value.value_or(used.lower_bound.value_or(0.0)) <= 0.0)
      return c_.exact(0.0, kCarbonDimension, fmt::format("carbon of no energy of {}", id));
    OLIVINE_TRY(const FormulaId mean,
                c_.labelled(c_.graph.quotient(location->second, energy->second),
                            fmt::format("mean intensity of {}", id), "location-based carbon / energy"));
    return c_.labelled(c_.graph.product({rest.energy, mean}), fmt::format("carbon of {} at the grid's average", id),
                       "uncovered energy x location-based mean; no residual mix is stated");
  }

  AccountContext& c_;
  std::vector<Rest> rests_;
  Maybe residual_;
};

}  // namespace

Status build_market(AccountContext& context, std::vector<ActivityWork>& works) {
  return MarketBuilder(context, works).build();
}

}  // namespace olivine
