// Where and when one job emits least: the zones' intensities laid over slots, the cheapest schedule in each zone, the best zone,
// and what it saves against starting at once in the first zone named. Both signals price every schedule: average and
// marginal are different questions, and a plan that is good by one may be bad by the other.
//
//   100 kW for 2 h, deadline 6 h, FR 100, 50, 50, 200, 10, 10 g/kWh by hour
//     baseline 15,000 g at once; plan 2,000 g from hour 4 on; saving 0.867
//
// A slot whose intensity is not known for its whole length is not used: unknown never wins an hour (METHODS, "Planner's
// words"). The emissions of a plan include its pauses.
//
// Units: by type; emissions in grams, energy in joules. Power is facility power. Errors: kInvalid for a request that makes no
// sense; kNotFound when the data do not reach the deadline (it says how far they do) or the job does not fit.
// Threads: pure. Lifetime: values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "grid/intensity.h"
#include "planning/slot_schedule.h"

namespace olivine {

enum class Objective { kAverage, kMarginal };
std::string_view name_of(Objective objective);
Result<Objective> objective_from(std::string_view name);

struct ZoneIntensity {
  std::string zone;
  std::optional<IntensitySeries> average, marginal;
};

struct JobRequest {
  WallTime now;                          // slots count from here
  Duration duration, deadline;           // of the work; finish within
  Duration slot = hours(1);
  double power_w = 0.0, paused_power_w = 0.0;
  bool may_pause = true;
  double pause_g = 0.0, pause_j = 0.0;   // for each interruption, a stop and its restart
  Duration pause_time, min_run;          // both are rounded up to slots
  Objective objective = Objective::kAverage;
  JobState state = JobState::kFresh;     // a job under way: `duration` is what is left of it
  std::vector<ZoneIntensity> zones;      // the first is the baseline's
};

struct BothSignals {
  std::optional<double> average, marginal;  // absent: not known
};

struct PlannedSegment {
  WallTime begin, end;
  std::string zone;
  double energy_j = 0.0;
};

struct PricedSchedule {
  std::vector<PlannedSegment> segments;
  BothSignals emissions_g;
  double energy_j = 0.0;
  std::size_t pauses = 0;
  WallTime finish;
};

struct JobPlan {
  PricedSchedule baseline, best;
  BothSignals saving;      // fraction of the baseline's emissions; negative when the plan emits more
  double bound_g = 0.0;    // no schedule emits less by the objective
  std::vector<std::string> notes;
};

Result<JobPlan> plan_job(const JobRequest& request);

// Mean intensity of each slot from `begin` on; NaN where it is not known for the whole slot.
std::vector<double> slot_means(const IntensitySeries& series, WallTime begin, Duration slot, std::size_t count);

}  // namespace olivine
