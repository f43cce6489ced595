#include "planning/single_job.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

#include "planning/job_programme.h"
#include "planning/slot_means.h"
#include "units/quantity.h"

namespace olivine {
namespace {

constexpr std::int64_t kMostSlots = 2'000'000;
constexpr double kSigmas = 1.96;  // of a 95 % range

}  // namespace

Status check(const JobRequest& r) {
  const auto bad = [](std::string why) { return fail(ErrorKind::kInvalid, std::move(why)); };
  if (r.zones.empty()) return bad("no zone to plan for");
  if (r.slot.ns <= 0) return bad("a slot must be longer than nothing");
  if (r.duration.ns <= 0) return bad("the duration must be above 0");
  if (r.deadline < r.duration && r.scales.empty())
    return bad(fmt::format("the job takes {} and must end within {}: give it more time", format_duration(r.duration),
                           format_duration(r.deadline)));
  if (r.deadline.ns / r.slot.ns > kMostSlots)
    return bad(fmt::format("more than {} slots up to the deadline; take longer slots", kMostSlots));
  if (!(r.power_w > 0.0) || !std::isfinite(r.power_w)) return bad("the power must be above 0");
  if (!(r.paused_power_w >= 0.0) || r.paused_power_w > r.power_w)
    return bad("the power while paused must lie between 0 and the power");
  if (r.pause_time > r.deadline)
    return bad(
        fmt::format("a restart takes {}, longer than all the time up to the deadline: leave the time of pauses out",
                    format_duration(r.pause_time)));
  for (const double cost : {r.pause_g, r.pause_j})
    if (!std::isfinite(cost) || cost < 0.0) return bad("the cost of a pause must be a number of 0 or more");
  if (!(r.both_tolerance >= 0.0)) return bad("the tolerance of both signals must be 0 or more");
  if (r.scales.empty()) return {};
  if (r.scale_at_once >= r.scales.size()) return bad("the scale of the start at once is none of the job's");
  if (!r.curve.empty()) return bad("a job has a power curve or scales, not both");
  if (r.pause_g > 0.0 || r.pause_j > 0.0 || r.pause_time.ns > 0 || r.min_run.ns > 0 || r.paused_power_w > 0.0 ||
      !r.may_pause)
    return bad(
        "scales go without costs, times and rules of pauses: the greedy choice is the best one only without them");
  if (r.objective == Objective::kBoth) return bad("scales go with the objective average, marginal or cost");
  return {};
}

namespace {

const std::optional<IntensitySeries>& series_of(const ZoneIntensity& zone, bool marginal) {
  return marginal ? zone.marginal : zone.average;
}

class Planner {
 public:
  Planner(const JobRequest& request, const JobProgramme& programme) : r_(request), job_(programme) {}

  Result<JobPlan> plan() {
    OLIVINE_CHECK_STATUS(reaches(r_.zones.front()));
    JobPlan plan;
    const ZoneIntensity& home = r_.zones.front();
    OLIVINE_TRY(const ChosenSchedule at_once, job_.at_once());
    plan.baseline = priced(at_once, home);
    if (!value_of(plan.baseline)) plan.notes.push_back(no_baseline(home));
    if (job_.is_elastic() && plan.baseline.segments.front().scale != r_.scales[r_.scale_at_once].scale)
      plan.notes.push_back(fmt::format("at scale {} the job does not end in time: the baseline runs at scale {}",
                                       r_.scales[r_.scale_at_once].scale, plan.baseline.segments.front().scale));
    std::optional<Best> best;
    std::optional<Error> why;
    for (const ZoneIntensity& zone : r_.zones) {
      auto found = best_in(zone, plan);
      if (!found) {
        plan.notes.push_back(fmt::format("{} is left out: {}", zone.zone, found.error().message));
        if (!why) why = found.error();
        continue;
      }
      plan.bound = best ? std::min(plan.bound, found->bound) : found->bound;
      if (!best || found->value < best->value) best = std::move(*found);
    }
    if (!best) return tl::unexpected<Error>(*why);
    plan.best = priced(best->schedule, *best->zone);
    reprice(plan, *best);
    finish(plan, at_once, *best);
    return plan;
  }

