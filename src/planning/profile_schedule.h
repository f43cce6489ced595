// Schedules of a job whose power changes over its work: a measured run replayed elsewhere and elsewhen.
//
// `profile` is the energy of each slot of work in slots of running at mean power; its last entry holds what the last, perhaps
// partial, slot uses. A flat profile of 1, 1, ..., last_part() is the job of slot_schedule.h.
//
//   prices 1 9 2, profile 3 1:  slots 0, 2 cost 3 x 1 + 1 x 2 = 5;  slots 0, 1 cost 12
//
// An exact dynamic programme over (slot, work done, off | restoring | running for so long): O(slots x work x (pause + least run)).
// Restoring draws mean power.
//
// Units: slots; costs in the unit of the prices. Errors: as slot_schedule.h; kUnsupported where the table would not fit in
// memory (take longer slots). Threads: pure. Lifetime: values.
#pragma once

#include <functional>

#include "planning/slot_schedule.h"

namespace olivine {

double cost_of(std::span<const SlotRun> segments, const JobShape& job, std::span<const double> profile,
               const SlotPrices& prices);
Result<SlotSchedule> cheapest_contiguous(const JobShape& job, std::span<const double> profile,
                                         const SlotPrices& prices);
Result<SlotSchedule> cheapest_pause_resume(const JobShape& job, std::span<const double> profile,
                                           const SlotPrices& prices);

// Where a slot's cost does not grow in proportion to its use, as with sun that is free up to a point: what it costs to use `use` slots
// at mean power within the first `part` of slot t. Everything that falls into one slot is asked for at once.
using SlotCost = std::function<double(std::size_t slot, double use, double part)>;
Result<SlotSchedule> cheapest_pause_resume(const JobShape& job, std::span<const double> profile, std::size_t slots,
                                           const SlotCost& cost);

// Energy used within [begin, end) after the start of the work.
struct ProfileStep {
  double begin_slots = 0.0, end_slots = 0.0;
  double energy = 0.0;
};
// The steps laid over whole slots of work, scaled so that they sum to `slots`: mean power is 1. kInvalid for steps that do not
// lie within the work or hold no energy.
Result<std::vector<double>> profile_of(std::span<const ProfileStep> steps, double slots);

}  // namespace olivine
