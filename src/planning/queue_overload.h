// What no schedule of a queue can place: a proof, where there is one, that the jobs left out are the least.
//
//   3 jobs of 2 slots in slots 0..2 at capacity 2: 6 asked for, 4 there. The lightest job at least is left out.
//
// Jobs whose windows lie within some slots ask for their work there. Where that is more than the known slots hold, jobs with at least
// the difference are left out: at least the priority of the lightest for their work, the last of them in part, rounded up.
//
// Units: as slot_queue.h; the sum of priorities. Errors: none. Threads: pure. Lifetime: values.
// Source: the overload check of cumulative constraints (Baptiste, Le Pape and Nuijten, "Constraint-Based Scheduling", 2001); the
// lightest in part: Dantzig's bound of the knapsack (Operations Research 5, 1957).
#pragma once

#include <cstdint>
#include <vector>

#include "planning/slot_queue.h"

namespace olivine {

// `fits`: the jobs that find room where no other is; the others' priorities are part of the answer.
std::int64_t unavoidably_left_out(const SlotQueue& queue, const std::vector<bool>& fits);

}  // namespace olivine