 private:
  struct Best {
    const ZoneIntensity* zone = nullptr;
    ChosenSchedule schedule;
    double value = 0.0, bound = 0.0;  // of the objective
  };

  bool by_marginal() const { return r_.objective == Objective::kMarginal; }
  std::optional<double> value_of(const PricedSchedule& s) const {
    if (r_.objective == Objective::kCost) return s.cost;
    return by_marginal() ? s.emissions_g.marginal : s.emissions_g.average;
  }

  std::string no_baseline(const ZoneIntensity& home) const {
    return fmt::format("{} of {} is not known for all of {} from {} on: nothing to compare with",
                       r_.objective == Objective::kCost
                           ? "the price"
                           : fmt::format("the {} intensity", by_marginal() ? "marginal" : "average"),
                       home.zone, format_duration(r_.duration), format_utc(r_.now));
  }

  Status covered(const ZoneIntensity& zone) const {
    return check_reach(zone, r_.objective, {r_.now, {r_.now.ns + r_.deadline.ns}});
  }
  bool has_data(const ZoneIntensity& zone) const {
    if (r_.objective == Objective::kCost) return !zone.prices.empty();
    const auto known = [&](bool marginal) {
      return series_of(zone, marginal) && !series_of(zone, marginal)->points.empty();
    };
    return known(by_marginal()) && (r_.objective != Objective::kBoth || known(true));
  }
  // Where one zone's data reach the deadline, the end of another's is a gap like any other: its hours are not used.
  Status reaches(const ZoneIntensity& zone) const {
    auto status = covered(zone);
    const bool other =
        std::any_of(r_.zones.begin(), r_.zones.end(), [&](const ZoneIntensity& z) { return covered(z).has_value(); });
    return !status && other && has_data(zone) ? Status{} : status;
  }

  static const std::vector<IntensityPoint>& points_of(const ZoneIntensity& zone, bool marginal) {
    static const std::vector<IntensityPoint> kNone;
    const auto& series = series_of(zone, marginal);
    return series ? series->points : kNone;
  }
  static double g_of(const IntensityPoint& p) { return p.g_per_kwh; }
  static double price_of(const PricePoint& p) { return p.per_kwh; }
  // Grams of one slot of running; what a plan may choose by.
  JobPrices grams(const ZoneIntensity& zone, bool marginal) const {
    return job_.prices_of(points_of(zone, marginal), g_of);
  }
  JobPrices usable(const ZoneIntensity& zone, bool marginal) const {
    return job_.prices_of(points_of(zone, marginal), usable_g);
  }
  JobPrices money(const ZoneIntensity& zone) const { return job_.prices_of(zone.prices, price_of); }

  bool moves_data(const ZoneIntensity& zone) const { return r_.transfer && r_.transfer->from.zone != zone.zone; }
  // Grams of sending the data there; `value` of a point.
  template <class Value>
  double transfer_g(const ZoneIntensity& zone, bool marginal, Value value) const {
    if (!moves_data(zone)) return 0.0;
    const auto first = [&](const ZoneIntensity& z) {
      return means_of(points_of(z, marginal), r_.now, std::min(r_.slot, r_.deadline), 1, value).front();
    };
    return r_.transfer->energy_j / kJoulesPerKilowattHour * 0.5 * (first(r_.transfer->from) + first(zone));
  }

