#include "planning/supply_plan.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

#include "planning/job_programme.h"
#include "planning/slot_means.h"
#include "units/format.h"
#include "units/quantity.h"

namespace olivine {
namespace {

constexpr std::size_t kBatteryPrices = 12;  // tried, from 0 to the dearest slot's
constexpr double kMostJoules = 9e12;        // as microjoules they fit 64 bits
bool is_less(double a, double b) { return a < b && b - a > 1e-12 * std::abs(b); }

class SupplyPlanner {
 public:
  SupplyPlanner(const SupplyRequest& request, const JobProgramme& programme)
      : r_(request),
        job_(programme),
        slot_s_(in_seconds(request.job.slot)),
        pause_cost_(by_cost() ? 0.0 : request.job.pause_g) {}

  Result<SupplyPlan> plan() {
    OLIVINE_CHECK_STATUS(lay_out());
    SupplyPlan out;
    OLIVINE_TRY(const ChosenSchedule at_once, job_.at_once());
    std::tie(out.plan.baseline, out.baseline) = priced(at_once);
    try_starts();
    if (r_.job.may_pause) {
      OLIVINE_CHECK_STATUS(r_.supply.battery ? try_battery_prices(out) : try_pauses());
    } else if (best_) {
      out.plan.bound = best_value_;
    }
    if (!best_) return fail(ErrorKind::kNotFound, why_none());
    if (!r_.supply.battery) out.plan.bound = best_value_;
    out.plan.bound = std::min(out.plan.bound, best_value_);
    out.plan.gap = best_value_ != 0.0 ? (best_value_ - out.plan.bound) / std::abs(best_value_) : 0.0;
    out.exact = !r_.supply.battery || !r_.job.may_pause || out.plan.gap <= 1e-12;
    out.settled = settled_;
    std::tie(out.plan.best, out.best) = priced(*best_);
    finish(out);
    return out;
  }

 private:
  bool by_cost() const { return r_.job.objective == Objective::kCost; }
  double of(const Burden& b) const {
    return by_cost() ? b.cost : r_.job.objective == Objective::kMarginal ? b.marginal : b.average;
  }

  // What a slot brings, and whether a plan may take from the grid then: it is known, and nowhere in it below zero.
  struct Moment : SupplyMoment {
    bool grid_may = true;
  };
  const Moment& moment(std::size_t t, double part) const { return (part < 1.0 ? last_ : moments_)[t]; }

  Status lay_out() {
    const WallInterval span{r_.job.now, {r_.job.now.ns + r_.job.deadline.ns}};
    const ZoneIntensity& zone = r_.job.zones.front();
    if (r_.supply.grid_limit_w != 0.0) OLIVINE_CHECK_STATUS(check_reach(zone, r_.job.objective, span));
    if (!r_.sun.empty()) OLIVINE_CHECK_STATUS(reaches_over(r_.sun, "sun's power in " + r_.sun_source, span));
    OLIVINE_TRY(last_, moments_of(job_.last_length(), job_.slots()));
    OLIVINE_TRY(moments_, moments_of(r_.job.slot, job_.slots() - (job_.is_cut(job_.slots() - 1) ? 1 : 0)));
    if (moments_.size() < last_.size())
      moments_.push_back(last_.back());  // cut by the deadline: never used but in part
    return check_countable();
  }

  // What the first `part` of each slot brings.
  Result<std::vector<Moment>> moments_of(Duration part, std::size_t count) const {
    const auto laid = [&](const auto& points, auto value) {
      return means_of(points, r_.job.now, r_.job.slot, count, value, part);
    };
    std::vector<Moment> out(count);
    const ZoneIntensity& zone = r_.job.zones.front();
    if (!r_.sun.empty()) {
      const auto sun = laid(r_.sun, [](const SunPoint& p) { return p.power_w; });
      for (std::size_t t = 0; t < count; ++t) {
        if (std::isnan(sun[t]))
          return fail(ErrorKind::kNotFound,
                      fmt::format("{} does not know all of {} from {} on: fill in the gap (0 where there is no sun)",
                                  r_.sun_source, format_duration(part), format_utc(time_of(t))));
        out[t].solar_w = sun[t];
      }
    }
    const auto grams = [&](const std::optional<IntensitySeries>& series, auto value) {
      return laid(series ? series->points : std::vector<IntensityPoint>{}, value);
    };
    const auto g_of = [](const IntensityPoint& p) { return p.g_per_kwh; };
    const auto average = grams(zone.average, g_of), marginal = grams(zone.marginal, g_of),
               money = laid(zone.prices, [](const PricePoint& p) { return p.per_kwh; });
    const auto usable =
        by_cost() ? money : grams(r_.job.objective == Objective::kMarginal ? zone.marginal : zone.average, usable_g);
    for (std::size_t t = 0; t < count; ++t) {
      out[t].grid = {average[t], marginal[t], money[t]};
      out[t].grid_may = !std::isnan(usable[t]);
    }
    return out;
  }

