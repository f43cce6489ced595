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

Status check(const JobShape& job) {
  constexpr double kMostSlots = 1e8;
  if (!(job.slots > 0.0) || job.slots > kMostSlots)
    return fail(ErrorKind::kInvalid,
                fmt::format("a job of {} slots; it must be above 0 and at most {:.0f}", job.slots, kMostSlots));
  if (job.min_run_slots < 1) return fail(ErrorKind::kInvalid, "the minimum run must be at least one slot");
  for (const double cost : {job.pause_cost, job.pause_energy, job.paused_power})
    if (!std::isfinite(cost) || cost < 0.0)
      return fail(ErrorKind::kInvalid, "the cost of a pause must be a number of 0 or more");
  return {};
}

void add_pause(std::span<const SlotRun> segments, std::size_t s, const JobShape& job, std::span<const double> prices,
               double& cost) {
  const std::size_t begin = segments[s].begin;
  if (s == 0 && (job.state == JobState::kFresh || (job.state == JobState::kRunning && begin == 0))) return;
  if (s > 0 || job.state == JobState::kRunning) cost += job.pause_cost;
  if (job.pause_energy > 0.0) cost += job.pause_energy * prices[begin];
  if (job.paused_power > 0.0)
    for (std::size_t t = s == 0 ? 0 : segments[s - 1].end; t < begin; ++t) cost += job.paused_power * prices[t];
}

double cost_of(std::span<const SlotRun> segments, const JobShape& job, std::span<const double> prices) {
  double cost = 0.0;
  for (std::size_t s = 0; s < segments.size(); ++s) {
    const SlotRun& segment = segments[s];
    if (segment.end > prices.size()) return std::numeric_limits<double>::quiet_NaN();
    for (std::size_t t = segment.begin; t < segment.end; ++t) {
      const bool last = s + 1 == segments.size() && t + 1 == segment.end;
      cost += prices[t] * (last ? job.last_part() : 1.0);
    }
    add_pause(segments, s, job, prices, cost);
  }
  return cost;
}

tl::unexpected<Error> does_not_fit(const JobShape& job, std::span<const double> prices) {
  const auto known = std::count_if(prices.begin(), prices.end(), [](double price) { return !std::isnan(price); });
  return fail(ErrorKind::kNotFound,
              fmt::format("{} slots of work do not fit: {} of {} slots before the deadline have a known price",
                          job.whole_slots(), known, prices.size()));
}

Result<SlotSchedule> run_at(std::size_t begin, const JobShape& job, std::span<const double> prices) {
  OLIVINE_CHECK_STATUS(check(job));
  const bool restarts = job.state == JobState::kPaused || (job.state == JobState::kRunning && begin > 0);
  const std::size_t overhead = restarts ? job.pause_slots : 0;
  SlotSchedule schedule{{{begin, begin + overhead + job.whole_slots(), overhead}}, 0.0};
  schedule.cost = cost_of(schedule.segments, job, prices);
  if (std::isnan(schedule.cost)) return does_not_fit(job, prices);
  return schedule;
}

Result<SlotSchedule> cheapest_contiguous(const JobShape& job, std::span<const double> prices) {
  OLIVINE_CHECK_STATUS(check(job));
  if (job.state != JobState::kFresh)
    return fail(ErrorKind::kInvalid, "only a job that has not begun has a start to choose");
  const std::size_t work = job.whole_slots();
  const double unused = 1.0 - job.last_part();
  std::size_t known = 0;  // slots with a price right before this one, at most `work`
  double sum = 0.0, best = std::numeric_limits<double>::infinity();
  std::size_t best_begin = prices.size();
  for (std::size_t t = 0; t < prices.size(); ++t) {
    if (std::isnan(prices[t])) {
      known = 0;
      sum = 0.0;
      continue;
    }
    sum += prices[t];
    if (++known > work) sum -= prices[t - work];
    if (known < work) continue;
    const double cost = sum - unused * prices[t];
    // A running sum drifts in its last digits: only what is really less is better, so that the earliest of equals stays.
    if (cost < best - 1e-12 * std::abs(best) || best_begin == prices.size()) {
      best = cost;
      best_begin = t + 1 - work;
    }
  }
  if (best_begin == prices.size()) return does_not_fit(job, prices);
  return run_at(best_begin, job, prices);
}

}  // namespace olivine
