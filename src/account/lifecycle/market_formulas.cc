// Market-based carbon: contracts cover the energy that was used where and when they deliver, in the order of the manifest; the rest
// takes the residual mix (METHODS 10). 100 MWh, 60 certified at 0, residual 400 g/kWh: 16 t. Without a residual mix it is unknown; where
// the manifest says that none is published ("none"), the location-based factor serves and a note says so (docs/adr/0031).
#include <fmt/format.h>

#include <algorithm>

#include "account/lifecycle/activity_work.h"
#include "base/time.h"

namespace olivine {
namespace {

constexpr WantedValue kEnergyWanted{kEnergyDimension, "", "\"60 MWh\""};
constexpr WantedValue kShareWanted{kPlainNumber, "", "0.6", 0.0, 1.0};
constexpr WantedValue kIntensityWanted{kIntensityDimension, "", "\"400 g/kWh\""};
constexpr double kCovered = 1e-9;  // of the energy: no more is rounding

using Maybe = std::optional<FormulaId>;

// One part's energy on its way through the contracts, of a stretch of time in which the same contracts apply.
struct Rest {
  ActivityWork* work = nullptr;
  const EnergyPart* part = nullptr;
  std::optional<WallTime> begin;  // of the stretch; absent: nobody said when
  FormulaId energy = 0;           // not yet covered
  std::vector<FormulaId> carbon;  // of what is covered
};

class MarketBuilder {
 public:
  MarketBuilder(AccountContext& context, std::vector<ActivityWork>& works) : c_(context), works_(works) {}