  // Nothing below may leave 64 bits of microjoules.
  Status check_countable() const {
    double most_w = r_.job.power_w;
    for (const Moment& m : both()) most_w = std::max(most_w, m.solar_w);
    for (const CurveStep& s : r_.job.curve)
      if (s.end > s.begin) most_w = std::max(most_w, s.energy_j / in_seconds({s.end.ns - s.begin.ns}));
    const double charged_w = r_.supply.battery && r_.supply.battery->charge_below ? r_.supply.battery->charge_w : 0.0;
    if ((2.0 * most_w + charged_w) * slot_s_ * static_cast<double>(job_.slots() + 1) +
            r_.job.pause_j * static_cast<double>(job_.slots()) <=
        kMostJoules)
      return {};
    return fail(ErrorKind::kInvalid,
                "a supply counts up to 2.5 GWh in a plan: state the job's share alone, or plan less far ahead");
  }

  std::optional<double> of_objective(const PricedSchedule& s) const {
    if (by_cost()) return s.cost;
    return r_.job.objective == Objective::kMarginal ? s.emissions_g.marginal : s.emissions_g.average;
  }

  // Exported sun carries the grid's marginal intensity.
  bool sun_is_grids() const { return r_.supply.surplus_exported && r_.job.objective == Objective::kMarginal; }
  // Whole slots, and their first parts.
  std::vector<Moment> both() const {
    std::vector<Moment> all = moments_;
    all.insert(all.end(), last_.begin(), last_.end());
    return all;
  }
  double sun_price(const SupplyMoment& m) const { return sun_is_grids() ? m.grid.marginal : of(r_.supply.solar); }

  WallTime time_of(std::size_t slot) const {
    return {r_.job.now.ns + static_cast<std::int64_t>(slot) * r_.job.slot.ns};
  }

  SupplyStep take(SupplySettlement& supply, std::size_t t, double use, double part) const {
    return supply.step(use * r_.job.power_w / part, slot_s_ * part, moment(t, part));
  }
  // Of what is taken there; not a number where nothing may be planned.
  double price(const SupplyStep& step, std::size_t t, double part) const {
    const SupplyFlows& f = step.flows;
    const bool noise =
        (f.grid_to_work > 0 || (sun_is_grids() && f.solar_to_work > 0)) && !by_cost() && !moment(t, part).grid_may;
    return f.shortfall > 0 || noise ? kNotKnown : of(step.bill.total());
  }

  std::pair<PricedSchedule, SettledSchedule> priced(const ChosenSchedule& schedule) const {
    SupplySettlement supply(r_.supply);
    SettledSchedule settled;
    const ScheduleUse use = job_.use_of(schedule);
    const std::size_t end = schedule.runs.back().end;
    for (std::size_t t = 0; t < end; ++t) {
      const double part = t + 1 == end ? job_.last_part() : 1.0;
      const SupplyStep step = take(supply, t, use.slots[t], part);
      const SupplyFlows& f = step.flows;
      const WallTime begin = time_of(t);
      if (f.work > 0 || f.solar_to_battery > 0 || f.grid_to_battery > 0)
        settled.slots.push_back(
            {begin, {begin.ns + std::llround(part * static_cast<double>(r_.job.slot.ns))}, f, supply.content_uj()});
    }
    settled.flows = supply.flows();
    settled.bill = supply.bill();
    settled.content_before_uj = supply.content_before_uj();
    settled.content_uj = supply.content_uj();
    PricedSchedule out;
    const Burden total = settled.bill.total();
    const double pauses_g = static_cast<double>(use.paid_pauses) * r_.job.pause_g;
    const auto known = [&](double v) {
      return std::isnan(v) || settled.flows.shortfall > 0 ? std::nullopt : std::optional(v);
    };
    out.emissions_g = {known(total.average + pauses_g), known(total.marginal + pauses_g)};
    out.cost = known(total.cost);
    out.energy_j = static_cast<double>(settled.flows.work) * 1e-6;
    job_.set_segments(schedule, r_.job.zones.front().zone, out);
    return {std::move(out), std::move(settled)};
  }

  void offer(const ChosenSchedule& schedule, double value) {
    ++settled_;
    if (std::isnan(value) || (best_ && !is_less(value, best_value_))) return;
    best_ = schedule;
    best_value_ = value;
  }

