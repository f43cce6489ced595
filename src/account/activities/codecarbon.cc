// CodeCarbon's emissions.csv, of every version since 1.0: one row a run, duration in s, energy in kWh, emissions in kg.
//
// A run that flushes writes a row each time, and each holds the sum since its start: the last row of a run_id is the run, the
// earlier ones are parts of it. In the file of a tracker with tasks (column task_name) every row is a task of its own.
// The timestamp is the end, in the machine's own time. Energy has been multiplied by the column `pue` where there is one
// (since 2.3): with a PUE above 1 it stands at the facility's meter and no PUE may be applied to it again.
#include <fmt/core.h>

#include <cmath>
#include <unordered_map>

#include "account/activities/activity_readers.h"
#include "account/activities/table_rows.h"
#include "base/text.h"

namespace olivine {
namespace {

// The dirtiest grid hour on record stays below 2 kg/kWh, so a row beyond 5 has other units than it should.
constexpr double kMostKgPerKwh = 5.0;

struct CodecarbonRow {
  Activity numbers;
  std::string project, zone, device, reported_by;
};

class CodecarbonReader {
 public:
  CodecarbonReader(TableRows rows, ActivitySink& sink) : rows_(std::move(rows)), sink_(sink) {}
  Status find_columns();
  Status read();

 private:
  Status read_row();
  Status keep(CodecarbonRow row);
  Result<Activity> numbers();
  std::string zone();
  Status give(CodecarbonRow& row);

