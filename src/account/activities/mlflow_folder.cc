// MLflow's file store: mlruns/EXPERIMENT/RUN/{meta.yaml, metrics/NAME, tags/NAME, params/NAME}. The folder may be a run, an
// experiment, or the whole. A metric's file has lines "milliseconds value step".
#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "account/activities/activity_readers.h"
#include "account/activities/mlflow.h"
#include "account/activities/table_rows.h"
#include "base/text.h"

namespace olivine {
namespace {

constexpr std::size_t kMostMetricBytes = std::size_t{32} << 20U, kMostMetaBytes = std::size_t{64} << 10U,
                      kMostRuns = 200'000;

// The flat part of a YAML document that MLflow writes: "key: value" or "key: 'value'".
std::map<std::string, std::string> flat_yaml(std::string_view text) {
  std::map<std::string, std::string> out;
  for (const std::string_view line : split(text, '\n')) {
    const std::size_t colon = line.find(": ");
    if (colon == std::string_view::npos || line.starts_with(' ')) continue;
    std::string_view value = trim(line.substr(colon + 2));
    if (value.size() >= 2 && (value.front() == '\'' || value.front() == '"') && value.back() == value.front())
      value = value.substr(1, value.size() - 2);
    if (value == "null") value = {};
    out.emplace(line.substr(0, colon), value);
  }
  return out;
}

class MlflowFolder {
 public:
  MlflowFolder(FileSystem& files, ActivitySink& sink) : files_(files), sink_(sink) {}
  Status walk(const std::string& folder, int levels);
  std::size_t runs() const { return runs_; }

