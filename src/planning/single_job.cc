#include "planning/single_job.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace olivine {
namespace {

constexpr double kJoulesPerKwh = 3.6e6;
constexpr std::int64_t kMostSlots = 2'000'000;

std::size_t slots_up(Duration d, Duration slot) { return static_cast<std::size_t>((d.ns + slot.ns - 1) / slot.ns); }

Status check_request(const JobRequest& r) {
  const auto bad = [](std::string why) { return fail(ErrorKind::kInvalid, std::move(why)); };
  if (r.zones.empty()) return bad("no zone to plan for");
  if (r.slot.ns <= 0) return bad("a slot must be longer than nothing");
  if (r.duration.ns <= 0) return bad("the duration must be above 0");
  if (r.deadline < r.duration)
    return bad(fmt::format("the job takes {} and must end within {}: give it more time", format_duration(r.duration), format_duration(r.deadline)));
  if (r.deadline.ns / r.slot.ns > kMostSlots) return bad(fmt::format("more than {} slots up to the deadline; take longer slots", kMostSlots));
  if (!(r.power_w > 0.0) || !std::isfinite(r.power_w)) return bad("the power must be above 0");
  if (!(r.paused_power_w >= 0.0) || r.paused_power_w > r.power_w) return bad("the power while paused must lie between 0 and the power");
  return {};
}

const std::optional<IntensitySeries>& series_of(const ZoneIntensity& zone, Objective objective) {
  return objective == Objective::kAverage ? zone.average : zone.marginal;
}

class Planner {
 public:
  explicit Planner(const JobRequest& request)
      : r_(request), count_(static_cast<std::size_t>(request.deadline.ns / request.slot.ns)),
        slot_kwh_(request.power_w * in_seconds(request.slot) / kJoulesPerKwh) {
    job_.slots = static_cast<double>(r_.duration.ns) / static_cast<double>(r_.slot.ns);
    job_.min_run_slots = std::max<std::size_t>(1, slots_up(r_.min_run, r_.slot));
    job_.pause_slots = slots_up(r_.pause_time, r_.slot);
    job_.pause_cost = r_.pause_g;
    job_.pause_energy = r_.pause_j / kJoulesPerKwh / slot_kwh_;
    job_.paused_power = r_.paused_power_w / r_.power_w;
    job_.state = r_.state;
  }

  Result<JobPlan> plan() {
    OLIVINE_CHECK_STATUS(reaches(r_.zones.front()));
    JobPlan plan;
    OLIVINE_TRY(const SlotSchedule at_once, run_at(0, job_, prices(series_of(r_.zones.front(), r_.objective))));
    plan.baseline = priced(at_once, r_.zones.front());
    const ZoneIntensity* best_zone = nullptr;
    SlotSchedule best;
    std::optional<Error> why;
    for (const ZoneIntensity& zone : r_.zones) {
      auto found = best_in(zone);
      if (!found) {
        plan.notes.push_back(fmt::format("{} is left out: {}", zone.zone, found.error().message));
        if (!why) why = found.error();
        continue;
      }
      if (best_zone != nullptr && found->cost >= best.cost) continue;
      best_zone = &zone;
      best = std::move(*found);
    }
    if (best_zone == nullptr) return tl::unexpected<Error>(*why);
    plan.best = priced(best, *best_zone);
    plan.bound_g = best.cost;
    plan.saving = {saving(plan.baseline.emissions_g.average, plan.best.emissions_g.average),
                   saving(plan.baseline.emissions_g.marginal, plan.best.emissions_g.marginal)};
    return plan;
  }

 private:
  Status reaches(const ZoneIntensity& zone) const {
    const auto& series = series_of(zone, r_.objective);
    if (!series || series->points.empty())
      return fail(ErrorKind::kNotFound, fmt::format("no {} intensity of {} is known", name_of(r_.objective), zone.zone));
    const WallTime end = series->points.back().end, deadline{r_.now.ns + r_.deadline.ns};
    if (series->points.front().begin > r_.now || end < deadline)
      return fail(ErrorKind::kNotFound,
                  fmt::format("the {} intensity of {} reaches from {} to {}; the plan needs {} to {}", name_of(r_.objective), zone.zone,
                              format_utc(series->points.front().begin), format_utc(end), format_utc(r_.now), format_utc(deadline)));
    return {};
  }

