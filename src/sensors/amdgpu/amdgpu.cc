#include "sensors/amdgpu/amdgpu.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "base/text.h"
#include "sensors/device_power.h"
#include "sensors/hwmon/hwmon_chips.h"

namespace olivine {
namespace {

constexpr double kUnknownCeilingW = 2000.0;

// Bus addresses of compute nodes that have CPU cores and shader units: APUs.
std::set<std::string> find_apus(FileSystem& files, const std::string& sysfs_root) {
  std::set<std::string> apus;
  const std::string nodes = sysfs_root + "/class/kfd/kfd/topology/nodes";
  const auto entries = patiently([&] { return files.list(nodes); });
  if (!entries) return apus;
  for (const std::string& entry : *entries) {
    const auto text = patiently([&] { return read_text(files, nodes + "/" + entry + "/properties", 1 << 16); });
    if (!text) continue;
    std::map<std::string_view, std::uint64_t> values;
    for (const std::string_view line : split(*text, '\n')) {
      const auto words = split_words(line);
      const auto value = words.size() == 2 ? parse_u64(words[1]) : fail(ErrorKind::kInvalid, "");
      if (value) values.emplace(words[0], *value);
    }
    if (values["cpu_cores_count"] == 0 || values["simd_count"] == 0) continue;
    const std::uint64_t at = values["location_id"];  // bus, device and function as PCI packs them
    apus.insert(fmt::format("{:04x}:{:02x}:{:02x}.{}", values["domain"], (at >> 8) & 0xff, (at >> 3) & 0x1f, at & 7));
  }
  return apus;
}

bool is_apu(FileSystem& files, const HwmonChip& chip, const std::set<std::string>& apus) {
  if (apus.contains(plain_pci_address(chip.device))) return true;
  const auto label = read_line_patiently(files, chip.path + "/in1_label");
  return label && *label == "vddnb";
}

double ceiling_w(FileSystem& files, const HwmonChip& chip) {
  const auto cap_uw = read_u64_patiently(files, chip.path + "/power1_cap_max");
  return cap_uw && *cap_uw > 1'000'000 && *cap_uw < 100'000'000'000 ? 2e-6 * static_cast<double>(*cap_uw)
                                                                    : kUnknownCeilingW;
}

// The counter when there is one, else the first power channel: further ones look inside it.
const HwmonChannel* main_channel(const HwmonChip& chip) {
  const auto counter = std::find_if(chip.channels.begin(), chip.channels.end(),
                                    [](const HwmonChannel& c) { return c.signal == SignalKind::kEnergyCounter; });
  if (counter != chip.channels.end()) return &*counter;
  return chip.channels.empty() ? nullptr : &chip.channels.front();
}

void take_chip(FileSystem& files, const HwmonChip& chip, const std::set<std::string>& apus, Discovery& found) {
  const std::string what = "amdgpu " + chip.device;
  if (chip.asleep) {
    found.troubles.push_back(
        {what, {ErrorKind::kUnsupported, "it sleeps and is not woken; what it draws in this run is not counted"}, ""});
    return;
  }
  const HwmonChannel* channel = main_channel(chip);
  if (channel == nullptr) {
    found.troubles.push_back({what, {ErrorKind::kUnsupported, "the driver shows neither energy nor power"}, "", true});
    return;
  }
  const bool inside = is_apu(files, chip, apus);
  if (auto trouble = hwmon_trouble(files, chip, *channel)) {
    const bool may_come = trouble->error.kind == ErrorKind::kTransient && !inside;
    found.troubles.push_back(std::move(*trouble));
    if (!may_come) return;  // a discrete GPU that fails now and then stays a source: unknown, not zero
  }
  SourceInfo info = hwmon_source_info("amdgpu", chip, *channel);
  info.domain.kind = DomainKind::kGpu;
  info.domain.device = "gpu-" + chip.device;
  info.domain.place = inside ? Place::kInside : Place::kCounted;
  info.power_ceiling_w = ceiling_w(files, chip);
  info.gain_key = "gain_rapl_amd";  // the same firmware model as the processor's
  if (inside) found.notes.push_back(what + ": part of the processor package; it only cross-checks");
  found.sources.push_back(make_hwmon_source(files, std::move(info), chip, *channel));
}

}  // namespace

Discovery discover_amdgpu(FileSystem& files, const Roots& roots) {
  Discovery found;
  const std::set<std::string> apus = find_apus(files, roots.sysfs);
  for (const HwmonChip& chip : list_hwmon_chips(files, roots.sysfs))
    if (chip.name == "amdgpu") take_chip(files, chip, apus, found);
  return found;
}

}  // namespace olivine
