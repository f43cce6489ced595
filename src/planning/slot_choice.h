// How long the slots of a plan are where nobody says: as long as the data's step, shorter where that lets a plan do better, and not so short
// that the programme grows beyond what it does in some tenths of a second.
//
//   data by the hour, a start at 00:30: 5 min, so that a slot does not mix two hours
//   the same of an elastic job: 30 min, so that the data do not change within a slot: its scales are chosen by the means of slots
//   data by the hour, a pause time of 2 min: 2 min, so that it is not rounded up to an hour
//   the same for a week of work in a year: 3,000 million states are too many; 5 min, and the pause time counts as 5 min (a note of the plan)
//
// Units: by type. Errors: none. Threads: pure. Lifetime: values.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "planning/single_job.h"

namespace olivine {

constexpr Duration kFineSlot = seconds(300);

// Whether the programme of the job is small enough in these slots. `any_cost`: its slots' costs are not in proportion to their use (a supply).
bool is_small_enough(const JobRequest& job, Duration slot, bool any_cost = false);
// For a start that may lie within a step of the data: that step, or shorter. Of `job`: now, duration, deadline, rules.
Duration slot_for_start(const JobRequest& job, Duration step);
// `slot` or shorter: it divides the pause time and the least run where that is small enough; else a rounder one that is.
Duration slot_for_rules(const JobRequest& job, Duration slot, bool any_cost = false);
// For a queue up to its last deadline: `slot`, or a rounder one, an hour at most, of which some 2,000 reach as far.
Duration slot_for_queue(Duration slot, Duration deadline);

// Slots that `length` needs; 0 for nothing.
std::size_t slots_up(Duration length, Duration slot);
// "the pause time of 2 min counts as 1 h: it is rounded up to slots of 1 h"; nothing where it is whole slots.
std::optional<std::string> rounding_note(std::string_view what, Duration said, Duration slot);

}  // namespace olivine
