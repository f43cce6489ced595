// What a run's energy is priced with: found when it ends, and found anew when somebody looks at it later, because the data set
// that covers it may have been imported since (account/intensity_choice.h has the order).
//
// The facts of a run are never rewritten. Its end keeps what was found, with the data set's hash, so that
//   - `verify` makes the same record again, and integrates the data set again where it is still there;
//   - `show` takes what is best now, and falls back on what was kept when the data set is gone, and says so.
//
// Units: g/kWh, energy-weighted over the run's own curve. Errors: find_intensities has none: a damaged store is a note, and the
// yearly factor serves; it must never fail a run. Threads: one. Lifetime: values; `files` outlives the call.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "account/intensity_choice.h"
#include "base/file_system.h"
#include "engine/assess.h"
#include "engine/difference.h"

namespace olivine {

// Where stored data sets lie.
struct GridFolder {
  FileSystem* files = nullptr;
  std::string path;
};

// What is kept there of a zone. kNotFound also where `folder` names no files.
Result<SeriesStore> series_of(const GridFolder& folder, const std::string& zone);

// When the run used its energy, idle charged to it included.
std::vector<EnergySlice> slices_of(const AssessmentInput& input);

// The average that energy used in these slices is priced with; absent where the yearly factor of the context serves.
std::optional<ChosenIntensity> average_of_run(const std::string& zone, std::string_view factor_boundary,
                                              std::span<const EnergySlice> slices, SeriesStore* store);
// What `olivine run --zone` prices the hour of `when` with: as above, else the yearly factor. `store` may be null.
Result<ChosenIntensity> average_of_hour(const std::string& zone, WallTime when, SeriesStore* store);

RunIntensities find_intensities(const GridFolder& folder, const AssessmentInput& input);

// Of what was kept with the run and what is found now, what a reader should see: now, unless the run was priced with a data
// set that covers more and is gone.
RunIntensities better_of(const AssessmentInput& stored, RunIntensities now);

// What the data sets that priced the run say when they are integrated again: one sentence for each that is gone, and a
// difference for each that says something else.
struct DatasetCheck {
  std::vector<std::string> gone;
  std::vector<Difference> differing;
};
DatasetCheck check_datasets(const GridFolder& folder, const AssessmentInput& input);

// As it is kept with a run.
RunIntensity kept_form(const ChosenIntensity& chosen);

}  // namespace olivine
