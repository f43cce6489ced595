// Many jobs that share a capacity, in slots: who runs when, so that all are done in time and the cost is least.
//
//   prices 9 1 1, capacity 1, two jobs of one slot, both free in slots 0..2:  slots 1 and 2, cost 2
//   the same with deadlines after slot 1:  slots 0 and 1, cost 10
//
// What is made least first is the sum of the priorities of the jobs that are left out because they do not fit in time, then
// the cost. With pauses at a cost, or without pauses, this is strongly NP-hard, so an answer has a bound: no schedule of the same
// jobs costs less than `bound`.
//
//   decompose_queue  a price on each slot's capacity (Lagrange) lets every job plan by itself with the exact programmes of
//                    slot_schedule.h; the sum is the bound. A repair places the jobs one after another by those prices and what is
//                    left of the capacity; then jobs are lifted, alone and in groups, and placed again while that costs less.
//   solve_queue_exactly (queue_exact.h)  a mixed-integer programme, where HiGHS is installed.
//
// A pause has `pause_slots` of running without progress, which take capacity too.
//
// Units: slots from 0; prices per kWh and slot (NaN: the slot is not used); capacity in whole units, GPUs for instance. Errors:
// kInvalid for a queue that makes no sense. Threads: pure; the same queue gives the same answer. Lifetime: values.
// Source: Fisher, "The Lagrangian relaxation method for solving integer programming problems" (Management Science 27, 1981); large
// neighbourhoods after Shaw (CP 1998).
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "planning/slot_schedule.h"

namespace olivine {

struct SlotJob {
  std::size_t begin = 0, end = 0;  // slots [begin, end) that it may use
  std::size_t slots = 1;           // of work
  std::int64_t units = 1;          // of the capacity while it runs
  double kwh = 1.0;                // in a slot
  std::int64_t priority = 1;
  bool may_pause = true;
  double pause_cost = 0.0;
  std::size_t pause_slots = 0, min_run_slots = 1;
};

struct SlotQueue {
  std::vector<SlotJob> jobs;
  std::vector<double> prices;
  std::int64_t capacity = 1;
};
Status check(const SlotQueue& queue);

struct QueueSchedule {
  std::vector<std::vector<SlotRun>> runs;  // of each job; empty: left out
  double cost = 0.0, bound = 0.0;
  std::int64_t left_out_priority = 0;
  bool left_out_is_least = true;  // proven
  std::size_t left_out() const;
  double gap() const { return cost > bound && cost != 0.0 ? (cost - bound) / cost : 0.0; }
};

// What a job's runs cost by any prices.
double cost_of(const SlotJob& job, std::span<const SlotRun> runs, std::span<const double> prices);

struct QueueLimits {
  double gap = 0.001;             // good enough
  std::size_t rounds = 400;       // of the prices on the capacity
  std::size_t attempts = 400000;  // of lifting a group and placing it again; fewer for small queues
  // Called now and then: what is known so far; false: stop.
  std::function<bool(const QueueSchedule& best, std::size_t round)> progress = nullptr;
};
Result<QueueSchedule> decompose_queue(const SlotQueue& queue, const QueueLimits& limits = {});

// Each job as soon as the capacity allows, in order of arrival (of equals the higher priority), without pauses, in slots
// [0, slots); deadlines and prices are not looked at. No runs for a job that does not fit within.
std::vector<std::vector<SlotRun>> first_come_first_served(const SlotQueue& queue, std::size_t slots);

// The cheapest runs of a job by itself at these prices, one for each slot of its window; kNotFound when it does not fit.
Result<SlotSchedule> cheapest_alone(const SlotJob& job, std::span<const double> window_prices);

}  // namespace olivine