  Result<Best> best_in(const ZoneIntensity& zone, const JobPlan& plan) const {
    OLIVINE_CHECK_STATUS(reaches(zone));
    if (r_.objective == Objective::kBoth) return best_of_both(zone, plan);
    const bool cost = r_.objective == Objective::kCost;
    const double fixed = !cost ? transfer_g(zone, by_marginal(), usable_g) : moves_data(zone) ? r_.transfer->cost : 0.0;
    if (std::isnan(fixed))
      return fail(ErrorKind::kNotFound,
                  fmt::format("the intensity of {} or {} is not known, or below zero, while the data move",
                              r_.transfer->from.zone, zone.zone));
    const JobPrices prices = cost ? money(zone) : usable(zone, by_marginal());
    const double pause = cost ? 0.0 : r_.pause_g;
    OLIVINE_TRY(ChosenSchedule found, job_.cheapest(prices, pause));
    const double value = cost_of(job_.use_of(found), prices, pause) + fixed;
    return Best{&zone, std::move(found), value, value};
  }

  // Least by average where the marginal emissions stay below the limit.
  Result<Best> best_of_both(const ZoneIntensity& zone, const JobPlan& plan) const {
    const double fixed = transfer_g(zone, false, usable_g), fixed_marginal = transfer_g(zone, true, usable_g);
    if (!plan.baseline.emissions_g.marginal)
      return fail(ErrorKind::kNotFound, "the marginal emissions of the baseline are not known");
    if (std::isnan(fixed) || std::isnan(fixed_marginal))
      return fail(ErrorKind::kNotFound, "the intensity is not known, or below zero, while the data move");
    const double most = *plan.baseline.emissions_g.marginal;
    Frontier frontier{usable(zone, false), usable(zone, true),
                      most + r_.both_tolerance * std::abs(most) - fixed_marginal};
    OLIVINE_TRY(Best best, r_.may_pause ? with_price(frontier) : over_starts(frontier));
    best.zone = &zone;
    best.value += fixed;
    best.bound += fixed;
    return best;
  }

  struct Frontier {
    JobPrices average, marginal;
    double limit;  // of the marginal emissions
    bool within(double marginal_g) const { return marginal_g <= limit + 1e-9 * std::abs(limit); }
  };
  static tl::unexpected<Error> too_much() {
    return fail(ErrorKind::kNotFound, "every plan there emits more at the margin than --objective both allows");
  }

  Result<Best> over_starts(const Frontier& f) const {
    std::optional<Best> best;
    for (std::size_t start = 0; start < job_.starts(); ++start) {
      ChosenSchedule schedule = job_.start_at(start);
      const ScheduleUse use = job_.use_of(schedule);
      const double average = cost_of(use, f.average, r_.pause_g), marginal = cost_of(use, f.marginal, r_.pause_g);
      if (std::isnan(average) || std::isnan(marginal) || !f.within(marginal)) continue;
      if (!best || average < best->value) best = Best{nullptr, std::move(schedule), average, average};
    }
    if (!best) return too_much();
    return *best;
  }

  // A price on the marginal emissions, found by halving; what it leaves open is the gap.
  Result<Best> with_price(const Frontier& f) const {
    std::optional<Best> best;
    double bound = -std::numeric_limits<double>::infinity();
    const auto attempt = [&](double price) -> Result<bool> {
      JobPrices mixed = f.average;
      for (std::size_t t = 0; t < job_.slots(); ++t) {
        mixed.whole[t] += price * f.marginal.whole[t];
        mixed.last[t] += price * f.marginal.last[t];
      }
      OLIVINE_TRY(ChosenSchedule found, job_.cheapest(mixed, r_.pause_g * (1.0 + price)));
      const ScheduleUse use = job_.use_of(found);
      const double average = cost_of(use, f.average, r_.pause_g), marginal = cost_of(use, f.marginal, r_.pause_g);
      bound = std::max(bound, average + price * (marginal - f.limit));
      if (!f.within(marginal)) return false;
      if (!best || average < best->value) best = Best{nullptr, std::move(found), average, average};
      return true;
    };
    double low = 0.0, high = 1.0;
    OLIVINE_TRY(bool enough, attempt(0.0));
    for (int i = 0; i < 30 && !enough; ++i, high *= 4.0) {
      OLIVINE_TRY(enough, attempt(high));
      if (enough) break;
      low = high;
    }
    if (!best) return too_much();
    for (int i = 0; i < 40 && best->value > bound * (1.0 + 1e-9); ++i) {
      const double middle = 0.5 * (low + high);
      OLIVINE_TRY(const bool holds, attempt(middle));
      (holds ? high : low) = middle;
    }
    best->bound = std::min(bound, best->value);
    return *best;
  }

