// A job's schedule in slots, and what one costs. Prices are per slot of running: grams, money or any other cost that adds up.
//
//   prices 5 1 4 2 3 1 6 2, a job of 2 slots
//     at once                 slots 0 1    6
//     start within 4 slots    slots 4 5    4   (cheapest_contiguous)
//     finish within 6 slots   slots 1, 5   2   one pause (cheapest_pause_resume)
//
// The last slot of work is used in part, and its part is its beginning: it has a price of its own (SlotPrices::last), and may lie where no
// whole slot fits, right before a deadline.
//
// Units: slots count from 0; costs in the unit of the prices. A price that is not known is NaN: no job runs in that slot.
// Errors: kInvalid for a shape that makes no sense, kNotFound when the job does not fit. Threads: pure. Lifetime: values.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/result.h"

namespace olivine {

// What must run. Each interruption costs `pause_cost` (plus `pause_energy` x the price of the slot that it resumes in) and
// `pause_slots` of running without progress right before the work goes on: writing a checkpoint and reading it again.
//
// A job under way: one that runs at slot 0 goes on there for nothing, and a later start is an interruption; one that is paused
// has paid `pause_cost` when it stopped, and restarts with the overhead and energy of a pause.
enum class JobState { kFresh, kRunning, kPaused };

struct JobShape {
  double slots = 1.0;             // work; its last slot may be used in part
  std::size_t min_run_slots = 1;  // every segment makes at least this much progress
  double min_run = 0.0;           // the same exactly: where it is above 0, the last slot in part counts as its part
  std::size_t pause_slots = 0;
  double pause_cost = 0.0;
  double pause_energy = 0.0;          // in slots of running at full power
  double paused_power = 0.0;          // power while paused / power while running
  JobState state = JobState::kFresh;  // at slot 0; `slots` are what is left to do

  std::size_t whole_slots() const;  // slots of work, the last one perhaps in part
  double last_part() const;         // of the last slot, in (0, 1]
  std::size_t least_run() const;    // slots of work of a segment
  // Whether the job may end with a segment of so many slots of work, the last of them in part.
  bool may_end_with(std::size_t run) const;
};
Status check(const JobShape& job);

// Views of the prices of a slot of running: where all of it is used, and where it is the last slot of work, which takes its beginning only
// (per slot all the same: a part of 0.25 costs a quarter of it). Both are the same where the last slot is used whole.
struct SlotPrices {
  std::span<const double> whole, last;  // as long as each other
  SlotPrices(std::span<const double> of_all) : whole(of_all), last(of_all) {}
  SlotPrices(const std::vector<double>& of_all) : whole(of_all), last(of_all) {}
  SlotPrices(std::span<const double> of_whole, std::span<const double> of_last) : whole(of_whole), last(of_last) {}
  std::size_t size() const { return whole.size(); }
};

struct SlotRun {
  std::size_t begin = 0, end = 0;  // slots [begin, end)
  std::size_t overhead = 0;        // of these at the beginning, without progress
  bool operator==(const SlotRun&) const = default;
};

struct SlotSchedule {
  std::vector<SlotRun> segments;
  double cost = 0.0;
  std::size_t pauses() const { return segments.empty() ? 0 : segments.size() - 1; }
};

// What the segments cost at these prices; NaN when a price is not known. Any signal can price a schedule that another chose.
// A job under way pays for slot 0 on: also for the pause before its first segment.
double cost_of(std::span<const SlotRun> segments, const JobShape& job, const SlotPrices& prices);

// The part of it that the pause before segment `s` costs, if there is one: added to `cost`.
void add_pause(std::span<const SlotRun> segments, std::size_t s, const JobShape& job, const SlotPrices& prices,
               double& cost);

// kNotFound, saying how many slots have a known price.
tl::unexpected<Error> does_not_fit(const JobShape& job, const SlotPrices& prices);

// From slot `begin` on without a pause; kNotFound when the prices do not reach.
Result<SlotSchedule> run_at(std::size_t begin, const JobShape& job, const SlotPrices& prices);
// The cheapest start, the earliest of equals. O(slots).
Result<SlotSchedule> cheapest_contiguous(const JobShape& job, const SlotPrices& prices);
// The cheapest schedule with pauses: an exact dynamic programme over (slot, work done, running or not). O(slots x work)
// time; memory grows with the square root of the slots.
Result<SlotSchedule> cheapest_pause_resume(const JobShape& job, const SlotPrices& prices);

}  // namespace olivine
