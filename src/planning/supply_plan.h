// When one job runs best on its own power supply (power_supply.h): its start and pauses, priced by what the sun, the battery and the
// grid really gave it, slot by slot from `now` on.
//
//   300 W for 1 h, deadline 3 h, sun 0, 0, 200 W, grid 100, 50, 90 g/kWh: at once 30 g; plan hour 2: 100 Wh of the grid, 9 g
//
// Without a battery a slot costs what it costs whatever the others do: the programme of pauses is exact, as is choosing the start.
// With one, what a slot costs depends on what was charged and taken before: every start is settled, and so are the schedules with
// pauses that are best if the battery's energy had one price, for several such prices. Those prices also give the bound: no schedule, and
// no other rule for the battery, has less than (cheapest at price p, the battery free of its rule) - p x (all that it could ever deliver).
// What is left between the two is the gap.
//
// A schedule with a shortfall is never chosen, nor one that takes from the grid in a slot whose intensity is not known or below zero.
//
// Units: by type. Errors: as single_job.h; kInvalid also for several zones, scales, data to move, or both signals; kNotFound when the
// sun's data do not cover the plan, or the supply cannot carry the job (by how much it is short). Threads: pure. Lifetime: values.
#pragma once

#include <string>
#include <vector>

#include "planning/power_supply.h"
#include "planning/single_job.h"

namespace olivine {

struct SunPoint {
  WallTime begin, end;
  double power_w = 0.0;  // the job's share of the array's
};

struct SupplyRequest {
  JobRequest job;
  PowerSupply supply;
  std::vector<SunPoint> sun = {};               // empty: no array
  std::string sun_source = "the sun's series";  // as errors name it
};

struct SupplySlot {
  WallTime begin, end;
  SupplyFlows flows;
  std::int64_t content_uj = 0;  // at its end
};

struct SettledSchedule {
  SupplyFlows flows;  // from now to the end of the job
  SupplyBill bill;    // without the grams of pauses
  std::int64_t content_before_uj = 0, content_uj = 0;
  std::vector<SupplySlot> slots;  // in which the job or the battery took something
};

struct SupplyPlan {
  JobPlan plan;
  SettledSchedule baseline, best;
  std::size_t settled = 0;  // schedules that were settled to choose
  bool exact = true;        // no schedule in these slots is better under this supply's rule
};

Result<SupplyPlan> plan_with_supply(const SupplyRequest& request);

}  // namespace olivine
