#include "account/studies/tracker_log.h"

#include <fmt/core.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "base/wall_time_text.h"
#include "grid/import/line_reader.h"
#include "provenance/table.h"

namespace olivine {
namespace {

struct Sample {
  double time_s = 0.0, gpu_w = 0.0, cpu_w = 0.0, g_per_kwh = 0.0, gpu_used = 0.0;
};

Result<Sample> sample_of(std::string_view line, std::size_t number) {
  const auto bad = [&](std::string_view why) { return fail(ErrorKind::kInvalid, fmt::format("line {}: {}", number, why)); };
  if (nests_deeper(line, 16)) return bad("nested too deeply");
  const auto json = nlohmann::json::parse(line, nullptr, false);
  if (!json.is_object()) return bad("this is no JSON object");
  Sample s;
  const std::pair<const char*, double*> fields[] = {{"timestamp", &s.time_s},
                                                    {"nvidia_estimated_attributable_power_draw", &s.gpu_w},
                                                    {"rapl_estimated_attributable_power_draw", &s.cpu_w},
                                                    {"realtime_carbon_intensity", &s.g_per_kwh},
                                                    {"average_gpu_estimated_utilization_absolute", &s.gpu_used}};
  for (const auto& [key, to] : fields) {
    const auto found = json.find(key);
    if (found == json.end() || !found->is_number()) return bad(fmt::format("{} is missing or no number", key));
    *to = found->get<double>();
    if (!std::isfinite(*to) || *to < 0.0) return bad(fmt::format("{} is no amount", key));
  }
  return s;
}

class Integration {
 public:
  Integration(const TrackerSpan& span, double pue) : span_(span), pue_(pue), at_s_(span.begin_s) {}
  Status take(const Sample& s, double until_s, std::string_view where) {
    if (!(until_s >= at_s_)) return fail(ErrorKind::kInvalid, fmt::format("{}: time runs back", where));
    const double hours = (until_s - at_s_) / 3600.0;
    at_s_ = until_s;
    const double gpu = hours * s.gpu_w / 1000.0, cpu = hours * s.cpu_w / 1000.0;
    out_.gpu_kwh += gpu;
    out_.cpu_kwh += cpu;
    out_.carbon_g += pue_ * (gpu + cpu) * s.g_per_kwh;
    out_.gpu_hours += hours * s.gpu_used;
    intensities_ += s.g_per_kwh;
    ++out_.samples;
    return {};
  }
  TrackerTotals finish() {
    out_.energy_kwh = pue_ * (out_.gpu_kwh + out_.cpu_kwh);
    out_.mean_g_per_kwh = intensities_ / static_cast<double>(out_.samples);
    out_.hours = (span_.end_s - span_.begin_s) / 3600.0;
    return out_;
  }

 private:
  const TrackerSpan& span_;
  double pue_, at_s_, intensities_ = 0.0;
  TrackerTotals out_;
};

double value_of(const TrackerTotals& t, std::string_view figure) {
  if (figure == "gpu_energy") return t.gpu_kwh;
  if (figure == "cpu_energy") return t.cpu_kwh;
  if (figure == "energy") return t.energy_kwh;
  if (figure == "mean_intensity") return t.mean_g_per_kwh;
  if (figure == "carbon") return t.carbon_g / 1000.0;
  if (figure == "hours") return t.hours;
  return figure == "gpu_hours" ? t.gpu_hours : std::nan("");
}

Result<double> local_seconds(std::string_view text, double utc_offset_h) {
  std::string iso(trim(text));
  if (const std::size_t space = iso.find(' '); space != std::string::npos) iso[space] = 'T';
  OLIVINE_TRY(const WallTime time, parse_wall_time(iso + "Z"));
  return static_cast<double>(time.ns) * 1e-9 - utc_offset_h * 3600.0;
}

}  // namespace

Result<std::vector<TrackerSpan>> parse_tracker_spans(std::string_view csv, double utc_offset_h) {
  OLIVINE_TRY(const CsvTable table, CsvTable::parse("runs.csv", csv));
  std::vector<TrackerSpan> spans;
  for (std::size_t i = 0; i < table.rows(); ++i) {
    TrackerSpan span{std::string(table.cell(i, "run")), 0.0, 0.0};
    OLIVINE_TRY(span.begin_s, local_seconds(table.cell(i, "experiment_start"), utc_offset_h));
    OLIVINE_TRY(span.end_s, local_seconds(table.cell(i, "experiment_end"), utc_offset_h));
    if (span.run.empty() || span.run.find('/') != std::string::npos) return fail(ErrorKind::kInvalid, fmt::format("runs.csv: row {}: a run's name is wanted", i + 1));
    spans.push_back(std::move(span));
  }
  return spans;
}

Result<TrackerTotals> integrate_tracker_log(ByteSource& lines, const TrackerSpan& span, double pue) {
  LineReader reader(lines);
  Integration sum(span, pue);
  std::optional<Sample> last;
  std::string_view line;
  for (;;) {
    OLIVINE_TRY(const bool more, reader.next(line));
    if (!more) break;
    if (trim(line).empty()) continue;
    OLIVINE_TRY(const Sample sample, sample_of(line, reader.line_number()));
    OLIVINE_CHECK_STATUS(sum.take(sample, sample.time_s, fmt::format("line {}", reader.line_number())));
    last = sample;
  }
  if (!last) return fail(ErrorKind::kInvalid, "the log has no sample");
  OLIVINE_CHECK_STATUS(sum.take(*last, span.end_s, "the experiment's end lies before its last sample"));
  return sum.finish();
}

Result<std::vector<TrackerRun>> read_tracker_folder(FileSystem& files, const std::string& folder, double utc_offset_h) {
  OLIVINE_TRY(const std::string csv, read_text(files, folder + "/runs.csv"));
  OLIVINE_TRY(const auto spans, parse_tracker_spans(csv, utc_offset_h));
  std::vector<TrackerRun> runs;
  for (const TrackerSpan& span : spans) {
    const std::string path = folder + "/" + span.run + ".jsonl.gz";
    OLIVINE_TRY(const auto source, open_input(files, path));
    auto totals = integrate_tracker_log(*source, span, kTrackerPue);
    if (!totals) return with_context(totals.error(), path);
    runs.push_back({span.run, *totals});
  }
  return runs;
}

Result<double> tracker_figure(std::span<const TrackerRun> runs, std::string_view run, std::string_view figure) {
  double sum = 0.0;
  std::size_t count = 0;
  for (const TrackerRun& each : runs) {
    if (run != "mean" && each.run != run) continue;
    sum += value_of(each.totals, figure);
    ++count;
  }
  if (count == 0) return fail(ErrorKind::kNotFound, fmt::format("there is no log of a run {}", printable(run)));
  if (std::isnan(sum)) return fail(ErrorKind::kNotFound, fmt::format("logs have no figure {}", printable(figure)));
  return sum / static_cast<double>(count);
}

}  // namespace olivine
