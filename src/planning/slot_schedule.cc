#include "planning/slot_schedule.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace olivine {
namespace {

// 2.0000000001 slots of work are two: durations come as decimals.
constexpr double kHair = 1e-9;

}  // namespace

std::size_t JobShape::whole_slots() const { return static_cast<std::size_t>(std::max(1.0, std::ceil(slots - kHair))); }

double JobShape::last_part() const {
  const double part = slots - static_cast<double>(whole_slots() - 1);
  return part > 1.0 - kHair ? 1.0 : part;
}

std::size_t JobShape::least_run() const { return std::min(min_run_slots, whole_slots()); }

bool JobShape::may_end_with(std::size_t run) const {
  return run >= whole_slots() || static_cast<double>(run) - 1.0 + last_part() >= min_run - kHair;
}

Status check(const JobShape& job) {
  constexpr double kMostSlots = 1e8;
  if (!(job.slots > 0.0) || job.slots > kMostSlots)
    return fail(ErrorKind::kInvalid,
                fmt::format("a job of {} slots; it must be above 0 and at most {:.0f}", job.slots, kMostSlots));
  if (job.min_run_slots < 1) return fail(ErrorKind::kInvalid, "the minimum run must be at least one slot");
  if (!(job.min_run >= 0.0) || job.min_run > static_cast<double>(job.min_run_slots) + kHair)
    return fail(ErrorKind::kInvalid, "the minimum run must be its whole slots, or less by a part of one");
  for (const double cost : {job.pause_cost, job.pause_energy, job.paused_power})
    if (!std::isfinite(cost) || cost < 0.0)
      return fail(ErrorKind::kInvalid, "the cost of a pause must be a number of 0 or more");
  return {};
}

void add_pause(std::span<const SlotRun> segments, std::size_t s, const JobShape& job, const SlotPrices& prices,
               double& cost) {
  const std::size_t begin = segments[s].begin;
  if (s == 0 && (job.state == JobState::kFresh || (job.state == JobState::kRunning && begin == 0))) return;
  if (s > 0 || job.state == JobState::kRunning) cost += job.pause_cost;
  const bool ends_there = s + 1 == segments.size() && segments[s].end == begin + 1;
  if (job.pause_energy > 0.0) cost += job.pause_energy * (ends_there ? prices.last : prices.whole)[begin];
  if (job.paused_power > 0.0)
    for (std::size_t t = s == 0 ? 0 : segments[s - 1].end; t < begin; ++t) cost += job.paused_power * prices.whole[t];
}

double cost_of(std::span<const SlotRun> segments, const JobShape& job, const SlotPrices& prices) {
  double cost = 0.0;
  for (std::size_t s = 0; s < segments.size(); ++s) {
    const SlotRun& segment = segments[s];
    if (segment.end > prices.size()) return std::numeric_limits<double>::quiet_NaN();
    for (std::size_t t = segment.begin; t < segment.end; ++t) {
      const bool last = s + 1 == segments.size() && t + 1 == segment.end;
      cost += last ? prices.last[t] * job.last_part() : prices.whole[t];
    }
    add_pause(segments, s, job, prices, cost);
  }
  return cost;
}

tl::unexpected<Error> does_not_fit(const JobShape& job, const SlotPrices& prices) {
  const auto known =
      std::count_if(prices.whole.begin(), prices.whole.end(), [](double price) { return !std::isnan(price); });
  return fail(ErrorKind::kNotFound,
              fmt::format("{} slots of work do not fit: {} of {} slots before the deadline have a known price",
                          job.whole_slots(), known, prices.size()));
}

Result<SlotSchedule> run_at(std::size_t begin, const JobShape& job, const SlotPrices& prices) {
  OLIVINE_CHECK_STATUS(check(job));
  const bool restarts = job.state == JobState::kPaused || (job.state == JobState::kRunning && begin > 0);
  const std::size_t overhead = restarts ? job.pause_slots : 0;
  SlotSchedule schedule{{{begin, begin + overhead + job.whole_slots(), overhead}}, 0.0};
  schedule.cost = cost_of(schedule.segments, job, prices);
  if (std::isnan(schedule.cost)) return does_not_fit(job, prices);
  return schedule;
}

Result<SlotSchedule> cheapest_contiguous(const JobShape& job, const SlotPrices& prices) {
  OLIVINE_CHECK_STATUS(check(job));
  if (job.state != JobState::kFresh)
    return fail(ErrorKind::kInvalid, "only a job that has not begun has a start to choose");
  const std::size_t before = job.whole_slots() - 1;
  std::size_t known = 0;                                             // slots with a price right before this one
  double sum = 0.0, best = std::numeric_limits<double>::infinity();  // sum: of `before` of them at most
  std::size_t best_begin = prices.size();
  for (std::size_t t = 0; t < prices.size(); ++t) {
    if (known >= before && !std::isnan(prices.last[t])) {
      const double cost = sum + job.last_part() * prices.last[t];
      // A running sum drifts in its last digits: only what is really less is better, so that the earliest of equals stays.
      if (cost < best - 1e-12 * std::abs(best) || best_begin == prices.size()) {
        best = cost;
        best_begin = t - before;
      }
    }
    if (std::isnan(prices.whole[t])) {
      known = 0;
      sum = 0.0;
      continue;
    }
    sum += prices.whole[t];
    if (++known > before) sum -= prices.whole[t - before];
  }
  if (best_begin == prices.size()) return does_not_fit(job, prices);
  return run_at(best_begin, job, prices);
}

}  // namespace olivine