  // Each start goes on from what waiting until then left in the battery.
  void try_starts() {
    const std::vector<double> uses = job_.use_of(job_.start_at(0)).slots;
    SupplySettlement waiting(r_.supply);
    for (std::size_t start = 0; start < job_.starts(); ++start) {
      SupplySettlement supply = waiting;
      const std::int64_t short_before = supply.flows().shortfall;
      double value = 0.0;
      for (std::size_t w = 0; w < job_.whole_slots(); ++w) {
        const double part = w + 1 == job_.whole_slots() ? job_.last_part() : 1.0;
        value += price(take(supply, start + w, uses[w], part), start + w, part);
      }
      offer(job_.start_at(start), value);
      const std::int64_t is_short = supply.flows().shortfall - short_before;
      least_short_uj_ = start == 0 ? is_short : std::min(least_short_uj_, is_short);
      take(waiting, start, 0.0, 1.0);
    }
  }

  double settled_value(const ChosenSchedule& schedule) const {
    SupplySettlement supply(r_.supply);
    const ScheduleUse use = job_.use_of(schedule);
    double value = static_cast<double>(use.paid_pauses) * pause_cost_;
    const std::size_t end = schedule.runs.back().end;
    for (std::size_t t = 0; t < end; ++t) {
      const double part = t + 1 == end ? job_.last_part() : 1.0;
      value += price(take(supply, t, use.slots[t], part), t, part);
    }
    return value;
  }

  // Without a battery: exact.
  Status try_pauses() {
    const auto found = job_.cheapest(
        [&](std::size_t t, double use, double part) {
          SupplySettlement supply(r_.supply);
          return price(take(supply, t, use, part), t, part);
        },
        pause_cost_);
    if (!found && found.error().kind != ErrorKind::kNotFound) return tl::unexpected<Error>(found.error());
    if (found) offer(*found, settled_value(*found));
    return {};
  }

  // Of a slot, where each kWh of the battery costs this much and is there whenever one wants it.
  double relaxed(std::size_t t, double use, double part, double battery_price) const {
    const double seconds = slot_s_ * part, work = use * r_.job.power_w * slot_s_;
    const Moment& m = moment(t, part);
    const double sun = std::min(work, m.solar_w * seconds), rest = work - sun;
    const double most = std::min(rest, r_.supply.battery->discharge_w * seconds);
    const double least = r_.supply.grid_limit_w ? std::max(0.0, rest - *r_.supply.grid_limit_w * seconds) : 0.0;
    if (least > most + 1e-6) return kNotKnown;  // a microjoule is the rounding of the limits
    const bool may = m.grid_may;
    const double grid = of(m.grid);
    const double from_battery = may && grid < battery_price ? std::min(least, most) : most;
    const double from_grid = rest - from_battery > 1e-6 ? rest - from_battery : 0.0;
    if ((from_grid > 0.0 || (sun_is_grids() && sun > 0.0)) && !may) return kNotKnown;
    return ((sun > 0.0 ? sun * sun_price(m) : 0.0) + from_battery * battery_price +
            (from_grid > 0.0 ? from_grid * grid : 0.0)) /
           kJoulesPerKilowattHour;
  }

  // The least that a kWh out of the battery can carry, and the most that it could ever deliver.
  std::pair<double, double> battery_at_best() const {
    const BatteryShare& b = *r_.supply.battery;
    double least =
        b.content_j > 0.0 && !std::isnan(of(b.content)) ? of(b.content) : std::numeric_limits<double>::infinity();
    double most_j = b.content_j;
    for (std::size_t t = 0; t < moments_.size(); ++t) {
      const bool from_grid = b.charge_below && (moments_[t].grid_may || last_[t].grid_may);
      most_j += b.efficiency * (from_grid ? b.charge_w : std::min(b.charge_w, moments_[t].solar_w)) * slot_s_;
    }
    for (const Moment& m : both()) {
      const bool from_grid = b.charge_below && m.grid_may;
      if (!(b.charge_w > 0.0) || (!from_grid && !(m.solar_w > 0.0))) continue;
      if (from_grid) least = std::min(least, of(m.grid) / b.efficiency);
      if (m.solar_w > 0.0) least = std::min(least, sun_price(m) / b.efficiency);  // one that is not known is not less
    }
    return {std::isfinite(least) ? least : 0.0, most_j};
  }

  Status try_battery_prices(SupplyPlan& out) {
    const auto [least, most_j] = battery_at_best();
    double dearest = least;
    for (const Moment& m : both()) dearest = std::max(dearest, std::isnan(of(m.grid)) ? 0.0 : of(m.grid));
    double bound = 0.0;
    bool fits = true;
    for (std::size_t k = 0; k <= kBatteryPrices && fits; ++k) {
      const double extra = (dearest - least) * static_cast<double>(k) / static_cast<double>(kBatteryPrices),
                   battery_price = least + extra;
      const auto found = job_.cheapest(
          [&](std::size_t t, double use, double part) { return relaxed(t, use, part, battery_price); }, pause_cost_);
      if (!found && found.error().kind != ErrorKind::kNotFound) return tl::unexpected<Error>(found.error());
      fits = found.has_value();
      if (!fits) break;
      const ScheduleUse use = job_.use_of(*found);
      const std::size_t end = found->runs.back().end;
      double value = static_cast<double>(use.paid_pauses) * pause_cost_ - extra * most_j / kJoulesPerKilowattHour;
      for (std::size_t t = 0; t < end; ++t)
        if (use.slots[t] != 0.0)
          value += relaxed(t, use.slots[t], t + 1 == end ? job_.last_part() : 1.0, battery_price);
      bound = k == 0 ? value : std::max(bound, value);
      offer(*found, settled_value(*found));
    }
    out.plan.bound = bound;
    return {};
  }

