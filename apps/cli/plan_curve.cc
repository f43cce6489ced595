#include "apps/cli/plan_curve.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/text.h"
#include "engine/reassess.h"
#include "grid/store/series_store.h"
#include "units/format.h"

namespace olivine::cli {

Result<std::string> add_run_curve(App& app, const std::string& run, JobRequest& job) {
  OLIVINE_TRY(const auto ledger, open_history(app));
  OLIVINE_TRY(const RunRow row, ledger->find(run));
  const std::string& id = row.start.run_id;
  if (row.removed)
    return fail(ErrorKind::kNotFound, fmt::format("run {} was removed at {}", id, format_utc(*row.removed)));
  OLIVINE_TRY(const StoredRun stored, ledger->load(id));
  OLIVINE_TRY(const AssessmentInput input, input_of(stored));
  const std::vector<EnergySlice> slices = slices_of(input);
  if (slices.empty())
    return fail(ErrorKind::kNotFound, fmt::format("run {} has no energy that a plan could go by", id));
  const WallTime begin = slices.front().interval.begin, end = slices.back().interval.end;
  double metered_j = 0.0;
  for (const EnergySlice& s : slices) {
    job.curve.push_back({{s.interval.begin.ns - begin.ns}, {s.interval.end.ns - begin.ns}, in_joules(s.energy)});
    metered_j += in_joules(s.energy);
  }
  job.duration = {end.ns - begin.ns};
  if (job.duration.ns <= 0 || !(metered_j > 0.0))
    return fail(ErrorKind::kNotFound, fmt::format("run {} has no energy that a plan could go by", id));
  OLIVINE_TRY(SeriesStore store, SeriesStore::open(app.files, app.grid_data_path()));
  double energy_j = metered_j;
  std::string what = "as metered (no PUE is known)";
  if (const auto again = reassess(input, {}, &store)) {
    const auto facility = total_of({*again}).facility_energy;
    if (facility.value && in_joules(facility.value->mean()) > 0.0) {
      energy_j = in_joules(facility.value->mean());
      what = "of the facility";
    }
  }
  job.power_w = energy_j / in_seconds(job.duration);
  return fmt::format("run {}: {} over {}, {}, {} piece{} of its own power curve", id, format_energy(joules(energy_j)),
                     format_duration(job.duration), what, job.curve.size(), job.curve.size() == 1 ? "" : "s");
}

}  // namespace olivine::cli
