// The known settings, what their values must look like, and their names as flags and environment variables.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "engine/config.h"
#include "grid/zone_source.h"

namespace olivine {
namespace {

constexpr double kMany = 1e9;
constexpr std::size_t kMaxValueBytes = 4096;

constexpr auto kKeys = std::to_array<ConfigKey>({
    {"cgroup", ValueKind::kChoice, "auto", "auto|always|never", 0, 0, true,
     "private cgroup for a run: auto uses version 2 only"},
    {"cgroup_root", ValueKind::kPath, "/sys/fs/cgroup", "", 0, 0, false, "where the control groups are mounted"},
    {"cloud_metadata_file", ValueKind::kPath, kCloudMetadataFile, "", 0, 0, false,
     "file in which cloud-init names the region"},
    {"color", ValueKind::kChoice, "auto", "auto|always|never", 0, 0, true, "colour in the output"},
    {"currency", ValueKind::kText, "", "", 0, 0, true, "currency of price_per_kwh, such as EUR"},
    {"embodied_kg", ValueKind::kNumber, "", "", 0, 1e7, true, "kg CO2e of making this machine"},
    {"grid_providers", ValueKind::kText, "", "", 0, 0, false, "grid services that may be asked, such as \"uk, eia\""},
    {"grid_token_file", ValueKind::kPath, "", "", 0, 0, false, "file of mode 0600 with the keys of grid services"},
    {"idle", ValueKind::kChoice, "share", "share|reserved|exclude|all", 0, 0, true, "idle energy charged to a run"},
    {"interval", ValueKind::kDuration, "", "", 0, 0, true, "time between readings; not set: from the sensors"},
    {"keep_command", ValueKind::kBool, "true", "", 0, 0, true, "store the command line, secrets redacted"},
    {"ledger", ValueKind::kPath, "", "", 0, 0, true, "the ledger file"},
    {"life_years", ValueKind::kNumber, "", "", 0.01, 100, true, "years that this machine serves"},
    {"marks", ValueKind::kBool, "true", "", 0, 0, true, "take the epochs that a measured program marks"},
    {"plane", ValueKind::kChoice, "chip", "chip|node", 0, 0, true, "node: add rest of node and power supply"},
    {"price_per_kwh", ValueKind::kNumber, "", "", -kMany, kMany, true, "price of a kWh"},
    {"procfs_root", ValueKind::kPath, "/proc", "", 0, 0, false, "where procfs is mounted"},
    {"project", ValueKind::kText, "", "", 0, 0, true, "the project that runs belong to"},
    {"pue", ValueKind::kNumber, "", "", 1, 10, true, "power usage effectiveness of the data centre"},
    {"reserved_fraction", ValueKind::kNumber, "", "", 0, 1, true, "part of the machine reserved for the run"},
    {"strict", ValueKind::kBool, "false", "", 0, 0, true, "measuring trouble is an error"},
    {"sysfs_root", ValueKind::kPath, "/sys", "", 0, 0, false, "where sysfs is mounted"},
    {"task_clock", ValueKind::kChoice, "auto", "auto|always|never", 0, 0, true,
     "perf clocks without a private cgroup: auto when SIGCHLD is ignored"},
    {"utilisation", ValueKind::kNumber, "", "", 0.001, 1, true, "part of its life that this machine works"},
    {"zone", ValueKind::kText, "", "", 0, 0, true, "electricity grid zone, such as FR"},
});

tl::unexpected<Error> refused(std::string_view value, std::string_view expected) {
  return fail(ErrorKind::kInvalid, fmt::format("\"{}\" is not {}", printable(value.substr(0, 80)), expected));
}

Result<std::string> check_bool(std::string_view value) {
  const std::string word = to_lower(value);
  for (const char* yes : {"true", "1", "yes", "on"}) {
    if (word == yes) return "true";
  }
  for (const char* no : {"false", "0", "no", "off"}) {
    if (word == no) return "false";
  }
  return refused(value, "true or false");
}

Result<std::string> check_choice(const ConfigKey& key, std::string_view value) {
  const std::string word = to_lower(value);
  std::vector<std::string> known;
  for (const std::string_view choice : split(key.choices, '|')) known.emplace_back(choice);
  if (std::find(known.begin(), known.end(), word) != known.end()) return word;
  const std::string near = nearest(word, known);
  return refused(
      value, fmt::format("one of {}{}", fmt::join(known, ", "), near.empty() ? "" : "; did you mean " + near + "?"));
}

Result<std::string> check_number(const ConfigKey& key, std::string_view value) {
  const Result<double> number = parse_double(value);
  if (!number) return refused(value, "a number such as 1.2");
  if (*number < key.least || *number > key.most) {
    return refused(value, fmt::format("within {} to {}", shortest(key.least), shortest(key.most)));
  }
  return std::string(value);
}

Result<std::string> check_interval(std::string_view value) {
  const Result<Duration> duration = parse_duration(value);
  if (!duration) return refused(value, "a duration such as 100ms, 1.5s or 1min");
  if (*duration < milliseconds(1) || *duration > hours(1)) return refused(value, "within 1ms to 1h");
  return std::string(value);
}

}  // namespace

std::span<const ConfigKey> config_keys() { return kKeys; }

const ConfigKey* find_config_key(std::string_view name) {
  const auto found = std::find_if(kKeys.begin(), kKeys.end(), [&](const ConfigKey& key) { return key.name == name; });
  return found == kKeys.end() ? nullptr : &*found;
}

Result<std::string> check_config_value(const ConfigKey& key, std::string_view value) {
  const std::string_view text = trim(value);
  if (text.empty()) return refused(value, "a value; leave the key away to unset it");
  if (text.size() > kMaxValueBytes) return refused(value, fmt::format("at most {} bytes", kMaxValueBytes));
  if (printable(text) != text) return refused(value, "plain text: it holds control characters");
  switch (key.kind) {
    case ValueKind::kDuration: return check_interval(text);
    case ValueKind::kNumber: return check_number(key, text);
    case ValueKind::kBool: return check_bool(text);
    case ValueKind::kChoice: return check_choice(key, text);
    case ValueKind::kText:
    case ValueKind::kPath: break;
  }
  return std::string(text);
}

std::string environment_name(std::string_view key) {
  std::string name = "OLIVINE_";
  for (const char c : key) name += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return name;
}

std::string flag_name(std::string_view key) {
  if (key == "price_per_kwh") return "--price";
  if (key == "reserved_fraction") return "--reserved";
  std::string name = "--" + std::string(key);
  std::replace(name.begin(), name.end(), '_', '-');
  return name;
}

}  // namespace olivine
