#include "planning/slot_choice.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <numeric>

namespace olivine {
namespace {

constexpr std::size_t kMostSlots = 105'120;   // a year of 5 min
constexpr double kMostStates = 212e6;         // a week of work in it: half a second
constexpr double kMostStatesOfCurves = 20e6;  // the programme of profile_schedule.h, and its table
constexpr double kMostProgrammes = 70.0;      // that find the price of `both`
constexpr std::size_t kSlotsOfQueue = 2'000;
constexpr std::array<Duration, 7> kRoundSlots{seconds(60),  seconds(120),  seconds(300), seconds(600),
                                              seconds(900), seconds(1800), seconds(3600)};

// The shortest round slot that is small enough; `otherwise` where none below it is.
Duration shortest_round(const JobRequest& job, Duration from, Duration otherwise, bool any_cost) {
  for (const Duration slot : kRoundSlots)
    if (slot >= from && slot < otherwise && otherwise.ns % slot.ns == 0 && is_small_enough(job, slot, any_cost))
      return slot;
  return otherwise;
}

}  // namespace

bool is_small_enough(const JobRequest& job, Duration slot, bool any_cost) {
  const std::size_t slots = slots_up(job.deadline, slot);
  if (slots > kMostSlots) return false;
  const bool both = job.objective == Objective::kBoth;
  if (!job.may_pause && both) return static_cast<double>(slots) * static_cast<double>(slots) <= kMostStates;
  if (!job.may_pause || !job.scales.empty()) return true;
  const bool curve = any_cost || !job.curve.empty();
  const double kinds =
      curve ? 1.0 + static_cast<double>(slots_up(job.pause_time, slot) +
                                        std::max<std::size_t>(1, slots_up(std::min(job.min_run, job.duration), slot)))
            : 1.0;
  const double states = static_cast<double>(slots) * static_cast<double>(slots_up(job.duration, slot)) * kinds *
                        (both ? kMostProgrammes : 1.0);
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

Duration slot_for_queue(Duration slot, Duration deadline) {
  for (const Duration round : kRoundSlots) {
    if (slots_up(deadline, slot) <= kSlotsOfQueue) break;
    slot = std::max(slot, round);
  }
  return slot;
}

std::size_t slots_up(Duration length, Duration slot) {
  return length.ns <= 0 ? 0 : static_cast<std::size_t>((length.ns + slot.ns - 1) / slot.ns);
}

std::optional<std::string> rounding_note(std::string_view what, Duration said, Duration slot) {
  const Duration counted{static_cast<std::int64_t>(slots_up(said, slot)) * slot.ns};
  if (said.ns <= 0 || counted == said) return std::nullopt;
  return fmt::format("{} of {} counts as {}: it is rounded up to slots of {}", what, format_duration(said),
                     format_duration(counted), format_duration(slot));
}

}  // namespace olivine
