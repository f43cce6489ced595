#include "planning/slot_choice.h"

#include <algorithm>
#include <array>
#include <numeric>

namespace olivine {
namespace {

constexpr std::int64_t kMostSlots = 105'120;  // a year of 5 min
constexpr double kMostStates = 212e6;         // a week of work in it: half a second
constexpr double kMostStatesOfCurves = 20e6;  // the programme of profile_schedule.h, and its table
constexpr std::array<Duration, 7> kRoundSlots{seconds(60),  seconds(120),  seconds(300), seconds(600),
                                              seconds(900), seconds(1800), seconds(3600)};

std::int64_t slots_up(Duration d, Duration slot) { return (d.ns + slot.ns - 1) / slot.ns; }

// The shortest round slot that is small enough; `otherwise` where none below it is.
Duration shortest_round(const JobRequest& job, Duration from, Duration otherwise, bool any_cost) {
  for (const Duration slot : kRoundSlots)
    if (slot >= from && slot < otherwise && otherwise.ns % slot.ns == 0 && is_small_enough(job, slot, any_cost))
      return slot;
  return otherwise;
}

}  // namespace

bool is_small_enough(const JobRequest& job, Duration slot, bool any_cost) {
  const std::int64_t slots = slots_up(job.deadline, slot);
  if (slots > kMostSlots) return false;
  if (!job.may_pause || !job.scales.empty()) return true;
  const bool curve = any_cost || !job.curve.empty();
  const double kinds =
      curve ? 1.0 + static_cast<double>(slots_up(job.pause_time, slot) +
                                        std::max<std::int64_t>(1, slots_up(std::min(job.min_run, job.duration), slot)))
            : 1.0;
  const double states = static_cast<double>(slots) * static_cast<double>(slots_up(job.duration, slot)) * kinds;
  return states <= (curve ? kMostStatesOfCurves : kMostStates);
}

Duration slot_for_start(const JobRequest& job, Duration step) {
  const Duration on_edges{std::gcd(step.ns, job.now.ns % step.ns)};
  if (on_edges == step || (!job.scales.empty() && is_small_enough(job, on_edges))) return on_edges;
  if (step <= kFineSlot) return step;
  return shortest_round(job, kFineSlot, step, false);
}

Duration slot_for_rules(const JobRequest& job, Duration slot, bool any_cost) {
  if (!job.may_pause || !job.scales.empty()) return slot;
  const Duration of_pause{std::gcd(slot.ns, job.pause_time.ns)};
  for (const Duration finer : {Duration{std::gcd(of_pause.ns, job.min_run.ns)}, of_pause})
    if (finer == slot || is_small_enough(job, finer, any_cost)) return finer;
  return shortest_round(job, kRoundSlots.front(), slot, any_cost);
}

}  // namespace olivine
