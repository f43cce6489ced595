// Where and when one job emits least, or costs least: the zones' intensities laid over slots, the cheapest schedule in each zone,
// the best zone, and what it saves against starting at once in the first zone named. Both signals price every schedule:
// average and marginal are different questions, and a plan that is good by one may be bad by the other.
//
//   100 kW for 2 h, deadline 6 h, FR 100, 50, 50, 200, 10, 10 g/kWh by hour
//     baseline 15,000 g at once; plan 2,000 g from hour 4 on; saving 0.867
//
// A slot whose intensity is not known for its whole length, or is negative in a part of it, is not used: neither ever wins an hour
// (METHODS, "Planner's words"), nor does a zone by what moving its data would seem to save there. The emissions of a plan include its
// pauses and the transfer of its data. The deadline is kept exactly, and the last slot of work is priced by its own time (job_programme.h).
//
// Where the baseline is not known the plan is: the saving is absent, and a note says why. An elastic job that does not end in time at the scale
// of the start at once is compared with the smallest scale that does.
//
// The job's power is constant, follows the curve of a measured run, or is chosen slot by slot (elastic_job.h). kBoth makes the
// average least among the plans whose marginal emissions exceed the baseline's by no more than `both_tolerance`: exact where
// only the start is chosen, else by a Lagrangian price on the marginal emissions, with a gap to the bound.
//
// The range of a saving: points' ranges (95 %) are errors of their hours. All hours that count for the plan err together, all
// that count against it err together, and the two independently; where both run in one hour its error counts once.
//
// Units: by type; emissions in grams, energy in joules, money in the currency of the prices. Power is facility power. Errors:
// kInvalid for a request that makes no sense; kNotFound when the data do not reach the deadline (it says how far they do) or
// the job does not fit. Threads: pure. Lifetime: values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "grid/intensity.h"
#include "planning/elastic_job.h"
#include "planning/slot_schedule.h"

namespace olivine {

enum class Objective { kAverage, kMarginal, kCost, kBoth };
std::string_view name_of(Objective objective);
Result<Objective> objective_from(std::string_view name);

struct PricePoint {
  WallTime begin, end;
  double per_kwh = 0.0;
};

struct ZoneIntensity {
  std::string zone;
  std::optional<IntensitySeries> average, marginal;
  std::vector<PricePoint> prices = {};  // of electricity; empty: not known
};

// Data that must be where the job runs. They are sent at once: half of the energy at each end, in the first slot.
struct DataTransfer {
  ZoneIntensity from;
  double energy_j = 0.0;
  double cost = 0.0;  // what the provider asks for letting them out
};

// Energy that the work uses within [begin, end) after its start, pauses not counted.
struct CurveStep {
  Duration begin, end;
  double energy_j = 0.0;
};

struct JobRequest {
  WallTime now;                 // slots count from here
  Duration duration, deadline;  // of the work; finish within
  Duration slot = hours(1);
  double power_w = 0.0, paused_power_w = 0.0;
  std::vector<CurveStep> curve = {};    // scaled to `power_w` on average; empty: constant
  std::vector<ScalePoint> scales = {};  // of an elastic job; `duration` and `power_w` are at throughput and power 1
  std::size_t scale_at_once = 0;        // of `scales`: at which one would start at once
  bool may_pause = true;
  double pause_g = 0.0, pause_j = 0.0;  // for each interruption, a stop and its restart
  Duration pause_time, min_run;         // both are rounded up to slots; a note says so
  Objective objective = Objective::kAverage;
  double both_tolerance = 0.0;        // kBoth
  JobState state = JobState::kFresh;  // a job under way: `duration` is what is left of it
  std::optional<DataTransfer> transfer = std::nullopt;
  std::vector<ZoneIntensity> zones;  // the first is the baseline's
};

struct BothSignals {
  std::optional<double> average, marginal;  // absent: not known
};

struct PlannedSegment {
  WallTime begin, end;
  std::string zone;
  double energy_j = 0.0;
  double scale = 1.0;
};

struct PricedSchedule {
  std::vector<PlannedSegment> segments;
  BothSignals emissions_g;
  double energy_j = 0.0;  // with pauses and the transfer of data
  double transfer_j = 0.0;
  std::optional<double> cost;  // absent: no price is known for all of it
  std::size_t pauses = 0;
  WallTime finish;
};

struct Bounds {
  double lower = 0.0, upper = 0.0;
};

struct JobPlan {
  PricedSchedule baseline, best;      // the baseline's emissions and cost are absent where they are not known
  BothSignals saving;                 // fraction of the baseline's emissions; negative when the plan emits more
  std::optional<double> cost_saving;  // the same of the money
  std::optional<Bounds> average_range, marginal_range;  // 95 % of the saving; absent where the points state no range
  double bound = 0.0;                                   // no schedule has less of the objective
  double gap = 0.0;                                     // (plan - bound) / plan
  std::vector<std::string> notes;
};

Status check(const JobRequest& request);
// Whether what the objective goes by is known from the beginning to the end of the span; gaps within are allowed.
Status check_reach(const ZoneIntensity& zone, Objective objective, WallInterval span);
Result<JobPlan> plan_job(const JobRequest& request);

// Fraction of the baseline; absent where one is not known or the baseline is 0.
std::optional<double> saving_of(const std::optional<double>& baseline, const std::optional<double>& plan);

// Mean intensity of each slot from `begin` on; NaN where it is not known for the whole slot.
std::vector<double> slot_means(const IntensitySeries& series, WallTime begin, Duration slot, std::size_t count);

}  // namespace olivine