  Status build() {
    const Manifest& m = c_.manifest;
    if (m.contracts.empty() && m.residual_intensity.absent()) return {};
    OLIVINE_CHECK_STATUS(cut());
    for (std::size_t i = 0; i < m.contracts.size(); ++i) OLIVINE_CHECK_STATUS(serve(m.contracts[i], i));
    OLIVINE_TRY(residual_, c_.values.value(m.residual_intensity, kIntensityWanted, "market.residual_intensity"));
    none_published_ = m.residual_intensity.form == WrittenValue::Form::kNone;
    if (none_published_)
      c_.note(
          "no residual mix exists (residual_intensity = \"none\"): what contracts do not cover is priced market-based "
          "at the "
          "location-based factor, which may count certified energy twice (GHG Protocol scope 2)");
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
  // The times at which contracts begin and end, and with them the stretches of every part.
  Status cut() {
    std::vector<std::int64_t> cuts;
    for (const ManifestContract& contract : c_.manifest.contracts) {
      OLIVINE_TRY(const auto interval, interval_of(contract));
      if (interval) cuts.insert(cuts.end(), {interval->begin.ns, interval->end.ns});
    }
    std::sort(cuts.begin(), cuts.end());
    for (ActivityWork& w : works_)
      for (const EnergyPart& part : w.parts) OLIVINE_CHECK_STATUS(add_stretches(w, part, cuts));
    return {};
  }

  Result<std::optional<WallInterval>> interval_of(const ManifestContract& contract) const {
    if (contract.at.empty()) return std::optional<WallInterval>();
    auto span = parse_account_span(contract.at);
    if (!span) return c_.refuse(contract.line, "contract: at: " + span.error().message);
    if (span->instant) span->interval.end.ns += hours(1).ns;
    return std::optional(span->interval);
  }

  Status add_stretches(ActivityWork& w, const EnergyPart& part, const std::vector<std::int64_t>& cuts) {
    if (!part.span) {
      rests_.push_back({&w, &part, std::nullopt, part.facility, {}});
      return {};
    }
    std::vector<std::int64_t> bounds{part.span->begin.ns};
    for (const std::int64_t at : cuts)
      if (at > bounds.back() && at < part.span->end.ns) bounds.push_back(at);
    for (std::size_t i = 0; i < bounds.size(); ++i) {
      const std::int64_t end = i + 1 < bounds.size() ? bounds[i + 1] : part.span->end.ns;
      Rest rest{&w, &part, WallTime{bounds[i]}, part.facility, {}};
      if (bounds.size() > 1) {
        const double share = share_between(part, bounds[i], end);
        if (share <= 0.0) continue;
        OLIVINE_TRY(rest.energy,
                    c_.labelled(c_.graph.product({c_.exact(share, kPlainNumber,
                                                           fmt::format("share of {} from {} on", w.activity->id,
                                                                       format_utc({bounds[i]}))),
                                                  part.facility}),
                                fmt::format("energy of {} while the same contracts apply", w.activity->id), ""));
      }
      rests_.push_back(std::move(rest));
    }
    return {};
  }

  // Of a part's energy.
  static double share_between(const EnergyPart& part, std::int64_t begin_ns, std::int64_t end_ns) {
    const std::vector<EnergySlice> even{{*part.span, joules(1.0)}};
    double inside = 0.0, all = 0.0;
    for (const EnergySlice& s : part.slices.empty() ? even : part.slices) {
      const double e = in_joules(s.energy);
      const std::int64_t from = s.interval.begin.ns, to = std::max(s.interval.end.ns, from + 1);
      const auto overlap =
          static_cast<double>(std::max<std::int64_t>(std::min(to, end_ns) - std::max(from, begin_ns), 0));
      inside += e * overlap / static_cast<double>(to - from);
      all += e;
    }
    return all > 0.0 ? inside / all : 0.0;
  }

  // Whether a contract delivers where and when this energy was used.
  Result<bool> fits(const ManifestContract& contract, const Rest& rest) const {
    if (!contract.zone.empty()) {
      const std::string zone = !rest.work->shown.zone.empty() ? rest.work->shown.zone : rest.part->zone;
      if (zone != contract.zone && rest.part->zone != contract.zone) return false;
    }
    OLIVINE_TRY(const auto interval, interval_of(contract));
    return !interval || (rest.begin && *rest.begin >= interval->begin && *rest.begin < interval->end);
  }

  Status serve(const ManifestContract& contract, std::size_t index) {
    const std::string id = contract.id.empty() ? fmt::format("contract {}", index + 1) : contract.id;
    OLIVINE_TRY(const Maybe intensity,
                c_.values.value(contract.intensity, kIntensityWanted, fmt::format("{}.intensity", id)));
    if (!intensity) return c_.refuse(contract.line, fmt::format("{}: intensity cannot be \"none\"", id));
    std::vector<Rest*> eligible;
    std::vector<FormulaId> energies;
    for (Rest& rest : rests_) {
      OLIVINE_TRY(const bool fit, fits(contract, rest));
      if (!fit) continue;
      eligible.push_back(&rest);
      energies.push_back(rest.energy);
    }
    if (eligible.empty()) {
      c_.note(fmt::format("{} covers nothing: no energy was used in its zone and time", id));
      return {};
    }
    OLIVINE_TRY(const FormulaId share, covered_share(contract, id, energies));
    for (Rest* rest : eligible) {
      OLIVINE_TRY(const FormulaId covered,
                  c_.labelled(c_.graph.product({rest->energy, share}),
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
    OLIVINE_TRY(const FormulaValue left, evaluate_mean(c_.graph, rest.energy));
    OLIVINE_TRY(const FormulaValue all, evaluate_mean(c_.graph, rest.part->facility));
    if (left.value && all.value && *left.value <= kCovered * *all.value)
      return c_.exact(0.0, kCarbonDimension, fmt::format("carbon of what contracts leave of {}: nothing", id));
    if (!none_published_)
      return c_.graph.unknown(kCarbonDimension,
                              "part of the energy is under no contract and no residual mix is stated; write [market] "
                              "residual_intensity = \"400 g/kWh\", or \"none\" where none is published");
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
                       "uncovered energy x location-based mean; no residual mix is published");
  }

  AccountContext& c_;
  std::vector<ActivityWork>& works_;
  std::vector<Rest> rests_;
  Maybe residual_;
  bool none_published_ = false;  // stated so: the location-based factor serves
};

}  // namespace

Status build_market(AccountContext& context, std::vector<ActivityWork>& works) {
  return MarketBuilder(context, works).build();
}

}  // namespace olivine
