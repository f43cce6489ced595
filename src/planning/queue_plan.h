// A queue of jobs under a shared capacity, in real time: who runs when in one zone, what that emits by both signals, and what it
// saves against first come, first served without pauses.
//
// A job's energy (power x length) is spread evenly over its whole slots; it ends within the last one, in time for its deadline to the
// nanosecond. The baseline counts the jobs that the plan places; it looks at no deadline, goes on behind the last as far as the
// intensity is known, and says how many it would miss. A job whose deadline has passed is left out and named. Slots whose intensity is not
// known, or below zero in a part of them, are not used by the plan.
//
// Units: by type; facility power; emissions in grams. Errors: kInvalid for requests that make no sense; kNotFound where the data do
// not reach the last deadline. Threads: pure. Lifetime: values. Method: slot_queue.h.
#pragma once

#include "planning/single_job.h"
#include "planning/slot_queue.h"

namespace olivine {

struct QueueJob {
  std::string name;
  WallTime arrival, deadline;
  Duration length;
  double power_w = 0.0;
  std::int64_t units = 1, priority = 1;
  bool may_pause = true;
};

struct QueueRequest {
  WallTime now;
  Duration slot = hours(1);
  std::int64_t capacity = 1;
  std::vector<QueueJob> jobs;
  double pause_g = 0.0;
  Duration pause_time, min_run;
  Objective objective = Objective::kAverage;  // or kMarginal
  ZoneIntensity zone;
  QueueLimits limits;
  std::string highs_library;    // as OLIVINE_HIGHS says
  double exact_seconds = 20.0;  // for HiGHS; 0: never asked
};

struct PlannedJob {
  std::vector<PlannedSegment> segments;  // empty: left out
  BothSignals emissions_g;
  double energy_j = 0.0;
  std::size_t pauses = 0;
};

struct QueuePlan {
  std::vector<PlannedJob> jobs;  // as asked for
  BothSignals emissions_g, baseline_g, saving;
  double energy_j = 0.0, bound = 0.0, gap = 0.0;
  std::size_t left_out = 0, pauses = 0;
  std::size_t baseline_late = 0;  // of those that fit the capacity
  bool left_out_is_least = true;  // proven
  std::string method;             // "exact, HiGHS 1.15.1" or "decomposition"
  WallTime finish;
  std::vector<std::string> notes;
};

Result<QueuePlan> plan_queue(const QueueRequest& request);

}  // namespace olivine
