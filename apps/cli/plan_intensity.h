// The intensities that `olivine plan` plans on: a file, or what is stored and shipped for the zones.
//
// Units: by type. Errors: kNotFound names the zone and how to get its data. Threads: one. Lifetime: values.
#pragma once

#include <string>
#include <vector>

#include "apps/cli/app.h"
#include "planning/single_job.h"

namespace olivine::cli {

struct PlanIntensities {
  std::vector<ZoneIntensity> zones;
  Duration slot;
  std::vector<std::string> sources;  // one line each, for the reader
};
Result<PlanIntensities> plan_intensities(App& app, const JobRequest& job);

}  // namespace olivine::cli
