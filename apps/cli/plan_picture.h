// A plan as a picture (--plot) and as a calendar (--ical).
//
// Units: g CO2e/kWh; UTC. Errors: kNotFound where no intensity is known to draw. Threads: pure. Lifetime: values.
#pragma once

#include "apps/cli/plan_render.h"
#include "apps/cli/plot.h"

namespace olivine::cli {

// The intensity of the plan's zone up to the deadline, and the time in which the work runs.
Result<Plot> plot_of(const App& app, const PlanAnswer& answer, const JobPlan& plan);
Result<std::string> calendar_of(const PlanAnswer& answer, const JobPlan& plan);
Result<std::string> calendar_of(const QueueRequest& request, const QueuePlan& plan);

}  // namespace olivine::cli
