// Places jobs that a schedule leaves out, by ejecting those that are in their way.
//
// Who finds no room is put where those in its way weigh least; they are placed elsewhere, or wait in the pool. A job weighs its
// priority, and as much more each time that it found no room, so that the search does not go in circles. Between two steps a few jobs
// are moved at random. Costs are not looked at but to choose a job's slots: the caller makes the schedule cheaper.
//
// Units: as slot_queue.h. Errors: none. Threads: pure; the same queue gives the same answer. Lifetime: the answer within the queue.
// Source: guided ejection search, Nagata and Braeysy, "A powerful route minimization heuristic for the vehicle routing problem with
// time windows" (Operations Research Letters 37, 2009).
#pragma once

#include <functional>
#include <vector>

#include "planning/queue_placement.h"

namespace olivine {

struct EjectionLimits {
  std::int64_t least = 0;  // priority left out that is good enough
  std::size_t steps = 1;
  std::function<bool(std::size_t step)> goes_on = nullptr;
};

// `fits`: the jobs that find room where no other is. Never leaves out more priority than `from`.
Placement eject_and_place(const SlotQueue& queue, Placement from, const std::vector<bool>& fits,
                          const EjectionLimits& limits);

}  // namespace olivine