  static std::optional<double> known(double value) { return std::isnan(value) ? std::nullopt : std::optional(value); }

  // Each segment at the mean of its own time: within a slot an elastic job changes its scale.
  template <class Point, class Value>
  static double exact(const std::vector<PlannedSegment>& segments, const std::vector<Point>& points, Value value) {
    double sum = 0.0;
    for (const PlannedSegment& s : segments)
      sum += s.energy_j / kJoulesPerKilowattHour * means_of(points, s.begin, {s.end.ns - s.begin.ns}, 1, value).front();
    return sum;
  }

  PricedSchedule priced(const ChosenSchedule& schedule, const ZoneIntensity& zone) const {
    PricedSchedule out;
    job_.set_segments(schedule, zone.zone, out);
    const ScheduleUse use = job_.use_of(schedule);
    const bool moves = moves_data(zone);
    const auto grams_of = [&](bool marginal) {
      return known((job_.is_elastic() ? exact(out.segments, points_of(zone, marginal), g_of)
                                      : cost_of(use, grams(zone, marginal), r_.pause_g)) +
                   transfer_g(zone, marginal, g_of));
    };
    out.emissions_g = {grams_of(false), grams_of(true)};
    out.cost = known((job_.is_elastic() ? exact(out.segments, zone.prices, price_of) : cost_of(use, money(zone), 0.0)) +
                     (moves ? r_.transfer->cost : 0.0));
    out.transfer_j = moves ? r_.transfer->energy_j : 0.0;
    out.energy_j = std::accumulate(use.slots.begin(), use.slots.end(), 0.0) * job_.slot_kwh() * kJoulesPerKilowattHour +
                   out.transfer_j;
    return out;
  }

  // An elastic job is chosen by the means of its slots and priced by its own time: where the data change within a slot the two differ.
  void reprice(JobPlan& plan, Best& best) const {
    const auto exactly = value_of(plan.best);
    if (!job_.is_elastic() || !exactly || std::abs(*exactly - best.value) <= 1e-9 * std::abs(best.value)) return;
    plan.notes.push_back(fmt::format("the data change within slots of {}: the scales are chosen by the means of slots",
                                     format_duration(r_.slot)));
    best.value = *exactly;
    plan.bound = std::min(plan.bound, best.value);
  }

  void finish(JobPlan& plan, const ChosenSchedule& at_once, const Best& best) const {
    plan.saving = {saving_of(plan.baseline.emissions_g.average, plan.best.emissions_g.average),
                   saving_of(plan.baseline.emissions_g.marginal, plan.best.emissions_g.marginal)};
    plan.cost_saving = saving_of(plan.baseline.cost, plan.best.cost);
    plan.gap = best.value > plan.bound && best.value != 0.0 ? (best.value - plan.bound) / std::abs(best.value) : 0.0;
    const ScheduleUse before = job_.use_of(at_once), after = job_.use_of(best.schedule);
    plan.average_range = range(plan, false, before, after, *best.zone);
    plan.marginal_range = range(plan, true, before, after, *best.zone);
    for (std::string& note : job_.rounding()) plan.notes.push_back(std::move(note));
    if (r_.objective == Objective::kCost) return;
    for (const ZoneIntensity& zone : r_.zones) {
      const std::vector<double> all = grams(zone, by_marginal()).whole, used = usable(zone, by_marginal()).whole;
      std::size_t negative = 0;
      for (std::size_t t = 0; t < all.size(); ++t) negative += !std::isnan(all[t]) && std::isnan(used[t]) ? 1 : 0;
      if (negative > 0)
        plan.notes.push_back(fmt::format("{}: {} of {} slots have a {} intensity below zero and are not used",
                                         zone.zone, negative, all.size(), by_marginal() ? "marginal" : "average"));
    }
  }