 private:
  Status run(const std::string& folder, std::map<std::string, std::string> meta);
  Result<std::vector<std::pair<double, double>>> metric(const std::string& path);
  Status set_energy(const std::string& folder, Activity& a);
  tl::unexpected<Error> bad(const std::string& file, std::string_view why) const {
    return fail(ErrorKind::kInvalid, fmt::format("{}: {}", printable(file), why));
  }
  FileSystem& files_;
  ActivitySink& sink_;
  std::size_t runs_ = 0;
};

Result<std::vector<std::pair<double, double>>> MlflowFolder::metric(const std::string& path) {
  OLIVINE_TRY(const std::string text, read_text(files_, path, kMostMetricBytes));
  std::vector<std::pair<double, double>> samples;
  std::size_t number = 0;
  for (const std::string_view line : split(text, '\n')) {
    ++number;
    const std::vector<std::string_view> words = split_words(line);
    if (words.empty()) continue;
    double value = 0.0;
    const auto ms = parse_double(words[0]);
    const NumberKind kind = words.size() < 2 ? NumberKind::kWrong : parse_number(words[1], value);
    if (!ms || kind == NumberKind::kWrong)
      return bad(path, fmt::format("line {}: '{}' is not 'milliseconds value step'", number, shown_value(line)));
    if (kind == NumberKind::kNumber) samples.emplace_back(*ms / 1000.0, value);
  }
  std::stable_sort(samples.begin(), samples.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  return samples;
}

Status MlflowFolder::set_energy(const std::string& folder, Activity& a) {
  if (!sink_.options().energy_metric.empty()) {
    OLIVINE_TRY(const EnergyMetric named, energy_metric(sink_.options().energy_metric));
    const auto samples = metric(folder + "/metrics/" + named.name);
    if (!samples && samples.error().kind != ErrorKind::kNotFound) return tl::unexpected<Error>(samples.error());
    if (!samples || samples->empty()) return {};
    if (samples->back().second < 0.0) return bad(folder + "/metrics/" + named.name, "an energy below zero");
    a.energy_kwh = samples->back().second * named.kwh_per_unit;
    a.plane = sink_.options().plane.value_or(ActivityPlane::kChip);
    a.reported_by = "mlflow metric";
    return {};
  }
  const auto names = files_.list(folder + "/metrics/system");
  if (!names) return {};
  double joules = 0.0, gpus = 0.0;
  for (const std::string& name : *names) {
    if (!name.starts_with("gpu_") || !name.ends_with("_power_usage_watts")) continue;
    OLIVINE_TRY(const auto samples, metric(folder + "/metrics/system/" + name));
    for (const auto& [time, watts] : samples)
      if (watts < 0.0 || watts > 1e5)
        return bad(folder + "/metrics/system/" + name, fmt::format("a power of {} W", watts));
    joules += integrate_power(samples);
    gpus += 1.0;
  }
  if (gpus == 0.0) return {};
  a.energy_kwh = joules / 3.6e6;
  a.plane = ActivityPlane::kChip;
  a.reported_by = "mlflow system metrics";
  a.devices = gpus;
  a.device = "gpu";
  sink_.note(
      "energy is the integral of the GPUs' power that MLflow sampled, from the first sample to the last: GPUs only, "
      "all of the machine");
  return {};
}

Status MlflowFolder::run(const std::string& folder, std::map<std::string, std::string> meta) {
  if (++runs_ > kMostRuns) return bad(folder, fmt::format("more than {} runs", kMostRuns));
  sink_.count_row(runs_);
  const auto state = mlflow_state(meta["status"]);
  if (!state)
    return bad(folder + "/meta.yaml", fmt::format("status '{}' is none of 1 to 5", shown_value(meta["status"])));
  if (meta["lifecycle_stage"] == "deleted") {
    sink_.skip("deleted", runs_);
    return {};
  }
  const auto begin_ms = parse_u64(meta["start_time"]), end_ms = parse_u64(meta["end_time"]);
  if (!state->finished || meta["end_time"].empty()) {
    sink_.skip("not finished; import again when it is", runs_);
    return {};
  }
  if (!begin_ms || !end_ms || *begin_ms > 7'000'000'000'000 || *end_ms > 7'000'000'000'000)
    return bad(folder + "/meta.yaml", fmt::format("start_time '{}' or end_time '{}' is no time in milliseconds",
                                                  shown_value(meta["start_time"]), shown_value(meta["end_time"])));
  Activity a;
  a.begin_s = static_cast<std::int64_t>(*begin_ms / 1000);
  a.end_s = static_cast<std::int64_t>((*end_ms + 999) / 1000);
  a.status = state->status;
  const auto user = read_line(files_, folder + "/tags/mlflow.user");
  std::string model;
  if (!sink_.options().model_column.empty()) {
    for (const char* part : {"/params/", "/tags/"})
      if (const auto text = read_line(files_, folder + part + sink_.options().model_column); text && model.empty())
        model = *text;
  }
  OLIVINE_CHECK_STATUS(set_energy(folder, a));
  a.project = meta["experiment_id"];
  if (user) a.user = *user;
  a.model = model;
  a.row = static_cast<std::uint32_t>(runs_);
  return sink_.take(a);
}

Status MlflowFolder::walk(const std::string& folder, int levels) {
  const auto text = read_text(files_, folder + "/meta.yaml", kMostMetaBytes);
  if (text) {
    auto meta = flat_yaml(*text);
    if (meta.contains("run_id") || meta.contains("run_uuid")) return run(folder, std::move(meta));
  }
  if (levels == 0) return {};
  OLIVINE_TRY(const std::vector<std::string> names, files_.list(folder));
  for (const std::string& name : names) {
    if (name.starts_with('.') || !files_.list(folder + "/" + name)) continue;
    OLIVINE_CHECK_STATUS(walk(folder + "/" + name, levels - 1));
  }
  return {};
}

}  // namespace

Status read_mlflow_folder(FileSystem& files, const std::string& folder, ActivitySink& sink) {
  if (sink.options().energy_metric.find("..") != std::string::npos ||
      sink.options().model_column.find("..") != std::string::npos)
    return fail(ErrorKind::kInvalid, "the name of a metric or parameter holds '..'");
  MlflowFolder reader(files, sink);
  std::string root = folder;
  while (root.size() > 1 && root.ends_with('/')) root.pop_back();
  OLIVINE_CHECK_STATUS(reader.walk(root, 2));
  if (reader.runs() == 0)
    return fail(ErrorKind::kNotFound, "no run of MLflow in this folder: mlruns/EXPERIMENT/RUN/meta.yaml is looked for");
  return {};
}

}  // namespace olivine