  // Grams of one slot of running.
  std::vector<double> prices(const std::optional<IntensitySeries>& series) const {
    if (!series) return std::vector<double>(count_, std::numeric_limits<double>::quiet_NaN());
    std::vector<double> means = slot_means(*series, r_.now, r_.slot, count_);
    for (double& mean : means) mean *= slot_kwh_;
    return means;
  }

  Result<SlotSchedule> best_in(const ZoneIntensity& zone) const {
    OLIVINE_CHECK_STATUS(reaches(zone));
    const std::vector<double> costs = prices(series_of(zone, r_.objective));
    return r_.may_pause ? cheapest_pause_resume(job_, costs) : cheapest_contiguous(job_, costs);
  }

  std::optional<double> emissions(const SlotSchedule& schedule, const std::optional<IntensitySeries>& series) const {
    const double grams = cost_of(schedule.segments, job_, prices(series));
    return std::isnan(grams) ? std::nullopt : std::optional(grams);
  }

  WallTime time_of(std::size_t slot) const { return {r_.now.ns + static_cast<std::int64_t>(slot) * r_.slot.ns}; }

  PricedSchedule priced(const SlotSchedule& schedule, const ZoneIntensity& zone) const {
    PricedSchedule out;
    out.pauses = schedule.pauses();
    out.emissions_g = {emissions(schedule, zone.average), emissions(schedule, zone.marginal)};
    const std::vector<double> ones(count_, slot_kwh_ * kJoulesPerKwh);
    JobShape joules = job_;  // the same schedule priced in joules
    joules.pause_cost = r_.pause_j;
    joules.pause_energy = 0.0;
    out.energy_j = cost_of(schedule.segments, joules, ones);
    const auto unused_ns = static_cast<std::int64_t>((1.0 - job_.last_part()) * static_cast<double>(r_.slot.ns));
    for (std::size_t s = 0; s < schedule.segments.size(); ++s) {
      const SlotRun& segment = schedule.segments[s];
      const bool last = s + 1 == schedule.segments.size();
      const WallTime end{time_of(segment.end).ns - (last ? unused_ns : 0)};
      const WallTime begin = time_of(segment.begin);
      out.segments.push_back({begin, end, zone.zone, r_.power_w * static_cast<double>(end.ns - begin.ns) * 1e-9});
    }
    out.finish = out.segments.back().end;
    return out;
  }

  static std::optional<double> saving(const std::optional<double>& baseline, const std::optional<double>& plan) {
    if (!baseline || !plan || *baseline == 0.0) return std::nullopt;
    return (*baseline - *plan) / std::abs(*baseline);
  }

  const JobRequest& r_;
  std::size_t count_;
  double slot_kwh_;
  JobShape job_;
};

}  // namespace

std::string_view name_of(Objective objective) { return objective == Objective::kAverage ? "average" : "marginal"; }

Result<Objective> objective_from(std::string_view name) {
  if (name == "average") return Objective::kAverage;
  if (name == "marginal") return Objective::kMarginal;
  return fail(ErrorKind::kInvalid, "objective '" + std::string(name) + "' is not one of average, marginal");
}

std::vector<double> slot_means(const IntensitySeries& series, WallTime begin, Duration slot, std::size_t count) {
  std::vector<double> means(count, std::numeric_limits<double>::quiet_NaN());
  const auto& points = series.points;
  auto point = std::lower_bound(points.begin(), points.end(), begin,
                                [](const IntensityPoint& p, WallTime t) { return p.end <= t; });
  for (std::size_t i = 0; i < count; ++i) {
    const WallTime from{begin.ns + static_cast<std::int64_t>(i) * slot.ns}, to{from.ns + slot.ns};
    while (point != points.end() && point->end <= from) ++point;
    double sum = 0.0;
    std::int64_t covered_ns = 0;
    for (auto p = point; p != points.end() && p->begin < to; ++p) {
      const std::int64_t part_ns = std::min(p->end, to).ns - std::max(p->begin, from).ns;
      sum += p->g_per_kwh * static_cast<double>(part_ns);
      covered_ns += part_ns;
    }
    if (covered_ns == slot.ns) means[i] = sum / static_cast<double>(slot.ns);
  }
  return means;
}

Result<JobPlan> plan_job(const JobRequest& request) {
  OLIVINE_CHECK_STATUS(check_request(request));
  return Planner(request).plan();
}

}  // namespace olivine
