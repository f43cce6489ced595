// Following a plan in real time: at every step, whether the work shall run now, and until when that holds.
//
// The decision is that of online/online_policy.h, which `olivine simulate` and the benchmarks ask too: here times become slots, and
// the answer becomes a time and a sentence. The policy is model-predictive control: each step plans the rest of the work anew on what is
// known then (the exact programme of slot_schedule.h, which knows whether the work runs or is paused), so that a late step, a queue or a
// machine that slept (follow_progress.h) changes the plan and not the deadline; work that is longer than said has the margin. With a
// threshold (`pause_above`) work rests while the intensity is above it.
//
// A deadline is never missed for carbon: as soon as what is left, a restart and the margin no longer fit, the work runs until
// it is done. So it does where the intensity is not known: nobody waits for the unknown. Slots are counted so that rounding is on the
// side of the deadline.
//
//   5 1 4 2 3 1 g/kWh by hour, 2 h of work, finish within 6 h: wait, run, wait, wait, wait, run
//
// Units: by type; power only weighs the costs of pauses. Errors: none: a step always has an answer, with its reason.
// Threads: pure. Lifetime: values. Source: receding horizon control with a terminal constraint; "Words" of METHODS.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "planning/single_job.h"

namespace olivine {

struct FollowRules {
  Duration work;  // what the job is expected to take
  WallTime finish_by;
  Duration margin;                    // kept free before the deadline, for work that takes longer than expected
  bool may_pause = true;              // false: only the start is chosen
  std::optional<double> pause_above;  // g/kWh
  Duration slot = seconds(300);
  double power_w = 1000.0, paused_power_w = 0.0;
  double pause_g = 0.0, pause_j = 0.0;
  Duration pause_time, min_run;
  Objective objective = Objective::kAverage;
};

struct FollowState {
  JobState state = JobState::kFresh;
  Duration done;               // of the work
  Duration restart_left = {};  // of the restart after the last pause, while it is under way
  Duration ran = {};  // of the run under way, its restart included: a threshold pauses it after min_run at the earliest
};

struct FollowStep {
  bool run = true;
  WallTime until;      // ask again then at the latest
  std::string reason;  // one clause for people: "280 g/kWh if it ran now, 45 g/kWh from 02:00 UTC on"
  // Of a wait: when the work must go on, whatever is known then, to be done in time: the deadline less what is left, a restart and the
  // margin. The same at each step of a wait; none of them waits longer.
  std::optional<WallTime> latest;
};

// What the work has done and where it is, having run over `spans`, the last of them up to now if it runs: each restart makes
// `pause_time` without progress.
FollowState state_after(const std::vector<WallInterval>& spans, bool runs, Duration pause_time);

FollowStep next_step(const FollowRules& rules, const FollowState& state, const ZoneIntensity& intensity, WallTime now);

}  // namespace olivine
