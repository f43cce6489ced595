// carbontracker's two logs of a training. NAME_carbontracker_output.log says "Actual consumption for N epoch(s):" with time,
// energy and carbon, at first for the epochs watched and at the end for all: the last one is the run; "Predicted consumption"
// is none. Its energy has been multiplied by the tool's PUE (1.58 or so), so it stands at the facility. NAME_carbontracker.log has duration and
// mean powers of each epoch: energy at the chips, without PUE.
//
// Since March 2024 its powers are the mean over the devices in place of their sum: with several devices it counts too little.
#include <fmt/core.h>

#include <cmath>
#include <map>

#include "account/activities/activity_readers.h"
#include "account/activities/sacct_fields.h"
#include "account/activities/table_rows.h"
#include "base/text.h"

namespace olivine {
namespace {

struct Epoch {
  double seconds = kNotSaid;
  std::map<std::string, double> watts;  // by component; NaN: none was read
};

class CarbontrackerReader {
 public:
  explicit CarbontrackerReader(ActivitySink& sink) : sink_(sink) {}
  Status take(std::string_view line, std::size_t number);
  Status finish();

 private:
  Status stamped(std::string_view text);
  Status field(std::string_view text);
  Status power(std::string_view text);
  void devices(std::string_view text);
  tl::unexpected<Error> bad(std::string_view value, std::string_view why) const {
    return fail(ErrorKind::kInvalid, fmt::format("line {}: '{}' {}", number_, shown_value(value), why));
  }
  Status finish_epochs(Activity& a);