  // Standard deviation of each slot's grams.
  JobPrices deviations(const ZoneIntensity& zone, bool marginal) const {
    return job_.prices_of(points_of(zone, marginal),
                          [](const IntensityPoint& p) { return (p.upper - p.lower) / (2.0 * kSigmas); });
  }

  std::optional<Bounds> range(const JobPlan& plan, bool marginal, const ScheduleUse& before, const ScheduleUse& after,
                              const ZoneIntensity& there) const {
    const auto& s = marginal ? plan.saving.marginal : plan.saving.average;
    if (!s) return std::nullopt;
    const double baseline =
        std::abs(marginal ? *plan.baseline.emissions_g.marginal : *plan.baseline.emissions_g.average);
    const ZoneIntensity& home = r_.zones.front();
    const auto home_g = deviations(home, marginal), there_g = deviations(there, marginal);
    double for_plan = 0.0, against = 0.0;
    const auto add = [&](double part, double deviation) {
      if (part != 0.0) (part > 0.0 ? for_plan : against) += std::abs(part) * deviation;
    };
    for (std::size_t t = 0; t < job_.slots(); ++t) {
      const double was = (1.0 - *s) * before.slots[t], is = after.slots[t];
      const double d = home_g.at(t, t == before.last), d_there = there_g.at(t, t == after.last);
      if (&home == &there && std::abs(d - d_there) <= 1e-9 * d)  // not: parts of a slot within which the data change
        add(was - is, d);
      else {
        add(was, d);
        add(-is, d_there);
      }
    }
    const double deviation = std::sqrt(for_plan * for_plan + against * against) / baseline;
    if (!(deviation > 0.0)) return std::nullopt;
    return Bounds{*s - kSigmas * deviation, std::min(1.0, *s + kSigmas * deviation)};
  }

  const JobRequest& r_;
  const JobProgramme& job_;
};

constexpr std::array<std::string_view, 4> kObjectives{"average", "marginal", "cost", "both"};

}  // namespace

std::string_view name_of(Objective objective) { return kObjectives[static_cast<std::size_t>(objective)]; }

Result<Objective> objective_from(std::string_view name) {
  for (std::size_t i = 0; i < kObjectives.size(); ++i)
    if (name == kObjectives[i]) return static_cast<Objective>(i);
  return fail(ErrorKind::kInvalid,
              "objective '" + std::string(name) + "' is not one of average, marginal, cost, both:PERCENT");
}

std::vector<double> slot_means(const IntensitySeries& series, WallTime begin, Duration slot, std::size_t count) {
  return means_of(series.points, begin, slot, count, [](const IntensityPoint& p) { return p.g_per_kwh; });
}

std::optional<double> saving_of(const std::optional<double>& baseline, const std::optional<double>& plan) {
  if (!baseline || !plan || *baseline == 0.0) return std::nullopt;
  return (*baseline - *plan) / std::abs(*baseline);
}

Status check_reach(const ZoneIntensity& zone, Objective objective, WallInterval span) {
  if (objective == Objective::kCost) return reaches_to_the_end(zone.prices, "price of " + zone.zone, span);
  const auto known = [&](bool marginal) {
    const auto& series = series_of(zone, marginal);
    return reaches_to_the_end(series ? series->points : std::vector<IntensityPoint>{},
                              (marginal ? "marginal intensity of " : "average intensity of ") + zone.zone, span);
  };
  OLIVINE_CHECK_STATUS(known(objective == Objective::kMarginal));
  return objective == Objective::kBoth ? known(true) : Status{};
}

Result<JobPlan> plan_job(const JobRequest& request) {
  OLIVINE_CHECK_STATUS(check(request));
  OLIVINE_TRY(const JobProgramme programme, JobProgramme::of(request));
  return Planner(request, programme).plan();
}

}  // namespace olivine
