// experiment-impact-tracker's data.json: JSON lines, one a sample of some ten seconds; a file is one run.
//
// Rule of the tool (Henderson et al. 2020; its code): a sample's power holds since the sample before, the first one since the
// experiment began, the last one until it ended. Begin and end stand in its info file, not here: --begin and --end say them;
// without them the run spans its samples and its first power, which lasted an unknown time, is not counted. The tool's own carbon is
// that energy x its PUE 1.58 x the intensity of each sample, where it has one.
#include <fmt/core.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "account/activities/activity_readers.h"
#include "account/activities/table_rows.h"
#include "base/text.h"

namespace olivine {
namespace {

constexpr double kToolPue = 1.58;  // experiment-impact-tracker, default of OVERRIDE_PUE
constexpr double kSecondsPerKwh = 3.6e6;

struct Sample {
  double time_s = 0.0, power_w = 0.0, g_per_kwh = kNotSaid;
};

class ImpactTrackerReader {
 public:
  explicit ImpactTrackerReader(ActivitySink& sink) : sink_(sink) {}
  Status take(std::string_view line, std::size_t number);
  Status finish(std::size_t last_line);

 private:
  Result<Sample> parse(std::string_view line, std::size_t number);
  void add(double seconds, const Sample& sample);
  ActivitySink& sink_;
  bool any_ = false;
  double first_s_ = 0.0, energy_j_ = 0.0, grams_ = 0.0;
  bool grams_known_ = true;
  Sample last_;
  std::size_t gpus_ = 0;
};

Result<Sample> ImpactTrackerReader::parse(std::string_view line, std::size_t number) {
  const auto bad = [&](std::string_view why) {
    return fail(ErrorKind::kInvalid, fmt::format("line {}: {}", number, why));
  };
  if (nests_deeper(line, 16)) return bad("JSON more than 16 levels deep");
  const auto json = nlohmann::json::parse(line, nullptr, false);
  if (!json.is_object())
    return bad(fmt::format("'{}' is no JSON object; is this experiment-impact-tracker's data.json?",
                           shown_value(line.substr(0, 30))));
  const auto number_of = [&](const char* key) -> std::optional<double> {
    const auto found = json.find(key);
    if (found == json.end() || !found->is_number()) return std::nullopt;
    return found->get<double>();
  };
  const auto time = number_of("timestamp");
  if (!time || !(*time > 0.0 && *time < 7e9)) return bad("timestamp is missing or no time in Unix seconds");
  const auto cpu = number_of("rapl_estimated_attributable_power_draw"),
             gpu = number_of("nvidia_estimated_attributable_power_draw");
  if (!cpu && !gpu)
    return bad("neither rapl_ nor nvidia_estimated_attributable_power_draw: no power was attributed to the run");
  const double watts = cpu.value_or(0.0) + gpu.value_or(0.0);
  if (!(watts >= 0.0 && watts < 1e7)) return bad(fmt::format("a power of {} W cannot be; powers are in watts", watts));
  if (!cpu || !gpu)
    sink_.note(fmt::format("no power of {} was attributed: its energy is not counted", cpu ? "GPUs" : "processors"));
  if (const auto found = json.find("per_gpu_power_draw"); found != json.end() && found->is_object())
    gpus_ = std::max(gpus_, found->size());
  return Sample{*time, watts, number_of("realtime_carbon_intensity").value_or(kNotSaid)};
}

void ImpactTrackerReader::add(double seconds, const Sample& sample) {
  const double joules = seconds * sample.power_w;
  energy_j_ += joules;
  if (std::isnan(sample.g_per_kwh))
    grams_known_ = grams_known_ && joules == 0.0;
  else
    grams_ += joules / kSecondsPerKwh * kToolPue * sample.g_per_kwh;
}

Status ImpactTrackerReader::take(std::string_view line, std::size_t number) {
  sink_.count_row(number);
  OLIVINE_TRY(const Sample sample, parse(line, number));
  if (any_ && sample.time_s < last_.time_s)
    return fail(
        ErrorKind::kInvalid,
        fmt::format("line {}: its timestamp lies before the line above; two runs in one file? split it", number));
  if (any_) {
    add(sample.time_s - last_.time_s, sample);
  } else {
    first_s_ = sample.time_s;
    if (const auto begin = sink_.options().begin_s) {
      if (*begin > sample.time_s)
        return fail(ErrorKind::kInvalid, fmt::format("line {}: the first sample lies before --begin", number));
      first_s_ = *begin;
      add(sample.time_s - first_s_, sample);
    } else {
      sink_.note(
          "begin and end of the experiment stand in the tool's info file: without --begin and --end the first sample's "
          "power is not counted");
    }
  }
  any_ = true;
  last_ = sample;
  return {};
}

Status ImpactTrackerReader::finish(std::size_t last_line) {
  if (!any_) return fail(ErrorKind::kInvalid, "the file is empty");
  double end_s = last_.time_s;
  if (const auto end = sink_.options().end_s) {
    if (*end < end_s)
      return fail(ErrorKind::kInvalid, fmt::format("line {}: the last sample lies after --end", last_line));
    end_s = *end;
    add(end_s - last_.time_s, last_);
  }
  if (end_s == first_s_) {
    sink_.skip("it ran for no time", 1);
    return {};
  }
  Activity a;
  a.begin_s = static_cast<std::int64_t>(std::floor(first_s_));
  a.end_s = static_cast<std::int64_t>(std::ceil(end_s));
  a.hours = (end_s - first_s_) / 3600.0;
  a.energy_kwh = energy_j_ / kSecondsPerKwh;
  a.plane = ActivityPlane::kChip;
  a.reported_by = "experiment-impact-tracker";
  if (grams_known_) a.reported_gco2e = grams_;
  if (gpus_ > 0) {
    a.device = "gpu";
    a.devices = static_cast<double>(gpus_);
  }
  a.row = 1;
  return sink_.take(a);
}

}  // namespace

Status read_impact_tracker(ByteSource& source, ActivitySink& sink) {
  LineReader lines(source, kActivityLines);
  ImpactTrackerReader reader(sink);
  std::string_view line;
  for (;;) {
    OLIVINE_TRY(const bool more, lines.next(line));
    if (!more) break;
    if (!trim(line).empty()) OLIVINE_CHECK_STATUS(reader.take(line, lines.line_number()));
  }
  return reader.finish(lines.line_number());
}

}  // namespace olivine
