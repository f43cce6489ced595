// The exact schedule of a queue as a mixed-integer programme; see slot_queue.h.
//
//   a job that may pause: one column a slot (runs or not), `slots` of them 1; where a pause costs, one more that says "begins here"
//   a job that may not: one column a start
//   each slot: the units of those that run are at most the capacity
//
// Where not all jobs fit, two programmes: least priority left out, then least cost with that.
//
// Units: as slot_queue.h; seconds for each programme. Errors: kUnsupported for pauses with a time or a least run, and for queues of more
// than 30,000 columns: decompose_queue plans those. Else as highs.h. Threads: one user of `highs`. Lifetime: values.
#pragma once

#include "planning/highs.h"
#include "planning/slot_queue.h"

namespace olivine {

// `known`: a schedule to start from; what it leaves out bounds what may be left out.
Result<QueueSchedule> solve_queue_exactly(Highs& highs, const SlotQueue& queue, const QueueSchedule& known,
                                          double seconds);

}  // namespace olivine