  ActivitySink& sink_;
  TimeParser times_;
  std::size_t number_ = 0, first_line_ = 0;
  std::int64_t time_s_ = 0, last_epoch_s_ = 0;
  bool any_time_ = false, in_actual_ = false, has_actual_ = false, is_log_ = false;
  double seconds_ = kNotSaid, energy_kwh_ = kNotSaid, grams_ = kNotSaid;
  std::int64_t actual_s_ = 0;
  std::vector<Epoch> epochs_;
  std::string version_ = "carbontracker", device_;
  std::size_t device_count_ = 0;
};

// "2025-11-18 15:53:54 - text"
Status CarbontrackerReader::take(std::string_view line, std::size_t number) {
  number_ = number;
  const std::string_view text = trim(line);
  if (text.empty()) return {};
  sink_.count_row(number);
  const std::size_t dash = text.find(" - ");
  if (dash == 19) {
    if (const auto time = times_.parse(text.substr(0, 19))) {
      time_s_ = time->utc_s - sink_.options().offset_s.value_or(0);
      any_time_ = true;
      return stamped(trim(text.substr(dash + 3)));
    }
  }
  return field(text);
}

Status CarbontrackerReader::stamped(std::string_view text) {
  in_actual_ = false;
  if (text.starts_with("CarbonTracker:")) {
    is_log_ = true;
    return field(trim(text.substr(14)));
  }
  return field(text);
}

Status CarbontrackerReader::field(std::string_view text) {
  const auto after = [&](std::string_view start) { return trim(text.substr(start.size())); };
  if (text.starts_with("carbontracker version ")) {
    is_log_ = true;
    version_ = "carbontracker " + shown_value(after("carbontracker version "));
  } else if (text.starts_with("Actual consumption for ")) {
    in_actual_ = has_actual_ = is_log_ = true;
    actual_s_ = time_s_;
    first_line_ = number_;
    seconds_ = energy_kwh_ = grams_ = kNotSaid;
  } else if (text.starts_with("Predicted consumption ")) {
    in_actual_ = false;
  } else if (in_actual_ && text.starts_with("Time:")) {
    const auto seconds = parse_slurm_duration(after("Time:"));
    if (!seconds) return bad(text, "is not a time like 1:02:03");
    seconds_ = *seconds;
  } else if (in_actual_ && (text.starts_with("Energy:") || text.starts_with("CO2eq:"))) {
    const bool energy = text.starts_with("Energy:");
    const std::vector<std::string_view> words = split_words(after(energy ? "Energy:" : "CO2eq:"));
    const auto value = words.size() == 2 ? parse_double(words[0]) : Result<double>(fail(ErrorKind::kInvalid, ""));
    if (!value || *value < 0.0 || words[1] != (energy ? "kWh" : "g"))
      return bad(text, energy ? "is not an energy in kWh" : "is not a mass in g");
    (energy ? energy_kwh_ : grams_) = *value;
  } else if (text.starts_with("Epoch ") && text.ends_with(":")) {
    epochs_.emplace_back();
    if (epochs_.size() > 10'000'000) return bad(text, "is one epoch too many");
    if (epochs_.size() == 1) first_line_ = number_;
    last_epoch_s_ = time_s_;
  } else if (!epochs_.empty() && text.starts_with("Duration:")) {
    const auto seconds = parse_slurm_duration(after("Duration:"));
    if (!seconds) return bad(text, "is not a duration like 0:02:21.90");
    epochs_.back().seconds = *seconds;
  } else if (text.starts_with("Average power usage (W) for ")) {
    return power(after("Average power usage (W) for "));
  } else if (text.starts_with("The following components were found:")) {
    devices(text);
  }
  return {};
}

// "gpu: 100.0", "gpu: [50.0, 51.0]", "gpu: [None]"
Status CarbontrackerReader::power(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || epochs_.empty())
    return bad(text, "is a power outside of an epoch; is the log's beginning there?");
  std::string values(trim(text.substr(colon + 1)));
  for (char& c : values)
    if (c == '[' || c == ']' || c == ',') c = ' ';
  double watts = 0.0;
  for (const std::string_view word : split_words(values)) {
    double value = 0.0;
    const NumberKind kind = parse_number(word, value);
    if (kind == NumberKind::kWrong || value < 0.0) return bad(word, "is not a power in W");
    watts += kind == NumberKind::kMissing ? kNotSaid : value;
  }
  if (epochs_.back().watts.size() < 32)
    epochs_.back().watts[std::string(text.substr(0, std::min<std::size_t>(colon, 40)))] = watts;
  return {};
}

// "... found: GPU with device(s) NVIDIA A100, NVIDIA A100. CPU with device(s) cpu:0."
void CarbontrackerReader::devices(std::string_view text) {
  const std::string_view mark = "GPU with device(s) ";
  const std::size_t at = text.find(mark);
  if (at == std::string_view::npos) return;
  std::string_view list = text.substr(at + mark.size());
  if (const std::size_t end = list.find(". "); end != std::string_view::npos) list = list.substr(0, end);
  while (list.ends_with('.')) list.remove_suffix(1);
  const std::vector<std::string_view> names = split(list, ',');
  device_ = trim(names.front());
  device_count_ = names.size();
  if (device_count_ > 1)
    sink_.note(
        "carbontracker since March 2024 takes the mean over devices in place of their sum: with several devices its "
        "energy may be too low");
}

Status CarbontrackerReader::finish_epochs(Activity& a) {
  double joules = 0.0, seconds = 0.0;
  for (const Epoch& epoch : epochs_) {
    if (std::isnan(epoch.seconds)) {
      sink_.note("an epoch has no duration (the training was cut off): it is not counted");
      continue;
    }
    double watts = epoch.watts.empty() ? kNotSaid : 0.0;
    for (const auto& [component, value] : epoch.watts) {
      watts += value;
      if (std::isnan(value))
        sink_.note(
            fmt::format("no power of {} was read in some epochs: the run's energy is unknown", shown_value(component)));
    }
    seconds += epoch.seconds;
    joules += watts * epoch.seconds;
  }
  a.end_s = last_epoch_s_;
  a.begin_s = last_epoch_s_ - static_cast<std::int64_t>(std::ceil(seconds));
  a.hours = seconds / 3600.0;
  a.energy_kwh = joules / 3.6e6;
  a.plane = ActivityPlane::kChip;
  return {};
}

Status CarbontrackerReader::finish() {
  if (!is_log_)
    return fail(ErrorKind::kInvalid,
                "this is no log of carbontracker: NAME_carbontracker.log or NAME_carbontracker_output.log");
  Activity a;
  if (has_actual_) {
    if (std::isnan(seconds_) || std::isnan(energy_kwh_))
      return bad("Actual consumption", "has no time or no energy below it; is the log cut off?");
    if (!any_time_) return bad("Actual consumption", "has no time of day in the lines above it");
    a.end_s = actual_s_;
    a.begin_s = actual_s_ - static_cast<std::int64_t>(std::ceil(seconds_));
    a.hours = seconds_ / 3600.0;
    a.energy_kwh = energy_kwh_;
    a.reported_gco2e = grams_;
    a.plane = ActivityPlane::kFacility;
    sink_.note(
        "carbontracker multiplied this energy by its own PUE (its other log says which): it is kept as the facility's");
  } else {
    if (epochs_.empty()) {
      sink_.skip("no epoch was finished", 1);
      return {};
    }
    OLIVINE_CHECK_STATUS(finish_epochs(a));
  }
  if (a.hours == 0.0 || std::isnan(a.hours)) {
    sink_.skip("it ran for no time", first_line_);
    return {};
  }
  sink_.note_local_times();
  a.reported_by = version_;
  a.device = device_;
  if (device_count_ > 0) a.devices = static_cast<double>(device_count_);
  a.row = static_cast<std::uint32_t>(first_line_);
  return sink_.take(a);
}

}  // namespace

Status read_carbontracker(ByteSource& source, ActivitySink& sink) {
  LineReader lines(source, kActivityLines);
  CarbontrackerReader reader(sink);
  std::string_view line;
  for (;;) {
    OLIVINE_TRY(const bool more, lines.next(line));
    if (!more) break;
    OLIVINE_CHECK_STATUS(reader.take(line, lines.line_number()));
  }
  return reader.finish();
}

}  // namespace olivine