  TableRows rows_;
  ActivitySink& sink_;
  std::size_t time_ = 0, duration_ = 0, energy_ = 0, emissions_ = 0;
  std::optional<std::size_t> project_, run_, task_, country_, country_name_, provider_, region_, version_, gpu_count_,
      gpu_model_, cpu_count_, memory_, pue_, cpu_used_;
  std::vector<CodecarbonRow> kept_;
  std::unordered_map<std::string, std::size_t> by_run_;
};

Status CodecarbonReader::find_columns() {
  OLIVINE_TRY(time_, rows_.need({"timestamp"}));
  OLIVINE_TRY(duration_, rows_.need({"duration"}));
  OLIVINE_TRY(emissions_, rows_.need({"emissions"}));
  OLIVINE_TRY(energy_, rows_.need({"energy_consumed"}));
  project_ = rows_.find({"project_name"});
  run_ = rows_.find({"run_id", "experiment_id"});
  task_ = rows_.find({"task_name"});
  country_ = rows_.find({"country_iso_code"});
  country_name_ = rows_.find({"country_name"});
  provider_ = rows_.find({"cloud_provider"});
  region_ = rows_.find({"cloud_region"});
  version_ = rows_.find({"codecarbon_version"});
  gpu_count_ = rows_.find({"gpu_count"});
  gpu_model_ = rows_.find({"gpu_model"});
  cpu_count_ = rows_.find({"cpu_count"});
  memory_ = rows_.find({"ram_total_size"});
  pue_ = rows_.find({"pue"});
  cpu_used_ = rows_.find({"cpu_utilization_percent"});
  return {};
}

Result<Activity> CodecarbonReader::numbers() {
  Activity a;
  OLIVINE_TRY(a.end_s, rows_.time(time_, sink_.options().offset_s.value_or(0)));
  OLIVINE_TRY(const double seconds, rows_.amount(duration_));
  if (std::isnan(seconds)) return rows_.bad(duration_, rows_.cell(duration_), "is no duration in seconds");
  if (seconds > 1e9)
    return rows_.bad(duration_, rows_.cell(duration_), "is longer than 30 years; durations are in seconds");
  a.begin_s = a.end_s - static_cast<std::int64_t>(std::ceil(seconds));
  a.hours = seconds / 3600.0;
  OLIVINE_TRY(a.energy_kwh, rows_.amount(energy_));
  OLIVINE_TRY(const double kg, rows_.amount(emissions_));
  a.reported_gco2e = kg * 1000.0;
  if (kg > kMostKgPerKwh * a.energy_kwh && kg > 1e-9)
    return rows_.bad(
        emissions_, rows_.cell(emissions_),
        fmt::format(
            "kg of {} kWh is more than {} kg/kWh, which no grid has: emissions are in kg, energy_consumed in kWh",
            rows_.cell(energy_), kMostKgPerKwh));
  OLIVINE_TRY(a.devices, rows_.amount(gpu_count_));
  OLIVINE_TRY(a.cpus, rows_.amount(cpu_count_));
  OLIVINE_TRY(a.memory_gb, rows_.amount(memory_));
  OLIVINE_TRY(const double used_percent, rows_.amount(cpu_used_));
  a.cpu_used = used_percent / 100.0;
  OLIVINE_TRY(const double pue, rows_.amount(pue_));
  a.plane = pue > 1.0 ? ActivityPlane::kFacility : sink_.options().plane.value_or(ActivityPlane::kChip);
  if (pue > 1.0)
    sink_.note(fmt::format(
        "codecarbon multiplied energy by a PUE of {}: it is kept as the facility's, to which no PUE is applied again",
        pue));
  a.row = static_cast<std::uint32_t>(rows_.line());
  return a;
}

std::string CodecarbonReader::zone() {
  if (const std::string_view region = rows_.cell(region_); !region.empty()) {
    if (std::string zone = sink_.zone_of_region(to_lower(rows_.cell(provider_)), region); !zone.empty()) return zone;
  }
  if (std::string zone = sink_.zone_named(rows_.cell(country_)); !zone.empty()) return zone;
  return rows_.cell(country_).empty() ? sink_.zone_named(rows_.cell(country_name_)) : "";
}

Status CodecarbonReader::keep(CodecarbonRow row) {
  const std::string run(rows_.cell(run_));
  if (task_ || run.empty()) return give(row);
  const auto [place, is_new] = by_run_.try_emplace(run, kept_.size());
  if (is_new) {
    kept_.push_back(std::move(row));
    return {};
  }
  CodecarbonRow& earlier = kept_[place->second];
  const bool later = row.numbers.hours >= earlier.numbers.hours;
  sink_.skip("an earlier sum of a run that has a later row", later ? earlier.numbers.row : row.numbers.row);
  if (later) earlier = std::move(row);
  return {};
}

Status CodecarbonReader::give(CodecarbonRow& row) {
  Activity& a = row.numbers;
  a.project = row.project;
  a.zone = row.zone;
  a.device = row.device;
  a.reported_by = row.reported_by;
  return sink_.take(a);
}

Status CodecarbonReader::read_row() {
  sink_.count_row(rows_.line());
  if (std::string_view(rows_.cell(time_)) == "timestamp") {
    sink_.skip("the header once more", rows_.line());
    return {};
  }
  CodecarbonRow row;
  OLIVINE_TRY(row.numbers, numbers());
  if (row.numbers.hours == 0.0) {
    sink_.skip("it ran for no time", rows_.line());
    return {};
  }
  if (std::isnan(row.numbers.energy_kwh)) {
    sink_.skip("no energy was counted", rows_.line());
    return {};
  }
  row.project = rows_.cell(project_);
  row.zone = zone();
  const std::string_view gpu = rows_.cell(gpu_model_);  // "4 x NVIDIA A100-SXM4-80GB"
  const std::size_t times = gpu.find(" x ");
  row.device = times == std::string_view::npos ? gpu : gpu.substr(times + 3);
  row.reported_by = version_ && !rows_.cell(version_).empty()
                        ? fmt::format("codecarbon {}", shown_value(rows_.cell(version_)))
                        : "codecarbon";
  return keep(std::move(row));
}

Status CodecarbonReader::read() {
  for (;;) {
    OLIVINE_TRY(const bool more, rows_.next());
    if (!more) break;
    OLIVINE_CHECK_STATUS(read_row());
  }
  for (CodecarbonRow& row : kept_) OLIVINE_CHECK_STATUS(give(row));
  if (!rows_.times_said_zone()) sink_.note_local_times();
  if (task_) sink_.note("the file has tasks: each row is one, and their overlaps are not taken off");
  return {};
}

}  // namespace

Status read_codecarbon(ByteSource& source, ActivitySink& sink) {
  OLIVINE_TRY(TableRows rows, TableRows::open(source));
  CodecarbonReader reader(std::move(rows), sink);
  OLIVINE_CHECK_STATUS(reader.find_columns());
  return reader.read();
}

}  // namespace olivine
