#include "planning/job_programme.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "planning/slot_choice.h"
#include "units/quantity.h"

namespace olivine {
namespace {

double in_slots(Duration d, Duration slot) { return static_cast<double>(d.ns) / static_cast<double>(slot.ns); }

}  // namespace

JobProgramme::JobProgramme(const JobRequest& request)
    : r_(request),
      count_(static_cast<std::size_t>(request.deadline.ns / request.slot.ns)),
      slot_kwh_(request.power_w * in_seconds(request.slot) / kJoulesPerKilowattHour) {
  shape_.slots = in_slots(r_.duration, r_.slot);
  shape_.min_run_slots = std::max<std::size_t>(1, slots_up(r_.min_run, r_.slot));
  shape_.min_run = in_slots(r_.min_run, r_.slot);
  shape_.pause_slots = slots_up(r_.pause_time, r_.slot);
  shape_.pause_energy = r_.pause_j / kJoulesPerKilowattHour / slot_kwh_;
  shape_.paused_power = r_.paused_power_w / r_.power_w;
  shape_.state = r_.state;
  last_length_ = {
      std::min(r_.slot.ns, r_.duration.ns - static_cast<std::int64_t>(shape_.whole_slots() - 1) * r_.slot.ns)};
  const Duration left{r_.deadline.ns % r_.slot.ns};
  if (left.ns > 0 && (!r_.scales.empty() || last_length_ <= left)) {
    cut_ = left;
    ++count_;
  }
  elastic_ = {r_.scales, shape_.slots, cut_.ns > 0 ? in_slots(cut_, r_.slot) : 1.0};
}

Result<JobProgramme> JobProgramme::of(const JobRequest& request) {
  JobProgramme programme(request);
  if (!request.scales.empty()) {
    OLIVINE_CHECK_STATUS(olivine::check(programme.elastic_));
  }
  if (request.curve.empty()) return programme;
  std::vector<ProfileStep> steps;
  for (const CurveStep& s : request.curve)
    steps.push_back({in_slots(s.begin, request.slot), in_slots(s.end, request.slot), s.energy_j});
  OLIVINE_TRY(programme.profile_, profile_of(steps, programme.shape_.slots));
  return programme;
}

Result<ChosenSchedule> JobProgramme::at_once() const {
  const std::vector<double> free(count_, 0.0);
  if (!elastic_.scales.empty()) {
    auto found = elastic_at_once(elastic_, r_.scale_at_once, free);
    for (std::size_t s = r_.scale_at_once + 1; !found && s < elastic_.scales.size(); ++s)
      found = elastic_at_once(elastic_, s, free);
    if (!found) return tl::unexpected<Error>(found.error());
    return ChosenSchedule{{}, std::move(found->uses)};
  }
  OLIVINE_TRY(SlotSchedule found, run_at(0, shape_, free));
  return ChosenSchedule{std::move(found.segments), {}};
}

Result<ChosenSchedule> JobProgramme::cheapest(const JobPrices& of, double pause_cost) const {
  const SlotPrices prices = of.views();
  if (!elastic_.scales.empty()) {
    OLIVINE_TRY(ElasticSchedule found, cheapest_elastic(elastic_, prices.whole));
    return ChosenSchedule{{}, std::move(found.uses)};
  }
  JobShape shape = shape_;
  shape.pause_cost = pause_cost;
  auto found = [&]() -> Result<SlotSchedule> {
    if (profile_.empty())
      return r_.may_pause ? cheapest_pause_resume(shape, prices) : cheapest_contiguous(shape, prices);
    return r_.may_pause ? cheapest_pause_resume(shape, profile_, prices) : cheapest_contiguous(shape, profile_, prices);
  }();
  if (!found) return tl::unexpected<Error>(found.error());
  return ChosenSchedule{std::move(found->segments), {}};
}

Result<ChosenSchedule> JobProgramme::cheapest(const SlotCost& cost, double pause_cost) const {
  JobShape shape = shape_;
  shape.pause_cost = pause_cost;
  std::vector<double> flat;
  if (profile_.empty()) {
    flat.assign(shape_.whole_slots(), 1.0);
    flat.back() = shape_.last_part();
  }
  const SlotCost in_time = [&](std::size_t slot, double use, double part) {
    return is_cut(slot) && part > shape_.last_part() ? std::numeric_limits<double>::quiet_NaN() : cost(slot, use, part);
  };
  OLIVINE_TRY(SlotSchedule found, cheapest_pause_resume(shape, profile_.empty() ? flat : profile_, count_, in_time));
  return ChosenSchedule{std::move(found.segments), {}};
}

ChosenSchedule JobProgramme::start_at(std::size_t slot) const { return {{{slot, slot + shape_.whole_slots(), 0}}, {}}; }

ScheduleUse JobProgramme::use_of(const ChosenSchedule& schedule) const {
  ScheduleUse use{std::vector<double>(count_, 0.0), 0, ScheduleUse::kNone};
  if (!schedule.runs.empty()) use.last = schedule.runs.back().end - 1;
  for (const ElasticUse& u : schedule.uses) {
    const double low = u.low == ElasticUse::kRest ? 0.0 : elastic_.scales[u.low].power;
    use.slots[u.slot] = u.length * (u.high_part * elastic_.scales[u.high].power + (1.0 - u.high_part) * low);
  }
  std::size_t done = 0;
  for (std::size_t s = 0; s < schedule.runs.size(); ++s) {
    const SlotRun& run = schedule.runs[s];
    for (std::size_t t = run.begin; t < run.end; ++t) {
      if (t < run.begin + run.overhead)
        use.slots[t] += 1.0;
      else {
        use.slots[t] += !profile_.empty()                  ? profile_[done]
                        : done + 1 == shape_.whole_slots() ? shape_.last_part()
                                                           : 1.0;
        ++done;
      }
    }
    if (s == 0 && (shape_.state == JobState::kFresh || (shape_.state == JobState::kRunning && run.begin == 0)))
      continue;
    if (s > 0 || shape_.state == JobState::kRunning) ++use.paid_pauses;
    use.slots[run.begin] += shape_.pause_energy;
    for (std::size_t t = s == 0 ? 0 : schedule.runs[s - 1].end; t < run.begin; ++t) use.slots[t] += shape_.paused_power;
  }
  return use;
}

WallTime JobProgramme::time_of(double slot) const {
  return {r_.now.ns + static_cast<std::int64_t>(std::llround(slot * static_cast<double>(r_.slot.ns)))};
}

void JobProgramme::add_segment(std::vector<PlannedSegment>& out, double begin, double end, double scale, double power,
                               const std::string& zone) const {
  if (end <= begin) return;
  const WallTime from = time_of(begin), to = time_of(end);
  const double energy_j = r_.power_w * power * static_cast<double>(to.ns - from.ns) * 1e-9;
  if (!out.empty() && out.back().end == from && out.back().scale == scale) {
    out.back().end = to;
    out.back().energy_j += energy_j;
    return;
  }
  out.push_back({from, to, zone, energy_j, scale});
}

std::vector<PlannedSegment> JobProgramme::segments(const ChosenSchedule& schedule, const std::string& zone) const {
  std::vector<PlannedSegment> out;
  for (const ElasticUse& u : schedule.uses) {
    const double slot = static_cast<double>(u.slot);
    const ScalePoint& high = elastic_.scales[u.high];
    const double change = slot + u.length * u.high_part;
    add_segment(out, slot, change, high.scale, high.power, zone);
    if (u.low != ElasticUse::kRest)
      add_segment(out, change, slot + u.length, elastic_.scales[u.low].scale, elastic_.scales[u.low].power, zone);
  }
  std::size_t done = 0;
  for (std::size_t s = 0; s < schedule.runs.size(); ++s) {
    const SlotRun& run = schedule.runs[s];
    const bool last = s + 1 == schedule.runs.size();
    out.push_back({time_of(static_cast<double>(run.begin)),
                   last ? WallTime{time_of(static_cast<double>(run.end - 1)).ns + last_length_.ns}
                        : time_of(static_cast<double>(run.end)),
                   zone, 0.0, 1.0});
    PlannedSegment& segment = out.back();
    segment.energy_j = r_.power_w * static_cast<double>(segment.end.ns - segment.begin.ns) * 1e-9;
    if (profile_.empty()) continue;
    double slots = static_cast<double>(run.overhead);
    for (std::size_t t = run.begin + run.overhead; t < run.end; ++t) slots += profile_[done++];
    segment.energy_j = slots * slot_kwh_ * kJoulesPerKilowattHour;
  }
  return out;
}

void JobProgramme::set_segments(const ChosenSchedule& schedule, const std::string& zone, PricedSchedule& out) const {
  out.segments = segments(schedule, zone);
  for (std::size_t s = 1; s < out.segments.size(); ++s)
    out.pauses += out.segments[s].begin > out.segments[s - 1].end ? 1 : 0;
  out.finish = out.segments.back().end;
}

std::vector<std::string> JobProgramme::rounding() const {
  std::vector<std::string> out;
  if (!r_.may_pause) return out;
  if (auto note = rounding_note("the pause time", r_.pause_time, r_.slot)) out.push_back(std::move(*note));
  if (r_.min_run >= r_.duration) return out;
  if (auto note = rounding_note("the least run", r_.min_run, r_.slot)) out.push_back(std::move(*note));
  return out;
}

double cost_of(const ScheduleUse& use, const JobPrices& prices, double pause_cost) {
  double cost = 0.0;
  for (std::size_t t = 0; t < use.slots.size(); ++t)
    if (use.slots[t] != 0.0) cost += use.slots[t] * prices.at(t, t == use.last);
  return cost + static_cast<double>(use.paid_pauses) * pause_cost;
}

}  // namespace olivine
