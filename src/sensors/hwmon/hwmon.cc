#include "sensors/hwmon/hwmon.h"

#include <fmt/core.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/text.h"
#include "sensors/hwmon/hwmon_chips.h"

namespace olivine {
namespace {

constexpr double kPackageCeilingOfBoardW = 1500.0;
constexpr double kGpuCeilingW = 2000.0;
constexpr double kBoardCeilingW = 20000.0;

struct Meaning {
  DomainKind kind;
  std::string device;
  Plane plane;
  Place place;
};

// "Grace Power Socket 3" with prefix "Grace Power Socket " -> 3.
std::optional<std::uint64_t> socket_after(std::string_view label, std::string_view prefix) {
  if (!label.starts_with(prefix)) return std::nullopt;
  const auto number = parse_u64(trim(label.substr(prefix.size())));
  return number && *number < 4096 ? std::optional(*number) : std::nullopt;
}

std::string package_name(std::uint64_t number) { return fmt::format("package-{}", number); }

std::optional<Meaning> grace(std::string_view label) {
  if (const auto n = socket_after(label, "Grace Power Socket "))
    return Meaning{DomainKind::kPackage, package_name(*n), Plane::kChip, Place::kCounted};
  if (const auto n = socket_after(label, "CPU Power Socket "))
    return Meaning{DomainKind::kCore, package_name(*n), Plane::kChip, Place::kInside};
  if (const auto n = socket_after(label, "SysIO Power Socket "))
    return Meaning{DomainKind::kUncore, package_name(*n), Plane::kChip, Place::kInside};
  if (socket_after(label, "Module Power Socket "))
    return Meaning{DomainKind::kBoard, "node", Plane::kNodeDc, Place::kEncloses};
  return std::nullopt;
}

std::optional<Meaning> meaning_of(const HwmonChip& chip, const HwmonChannel& channel) {
  const bool counter = channel.signal == SignalKind::kEnergyCounter;
  if (chip.name == "amd_energy" && counter)
    if (const auto n = socket_after(channel.label, "Esocket"))
      return Meaning{DomainKind::kPackage, package_name(*n), Plane::kChip, Place::kCounted};
  if (chip.name == "power_meter") return grace(channel.label);
  if (chip.name == "apm_xgene" && channel.label == "CPU power")
    return Meaning{DomainKind::kPackage, "package-0", Plane::kChip, Place::kCounted};
  if (chip.name == "i915" && channel.file == "energy1_input")
    return Meaning{DomainKind::kGpu, "gpu-" + chip.device, Plane::kChip, Place::kCounted};
  if (chip.name == "xe" && counter) {
    const bool card = std::any_of(chip.channels.begin(), chip.channels.end(), [](const HwmonChannel& other) {
      return other.signal == SignalKind::kEnergyCounter && other.label == "card";
    });
    if (channel.label == "card") return Meaning{DomainKind::kGpu, "gpu-" + chip.device, Plane::kChip, Place::kCounted};
    if (channel.label == "pkg")
      return Meaning{DomainKind::kGpu, "gpu-" + chip.device + (card ? "-pkg" : ""), Plane::kChip,
                     card ? Place::kInside : Place::kCounted};
  }
  return std::nullopt;
}

class Assembly {
 public:
  Assembly(FileSystem& files, const std::vector<SourceInfo>& known, HwmonOptions options)
      : files_(files), options_(options) {
    for (const SourceInfo& info : known)
      package_known_ =
          package_known_ || (info.domain.kind == DomainKind::kPackage && info.domain.place == Place::kCounted);
  }

  Discovery run(const std::vector<HwmonChip>& chips) {
    std::size_t modules = 0;
    for (const HwmonChip& chip : chips)
      for (const HwmonChannel& channel : chip.channels)
        if (const auto meaning = meaning_of(chip, channel)) modules += meaning->kind == DomainKind::kBoard ? 1 : 0;
    several_modules_ = modules > 1;
    for (const HwmonChip& chip : chips)
      if (chip.name != "amdgpu") take_chip(chip);
    return std::move(found_);
  }

 private:
  void take_chip(const HwmonChip& chip) {
    std::string unplaced;
    for (const HwmonChannel& channel : chip.channels) {
      const auto meaning = meaning_of(chip, channel);
      if (meaning) {
        take(chip, channel, *meaning);
      } else if (options_.include_unplaced) {
        take(chip, channel,
             {DomainKind::kBoard, fmt::format("{}-{}", chip.device, channel.file), Plane::kNodeDc, Place::kUnknown});
      } else if (chip.name != "amd_energy" && unplaced.size() < 200) {  // its cores are many and lie inside the sockets
        unplaced +=
            (unplaced.empty() ? "" : ", ") + channel.file + (channel.label.empty() ? "" : " (" + channel.label + ")");
      }
    }
    if (!unplaced.empty())
      found_.notes.push_back(fmt::format("hwmon {} {}: {}: where it measures is not known; not counted", chip.name,
                                         chip.device, unplaced));
    if (chip.asleep && (chip.name == "i915" || chip.name == "xe"))
      found_.troubles.push_back(
          {fmt::format("hwmon {} {}", chip.name, chip.device),
           {ErrorKind::kUnsupported, "it sleeps and is not woken; what it draws in this run is not counted"},
           ""});
  }

  void take(const HwmonChip& chip, const HwmonChannel& channel, const Meaning& meaning) {
    const bool counts_twice = meaning.kind == DomainKind::kPackage && package_known_;
    if (counts_twice || (meaning.kind == DomainKind::kBoard && meaning.place == Place::kEncloses && several_modules_)) {
      found_.notes.push_back(fmt::format("hwmon {} {} {}: {}", chip.name, chip.device, channel.label,
                                         counts_twice ? "the package has a meter already; not counted again"
                                                      : "one of several modules; none encloses the node; not used"));
      return;
    }
    if (auto trouble = hwmon_trouble(files_, chip, channel)) {
      found_.troubles.push_back(std::move(*trouble));
      return;
    }
    SourceInfo info = hwmon_source_info("hwmon", chip, channel);
    info.domain.kind = meaning.kind;
    info.domain.device = meaning.device;
    info.domain.plane = meaning.plane;
    info.domain.place = meaning.place;
    if (chip.name == "amd_energy") info.domain.basis = Basis::kDerived;
    const bool gpu = meaning.kind == DomainKind::kGpu;
    info.power_ceiling_w = gpu                                  ? kGpuCeilingW
                           : meaning.kind == DomainKind::kBoard ? kBoardCeilingW
                                                                : kPackageCeilingOfBoardW;
    info.gain_key = gpu ? "gain_nvml" : "gain_rapl_amd";  // 5 % and 10 %: a meter on the card, a reading by firmware
    found_.sources.push_back(make_hwmon_source(files_, std::move(info), chip, channel));
  }

  FileSystem& files_;
  HwmonOptions options_;
  bool package_known_ = false;
  bool several_modules_ = false;
  Discovery found_;
};

}  // namespace

Discovery discover_hwmon(FileSystem& files, const Roots& roots, const std::vector<SourceInfo>& known,
                         HwmonOptions options) {
  return Assembly(files, known, options).run(list_hwmon_chips(files, roots.sysfs));
}

}  // namespace olivine
