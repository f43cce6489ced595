// `plan --run`: the power curve of a recorded run, to be planned again elsewhere and elsewhen.
//
// The energy is that of the run's facility where a PUE is known, else as metered. Pauses that the run made are part of its curve.
//
// Units: by type. Errors: kNotFound for a run that is not there or has no energy. Threads: one. Lifetime: values.
#pragma once

#include "apps/cli/app.h"
#include "planning/single_job.h"

namespace olivine::cli {

// Sets duration, power and curve; what they are taken from, as one line.
Result<std::string> add_run_curve(App& app, const std::string& run, JobRequest& job);

}  // namespace olivine::cli