  std::string why_none() const {
    if (least_short_uj_ > 0)
      return fmt::format(
          "the supply cannot carry the job within {}: any start is short by {} or more; raise the grid's limit, or "
          "give it more time",
          format_duration(r_.job.deadline), format_energy(joules(static_cast<double>(least_short_uj_) * 1e-6)));
    return fmt::format(
        "in every schedule within {} something of what the supply gives is not known, or the grid's intensity is below "
        "zero{}",
        format_duration(r_.job.deadline), unstated().empty() ? "" : "; " + unstated());
  }

  // What of the battery's first charge is not stated, and counts.
  std::string unstated() const {
    if (!r_.supply.battery || r_.supply.battery->content_j == 0.0 || !std::isnan(of(r_.supply.battery->content)))
      return "";
    return fmt::format("what the battery's first charge carries is not stated: {}",
                       by_cost() ? "charge_price_per_kwh" : "charge_g_per_kwh");
  }

  void finish(SupplyPlan& out) const {
    JobPlan& plan = out.plan;
    plan.saving = {saving_of(plan.baseline.emissions_g.average, plan.best.emissions_g.average),
                   saving_of(plan.baseline.emissions_g.marginal, plan.best.emissions_g.marginal)};
    plan.cost_saving = saving_of(plan.baseline.cost, plan.best.cost);
    if (out.baseline.flows.shortfall > 0)
      plan.notes.push_back(fmt::format(
          "at once the supply is short by {}: the job cannot start now, and there is nothing to compare with",
          format_energy(joules(static_cast<double>(out.baseline.flows.shortfall) * 1e-6))));
    if (!unstated().empty() && (out.baseline.flows.battery_to_work > 0 || out.best.flows.battery_to_work > 0))
      plan.notes.push_back(unstated());
    if (!of_objective(plan.baseline) && out.baseline.flows.shortfall == 0)
      plan.notes.push_back("what the job emits or costs at once is not known: nothing to compare with");
    for (std::string& note : job_.rounding()) plan.notes.push_back(std::move(note));
    if (by_cost()) return;
    const auto negative = std::count_if(moments_.begin(), moments_.end(),
                                        [&](const Moment& m) { return !m.grid_may && !std::isnan(of(m.grid)); });
    if (negative > 0)
      plan.notes.push_back(fmt::format("{}: {} of {} slots have an intensity below zero; the grid is not used then",
                                       r_.job.zones.front().zone, negative, moments_.size()));
  }

  const SupplyRequest& r_;
  const JobProgramme& job_;
  double slot_s_, pause_cost_;
  std::vector<Moment> moments_, last_;  // of whole slots; of their parts that the last slot of work takes
  std::optional<ChosenSchedule> best_;
  double best_value_ = 0.0;
  std::size_t settled_ = 0;
  std::int64_t least_short_uj_ = 0;
};

Status check_supply_request(const SupplyRequest& r) {
  const auto bad = [](const char* why) { return fail(ErrorKind::kInvalid, why); };
  OLIVINE_CHECK_STATUS(check(r.job));
  OLIVINE_CHECK_STATUS(check(r.supply));
  if (r.job.zones.size() != 1) return bad("a supply stands in one zone: name that one");
  if (!r.job.scales.empty()) return bad("a supply goes without scales");
  if (r.job.transfer) return bad("a supply goes without data to be moved");
  if (r.job.state != JobState::kFresh) return bad("a supply is of a job that has not begun");
  if (r.job.objective == Objective::kBoth) return bad("a supply goes with the objective average, marginal or cost");
  for (const SunPoint& p : r.sun)
    if (!(p.power_w >= 0.0) || !std::isfinite(p.power_w)) return bad("the sun's power must be 0 or more");
  return {};
}

}  // namespace

Result<SupplyPlan> plan_with_supply(const SupplyRequest& request) {
  OLIVINE_CHECK_STATUS(check_supply_request(request));
  OLIVINE_TRY(const JobProgramme programme, JobProgramme::of(request.job));
  return SupplyPlanner(request, programme).plan();
}

}  // namespace olivine
