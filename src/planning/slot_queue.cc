#include "planning/slot_queue.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace olivine {
namespace {

constexpr std::size_t kMostJobs = 100'000, kMostSlots = 200'000;

// Pauses that cost nothing: the cheapest slots, the earliest of equals.
Result<SlotSchedule> cheapest_slots(const SlotJob& job, std::span<const double> prices) {
  std::vector<std::size_t> known;
  for (std::size_t t = 0; t < prices.size(); ++t)
    if (!std::isnan(prices[t])) known.push_back(t);
  if (known.size() < job.slots) return does_not_fit({.slots = static_cast<double>(job.slots)}, prices);
  const auto last = known.begin() + static_cast<std::ptrdiff_t>(job.slots);
  std::nth_element(known.begin(), last - 1, known.end(), [&](std::size_t a, std::size_t b) {
    return prices[a] != prices[b] ? prices[a] < prices[b] : a < b;
  });
  std::sort(known.begin(), last);
  SlotSchedule schedule;
  for (auto t = known.begin(); t != last; ++t) {
    schedule.cost += prices[*t];
    if (!schedule.segments.empty() && schedule.segments.back().end == *t)
      ++schedule.segments.back().end;
    else
      schedule.segments.push_back({*t, *t + 1, 0});
  }
  return schedule;
}

}  // namespace

Status check(const SlotQueue& queue) {
  const auto bad = [](std::string why) { return fail(ErrorKind::kInvalid, std::move(why)); };
  if (queue.jobs.empty()) return bad("no jobs to plan");
  if (queue.jobs.size() > kMostJobs) return bad(fmt::format("{} jobs; at most {}", queue.jobs.size(), kMostJobs));
  if (queue.prices.size() > kMostSlots)
    return bad(fmt::format("{} slots; at most {}: take longer slots", queue.prices.size(), kMostSlots));
  if (queue.capacity < 1) return bad("the capacity must be above 0");
  for (const SlotJob& job : queue.jobs) {
    if (job.slots < 1 || job.units < 1 || job.priority < 1 || job.end < job.begin || job.min_run_slots < 1)
      return bad("a job needs slots, units, a priority and a window");
    if (!(job.kwh >= 0.0) || !std::isfinite(job.kwh) || !(job.pause_cost >= 0.0) || !std::isfinite(job.pause_cost))
      return bad("energy and the cost of a pause must be numbers of 0 or more");
  }
  return {};
}

std::size_t QueueSchedule::left_out() const {
  return static_cast<std::size_t>(std::count_if(runs.begin(), runs.end(), [](const auto& r) { return r.empty(); }));
}

double cost_of(const SlotJob& job, std::span<const SlotRun> runs, std::span<const double> prices) {
  double cost = runs.empty() ? 0.0 : job.pause_cost * static_cast<double>(runs.size() - 1);
  for (const SlotRun& run : runs)
    for (std::size_t t = run.begin; t < run.end; ++t) cost += job.kwh * prices[t];
  return cost;
}

Result<SlotSchedule> cheapest_alone(const SlotJob& job, std::span<const double> window_prices) {
  const bool free = job.pause_cost == 0.0 && job.pause_slots == 0 && job.min_run_slots == 1;
  if (job.may_pause && free) return cheapest_slots(job, window_prices);
  JobShape shape;
  shape.slots = static_cast<double>(job.slots);
  if (!job.may_pause) return cheapest_contiguous(shape, window_prices);
  shape.min_run_slots = job.min_run_slots;
  shape.pause_slots = job.pause_slots;
  shape.pause_cost = job.pause_cost;
  return cheapest_pause_resume(shape, window_prices);
}

std::vector<std::vector<SlotRun>> first_come_first_served(const SlotQueue& queue, std::size_t slots) {
  std::vector<std::size_t> order(queue.jobs.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const SlotJob &x = queue.jobs[a], &y = queue.jobs[b];
    return x.begin != y.begin ? x.begin < y.begin : x.priority > y.priority;
  });
  std::vector<std::int64_t> left(slots, queue.capacity);
  std::vector<std::vector<SlotRun>> runs(queue.jobs.size());
  for (const std::size_t j : order) {
    const SlotJob& job = queue.jobs[j];
    std::size_t room = 0;  // slots right before t with enough capacity
    for (std::size_t t = job.begin; t < left.size(); ++t) {
      room = left[t] >= job.units ? room + 1 : 0;
      if (room < job.slots) continue;
      runs[j] = {{t + 1 - job.slots, t + 1, 0}};
      for (std::size_t s = t + 1 - job.slots; s <= t; ++s) left[s] -= job.units;
      break;
    }
  }
  return runs;
}

}  // namespace olivine
