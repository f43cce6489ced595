#include "sensors/hwmon/hwmon_chips.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <utility>

#include "base/text.h"
#include "sensors/device_power.h"

namespace olivine {
namespace {

constexpr std::size_t kMostChips = 1024;
constexpr std::size_t kMostChannels = 1024;
constexpr std::size_t kMostTextBytes = 64;

class HwmonSource final : public EnergySource {
 public:
  HwmonSource(FileSystem& files, SourceInfo info, NumberFile file, std::string power_path)
      : files_(files), info_(std::move(info)), file_(std::move(file)), power_path_(std::move(power_path)) {}
  const SourceInfo& info() const override { return info_; }
  Result<std::uint64_t> read() override {
    if (!power_path_.empty() && is_asleep(files_, power_path_))
      return fail(ErrorKind::kTransient, info_.id + " sleeps and is not woken by a reading");
    return file_.read();
  }

 private:
  FileSystem& files_;
  SourceInfo info_;
  NumberFile file_;
  std::string power_path_;  // "" for devices that never sleep: saves the look
};

std::string short_line(FileSystem& files, const std::string& path) {
  const auto text = read_line_patiently(files, path);
  return text ? printable(std::string_view(*text).substr(0, kMostTextBytes)) : "";
}

// "power12_average" -> 12 when `file` is `kind` + number + `rest`.
std::optional<std::uint64_t> number_in(std::string_view file, std::string_view kind, std::string_view rest) {
  if (!file.starts_with(kind) || !file.ends_with(rest) || file.size() <= kind.size() + rest.size()) return std::nullopt;
  const auto number = parse_u64(file.substr(kind.size(), file.size() - kind.size() - rest.size()));
  return number && *number < kMostChannels ? std::optional(*number) : std::nullopt;
}

std::string label_of(FileSystem& files, const std::string& folder, std::string_view kind, std::uint64_t number) {
  const std::string stem = fmt::format("{}/{}{}", folder, kind, number);
  const std::string label = short_line(files, stem + "_label");
  return label.empty() && kind == "power" ? short_line(files, stem + "_oem_info") : label;
}

void find_channels(FileSystem& files, const std::string& folder, std::vector<HwmonChannel>& channels) {
  const auto entries = patiently([&] { return files.list(folder); });
  if (!entries) return;
  std::map<std::uint64_t, std::string> energy;
  std::map<std::uint64_t, std::string> power;
  for (const std::string& entry : *entries) {  // sorted: _average comes before _input
    if (const auto number = number_in(entry, "energy", "_input")) energy.emplace(*number, entry);
    if (const auto number = number_in(entry, "power", "_average")) power.emplace(*number, entry);
    if (const auto number = number_in(entry, "power", "_input")) power.emplace(*number, entry);
  }
  for (const auto& [number, file] : energy)
    channels.push_back({file, folder + "/" + file, label_of(files, folder, "energy", number),
                        SignalKind::kEnergyCounter, milliseconds(100)});
  for (const auto& [number, file] : power) {
    HwmonChannel channel{file, folder + "/" + file, label_of(files, folder, "power", number), SignalKind::kPowerGauge,
                         milliseconds(100)};
    const auto interval_ms = read_u64_patiently(files, fmt::format("{}/power{}_average_interval", folder, number));
    if (interval_ms && *interval_ms > 0 && *interval_ms <= 3'600'000)
      channel.update_period = milliseconds(static_cast<std::int64_t>(*interval_ms));
    channels.push_back(std::move(channel));
  }
}

HwmonChip read_chip(FileSystem& files, const std::string& folder, const std::string& entry, std::string name) {
  HwmonChip chip{folder, std::move(name), "", entry, false, {}};
  if (const auto device = files.resolve(folder + "/device")) {
    chip.device_path = *device;
    chip.device = printable(std::string_view(*device).substr(device->rfind('/') + 1).substr(0, kMostTextBytes));
    chip.asleep = is_asleep(files, chip.device_path);
  }
  if (chip.asleep) return chip;
  find_channels(files, folder, chip.channels);
  if (chip.channels.empty() && !chip.device_path.empty()) find_channels(files, folder + "/device", chip.channels);
  return chip;
}

}  // namespace

std::vector<HwmonChip> list_hwmon_chips(FileSystem& files, const std::string& sysfs_root) {
  std::vector<HwmonChip> chips;
  const std::string all = sysfs_root + "/class/hwmon";
  const auto entries = patiently([&] { return files.list(all); });
  if (!entries) return chips;
  for (const std::string& entry : *entries) {
    if (!entry.starts_with("hwmon") || chips.size() >= kMostChips) continue;
    const std::string folder = all + "/" + entry;
    std::string name = short_line(files, folder + "/name");
    if (name.empty()) name = short_line(files, folder + "/device/name");
    if (!name.empty()) chips.push_back(read_chip(files, folder, entry, std::move(name)));
  }
  return chips;
}

SourceInfo hwmon_source_info(const std::string& backend, const HwmonChip& chip, const HwmonChannel& channel) {
  SourceInfo info;
  info.id = fmt::format("{}:{}:{}:{}", backend, chip.name, chip.device, channel.file);
  info.backend = backend;
  info.signal = channel.signal;
  info.unit = 1e-6;
  info.update_period = channel.update_period;
  info.domain.basis = channel.signal == SignalKind::kEnergyCounter ? Basis::kMeasured : Basis::kDerived;
  return info;
}

std::unique_ptr<EnergySource> make_hwmon_source(FileSystem& files, SourceInfo info, const HwmonChip& chip,
                                                const HwmonChannel& channel) {
  const auto status = read_line(files, chip.device_path + "/power/runtime_status");
  const bool may_sleep = !chip.device_path.empty() && status && *status != "unsupported";
  return std::make_unique<HwmonSource>(files, std::move(info), NumberFile(files, channel.path),
                                       may_sleep ? chip.device_path : "");
}

std::optional<SourceTrouble> hwmon_trouble(FileSystem& files, const HwmonChip& chip, const HwmonChannel& channel) {
  NumberFile file(files, channel.path);
  auto value = patiently([&] { return file.read(); });
  if (value) return std::nullopt;
  const bool locked = value.error().kind == ErrorKind::kPermission;
  return SourceTrouble{fmt::format("hwmon {} {} {}", chip.name, chip.device, channel.file), std::move(value).error(),
                       locked ? "run as root; the file is root's for the reason of CVE-2020-8694" : ""};
}

}  // namespace olivine
