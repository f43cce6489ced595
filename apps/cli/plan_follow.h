// What `plan --follow` follows, for whoever announces it: its rules, and the plan of its first step.
//
// Units: by type. Errors: kInvalid names the flag. Threads: one. Lifetime: values.
#pragma once

#include "apps/cli/app.h"
#include "planning/follow.h"

namespace olivine::cli {

// Of --margin, --pause-above, --min-run and --slot; `job` is as plan_request_of has it, with its slot. kInvalid for a job that a plan
// would refuse.
Result<FollowRules> follow_rules(const App& app, const JobRequest& job);
// The same job as the first step plans it: up to the margin or where the data end, in the rules' slots.
JobRequest followed_job(JobRequest job, const FollowRules& rules);

// Mean g/kWh; absent where it is not known for all of the span.
std::optional<double> mean_over(const std::optional<IntensitySeries>& series, const WallInterval& span);

}  // namespace olivine::cli
