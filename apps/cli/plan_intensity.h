// The intensities that `olivine plan` plans on: a file, or what is stored and shipped for the zones.
//
// Units: by type. Errors: kNotFound names the zone and how to get its data, or what zones the file has. Threads: one. Lifetime: values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apps/cli/app.h"
#include "planning/single_job.h"

namespace olivine::cli {

struct IntensityQuestion {
  std::vector<std::string> zones;  // none: all of the file, or that of the settings
  std::string file;                // "": what is stored and shipped
  std::string slot;                // as typed; "": an hour, or the data's step if that is less (slot_choice.h)
  bool follow = false;             // as time goes on: the slots may begin anywhere
  WallTime from;
  Duration deadline;
  std::string home = {};  // one zone more that a file is to tell, where the data are; "": none
  JobRequest job = {};    // for the size of its programme, as far as it is known
};
struct PlanIntensities {
  std::vector<ZoneIntensity> zones;
  std::optional<ZoneIntensity> home;  // as the file says; absent: it says nothing of that zone
  Duration slot;
  std::vector<std::string> notes;    // of the slot
  std::vector<std::string> sources;  // one line each, for the reader
  std::string file_hash;             // content_hash of the file's text (unpacked); "": of no file
};
Result<PlanIntensities> plan_intensities(App& app, const IntensityQuestion& question);
// As the flags of `olivine plan` ask.
IntensityQuestion question_of(const App& app, const JobRequest& job);
Result<PlanIntensities> plan_intensities(App& app, const JobRequest& job);

// --data and --from: what moving the data takes, with the intensity where they are. Absent when nothing is to be moved.
Result<std::optional<DataTransfer>> plan_transfer(App& app, const JobRequest& job, PlanIntensities& intensities);
// --price and --prices, or the price of the settings: into each zone. The one currency of these and of --egress where it is said, else "".
Result<std::string> add_prices(App& app, const JobRequest& job, std::vector<ZoneIntensity>& zones);

}  // namespace olivine::cli
