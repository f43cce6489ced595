// The raw log of experiment-impact-tracker (Henderson et al. 2020), integrated as its authors' code does it.
//
// A sample's power holds from the sample before it (the first from the experiment's start), the last one until the experiment's end:
//
//   start 0 s; 100 W at 10 s, 50 W at 20 s; end 30 s  ->  100 x 10 + 50 x 10 + 50 x 10 = 2,000 J
//
// energy = PUE x (GPU + CPU), both as attributed to the run; carbon is summed at each sample's own intensity: the mean intensity times
// the energy differs by 0.02 % in these logs. The mean intensity counts the held last sample once more, as the published one does.
//
// Units: seconds of Unix time, kWh, g/kWh, g, hours. Errors: kInvalid with the line: no JSON, a missing field, time running back, an
// end before the last sample. Threads: one. Lifetime: values.
// Source: authors' code, get_compute_energy of experiment-impact-tracker; samples without a field are errors, never zero.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_system.h"
#include "base/result.h"
#include "grid/import/byte_source.h"

namespace olivine {

// The tracker's default, "PUE default 1.58" in its code.
inline constexpr double kTrackerPue = 1.58;

struct TrackerSpan {
  std::string run;
  double begin_s = 0.0, end_s = 0.0;
};
// runs.csv: run,experiment_start,experiment_end in local time, `utc_offset_h` east of UTC.
Result<std::vector<TrackerSpan>> parse_tracker_spans(std::string_view csv, double utc_offset_h);

struct TrackerTotals {
  double gpu_kwh = 0.0, cpu_kwh = 0.0, energy_kwh = 0.0;  // energy has the PUE in it
  double carbon_g = 0.0, mean_g_per_kwh = 0.0;
  double hours = 0.0, gpu_hours = 0.0;
  std::size_t samples = 0;
};
Result<TrackerTotals> integrate_tracker_log(ByteSource& lines, const TrackerSpan& span, double pue);

// All runs of a folder that holds runs.csv and RUN.jsonl.gz. kNotFound when there is none.
struct TrackerRun {
  std::string run;
  TrackerTotals totals;
};
Result<std::vector<TrackerRun>> read_tracker_folder(FileSystem& files, const std::string& folder, double utc_offset_h);
// The figure of a run, or of "mean", by the name that expected rows use: gpu_energy, cpu_energy, energy [kWh], mean_intensity [g/kWh],
// carbon [kg], hours, gpu_hours [h].
Result<double> tracker_figure(std::span<const TrackerRun> runs, std::string_view run, std::string_view figure);

}  // namespace olivine
