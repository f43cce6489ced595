#include "account/activities/sacct_fields.h"

#include <array>
#include <cmath>

#include "base/text.h"

namespace olivine {
namespace {

// A number and the letter behind it; 0 for none.
std::optional<double> scaled(std::string_view text, std::string_view letters, double base, double first) {
  double factor = 1.0;
  if (!text.empty()) {
    const std::size_t place = letters.find(text.back());
    if (place != std::string_view::npos) {
      text.remove_suffix(1);
      factor = first;
      for (std::size_t i = 0; i < place; ++i) factor *= base;
    }
  }
  const auto number = parse_double(text);
  if (!number || *number < 0.0) return std::nullopt;
  return *number * factor;
}

struct NamedState {
  std::string_view name;
  SlurmState state;
};
constexpr auto kStates = std::to_array<NamedState>({
    {"COMPLETED", {true, true, ActivityStatus::kDone}},
    {"FAILED", {true, true, ActivityStatus::kFailed}},
    {"OUT_OF_MEMORY", {true, true, ActivityStatus::kFailed}},
    {"NODE_FAIL", {true, true, ActivityStatus::kFailed}},
    {"BOOT_FAIL", {true, true, ActivityStatus::kFailed}},
    {"LAUNCH_FAILED", {true, true, ActivityStatus::kFailed}},
    {"RECONFIG_FAIL", {true, true, ActivityStatus::kFailed}},
    {"CANCELLED", {true, true, ActivityStatus::kCancelled}},
    {"PREEMPTED", {true, true, ActivityStatus::kCancelled}},
    {"REVOKED", {true, true, ActivityStatus::kCancelled}},
    {"REQUEUED", {true, true, ActivityStatus::kCancelled}},
    {"REQUEUE_FED", {true, true, ActivityStatus::kCancelled}},
    {"REQUEUE_HOLD", {true, true, ActivityStatus::kCancelled}},
    {"SPECIAL_EXIT", {true, true, ActivityStatus::kFailed}},
    {"STOPPED", {true, true, ActivityStatus::kCancelled}},
    {"TIMEOUT", {true, true, ActivityStatus::kTimeout}},
    {"DEADLINE", {true, true, ActivityStatus::kTimeout}},
    {"RUNNING", {false, true, ActivityStatus::kUnknown}},
    {"COMPLETING", {false, true, ActivityStatus::kUnknown}},
    {"CONFIGURING", {false, true, ActivityStatus::kUnknown}},
    {"STAGE_OUT", {false, true, ActivityStatus::kUnknown}},
    {"SIGNALING", {false, true, ActivityStatus::kUnknown}},
    {"SUSPENDED", {false, true, ActivityStatus::kUnknown}},
    {"RESIZING", {false, true, ActivityStatus::kUnknown}},
    {"PENDING", {false, false, ActivityStatus::kUnknown}},
    {"RESV_DEL_HOLD", {false, false, ActivityStatus::kUnknown}},
});

// One "name=value" of a TRES list; the kind with the largest number stays.
bool take_tres(std::string_view name, std::string_view value, SlurmResources& out, double& most, double& kinds_sum) {
  if (name == "mem") {
    const auto memory = parse_slurm_memory_gb(value);
    if (!memory) return false;
    out.memory_gb = *memory;
    return true;
  }
  if (name != "cpu" && name != "gres/gpu" && !name.starts_with("gres/gpu:")) return true;
  const auto count = scaled(value, "KMGTP", 1000.0, 1000.0);
  if (!count) return false;
  if (name == "cpu") {
    out.cpus = *count;
  } else if (name == "gres/gpu") {
    out.devices = *count;
  } else {
    out.several_kinds = !out.device.empty() || out.several_kinds;
    kinds_sum += *count;
    if (*count > most || out.device.empty()) out.device = name.substr(9);
    most = std::max(most, *count);
  }
  return true;
}

}  // namespace

std::optional<double> parse_slurm_duration(std::string_view text) {
  double days = 0.0;
  if (const std::size_t dash = text.find('-'); dash != std::string_view::npos) {
    const auto number = parse_u64(text.substr(0, dash));
    if (!number || *number > 100'000) return std::nullopt;
    days = static_cast<double>(*number);
    text.remove_prefix(dash + 1);
  }
  const std::vector<std::string_view> parts = split(text, ':');
  if (parts.size() < 2 || parts.size() > 3) return std::nullopt;
  double seconds = 0.0;
  for (const std::string_view part : parts) {
    if (part.empty() || part.front() < '0' || part.front() > '9') return std::nullopt;
    const auto number = parse_double(part);
    if (!number || *number > 1e9) return std::nullopt;
    seconds = seconds * 60.0 + *number;
  }
  return days * 86'400.0 + seconds;
}

std::optional<double> parse_slurm_memory_gb(std::string_view text) {
  const auto bytes = scaled(text, "KMGTPE", 1024.0, 1024.0);
  if (!bytes) return std::nullopt;
  const bool letter = !text.empty() && (text.back() < '0' || text.back() > '9') && text.back() != '.';
  return (letter ? *bytes : *bytes * 1024.0 * 1024.0) / 1e9;  // a bare number is in megabytes
}

std::optional<SlurmResources> parse_tres(std::string_view text) {
  SlurmResources out;
  double most = 0.0, kinds_sum = 0.0;
  if (text.empty() || text == "(null)") return out;
  for (const std::string_view item : split(text, ',')) {
    const std::size_t equals = item.find('=');
    if (equals == std::string_view::npos ||
        !take_tres(item.substr(0, equals), item.substr(equals + 1), out, most, kinds_sum))
      return std::nullopt;
  }
  if (std::isnan(out.devices) && !out.device.empty()) out.devices = kinds_sum;
  return out;
}

std::optional<double> parse_slurm_energy_j(std::string_view text) {
  if (text.empty() || text == "0" || text == "NO_VAL" || text == "4294967294" || text == "4294967295" ||
      text == "18446744073709551614" || text == "18446744073709551615")
    return kNotSaid;
  const auto joules = scaled(text, "KMGTP", 1000.0, 1000.0);
  if (!joules) return std::nullopt;
  return *joules == 0.0 ? kNotSaid : *joules;
}

std::optional<SlurmState> slurm_state(std::string_view text) {
  std::string_view word = text.substr(0, text.find(' '));  // "CANCELLED by 1003"
  if (word.ends_with('+')) word.remove_suffix(1);          // cut to the column's width
  for (const NamedState& known : kStates)
    if (known.name == word ||
        (text.substr(0, text.find(' ')).ends_with('+') && known.name.starts_with(word) && word.size() >= 4))
      return known.state;
  return std::nullopt;
}

}  // namespace olivine
