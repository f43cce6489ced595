#include "sensors/powercap/powercap.h"

#include <fmt/core.h>

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

#include "base/text.h"
#include "sensors/number_file.h"
#include "sensors/powercap/powercap_zones.h"

namespace olivine {

Basis rapl_basis(const CpuIdentity& cpu) { return rapl_is_measured(cpu) ? Basis::kMeasured : Basis::kDerived; }

Place rapl_place(DomainKind kind, const CpuIdentity& cpu) {
  if (kind == DomainKind::kDram) return dram_is_outside_package(cpu) ? Place::kCounted : Place::kUnknown;
  return usual_place(kind);
}

double rapl_ceiling_w(DomainKind kind) {
  if (kind == DomainKind::kDram) return kDramCeilingW;
  return kind == DomainKind::kPsys ? kPsysCeilingW : kPackageCeilingW;
}

std::string rapl_gain_key(DomainKind kind, const CpuIdentity& cpu) {
  if (kind == DomainKind::kDram) return "gain_dram";
  return cpu.vendor == "GenuineIntel" ? "gain_rapl_intel" : "gain_rapl_amd";
}

namespace {

// A range below a joule would wrap thousands of times a second: not a range of any hardware.
constexpr std::uint64_t kLeastRangeUj = 1'000'000;

class PowercapSource final : public EnergySource {
 public:
  PowercapSource(SourceInfo info, NumberFile file) : info_(std::move(info)), file_(std::move(file)) {}
  const SourceInfo& info() const override { return info_; }
  Result<std::uint64_t> read() override { return file_.read(); }

 private:
  SourceInfo info_;
  NumberFile file_;
};

// The same physical meter: kind and device; a package's number alone when the other control type knows no dies.
struct MeterKey {
  DomainKind kind;
  std::string device;
  auto operator<=>(const MeterKey&) const = default;
};

class Assembly {
 public:
  Assembly(FileSystem& files, const CpuIdentity& cpu) : files_(files), cpu_(cpu) {}

  void take(PowercapTree tree) {
    found_.troubles = std::move(tree.troubles);
    const auto is_psys = [](const PowercapZone& zone) { return zone.kind == DomainKind::kPsys; };
    several_psys_ = std::count_if(tree.zones.begin(), tree.zones.end(), is_psys) > 1;
    for (const PowercapZone& zone : tree.zones) take_zone(zone);
  }

  Discovery finish() {
    const bool some_package = std::any_of(readable_.begin(), readable_.end(), [](const auto& source) {
      return source->info().domain.kind == DomainKind::kPackage;
    });
    found_.sources = std::move(readable_);
    // A counted meter that fails beside readable ones must make the total unknown, not low; each meter once.
    for (Unreadable& meter : unreadable_)
      if (some_package && meter.source->info().domain.place == Place::kCounted && known_.insert(meter.key).second)
        found_.sources.push_back(std::move(meter.source));
    return std::move(found_);
  }

 private:
  struct Unreadable {
    MeterKey key;
    std::unique_ptr<EnergySource> source;
  };

  void note(const PowercapZone& zone, std::string_view why) {
    found_.notes.push_back(fmt::format("powercap {} ({}): {}", zone.id, zone.device, why));
  }

  // Says whether another zone already stands for this one's meter.
  bool is_duplicate(const PowercapZone& zone) {
    if (zone.kind == DomainKind::kPsys && several_psys_) {
      note(zone, "one of several psys meters; none is proven to enclose the whole node, so it is not used");
      return true;
    }
    const MeterKey exact{zone.kind, zone.device};
    if (zone.control != "intel-rapl") {
      const bool whole = zone.package && packages_.contains({zone.kind, std::to_string(*zone.package)});
      if (known_.contains(exact) || whole) {
        note(zone, "the same meter by another way; not counted again");
        return true;
      }
    } else if (is_amd_like(cpu_) && zone.die && packages_.contains({zone.kind, std::to_string(*zone.package)})) {
      note(zone, "AMD has one counter for all dies of a package; not counted again");
      return true;
    }
    return false;
  }

  SourceInfo info_of(const PowercapZone& zone) {
    SourceInfo info;
    info.id = "powercap:" + zone.id;
    info.backend = "powercap";
    info.domain = {zone.kind, zone.device, zone.kind == DomainKind::kPsys ? Plane::kNodeDc : Plane::kChip,
                   rapl_place(zone.kind, cpu_), rapl_basis(cpu_)};
    if (known_.contains({zone.kind, zone.device})) {
      info.domain.device += " (" + zone.id + ")";
      if (info.domain.place == Place::kCounted) info.domain.place = Place::kUnknown;
      note(zone, "a second zone of the same name; it only widens the range");
    }
    info.unit = 1e-6;
    info.modulus = modulus_of(zone);
    info.power_ceiling_w = rapl_ceiling_w(zone.kind);
    info.update_period = milliseconds(1);
    info.gain_key = rapl_gain_key(zone.kind, cpu_);
    return info;
  }

  std::optional<std::uint64_t> modulus_of(const PowercapZone& zone) {
    const auto range = read_u64_patiently(files_, zone.path + "/max_energy_range_uj");
    if (!range || *range < kLeastRangeUj || *range == std::numeric_limits<std::uint64_t>::max()) {
      note(zone, "its range cannot be read; a wrap shows as a reset");
      return std::nullopt;
    }
    return *range + 1;
  }

  void take_zone(const PowercapZone& zone) {
    if (is_duplicate(zone)) return;
    const std::string path = zone.path + "/energy_uj";
    NumberFile file(files_, path);
    const auto value = patiently([&] { return file.read(); });
    const MeterKey key{zone.kind, zone.device};
    auto source = std::make_unique<PowercapSource>(info_of(zone), NumberFile(files_, path));
    if (value) {
      known_.insert(key);
      if (zone.package) packages_.insert({zone.kind, std::to_string(*zone.package)});
      readable_.push_back(std::move(source));
      return;
    }
    const bool locked = value.error().kind == ErrorKind::kPermission;
    found_.troubles.push_back({fmt::format("powercap {} {} {}", zone.id, name_of(zone.kind), zone.device),
                               value.error(), locked ? kPowercapFix : ""});
    unreadable_.push_back({key, std::move(source)});
  }

  FileSystem& files_;
  const CpuIdentity& cpu_;
  Discovery found_;
  std::vector<std::unique_ptr<EnergySource>> readable_;
  std::vector<Unreadable> unreadable_;
  std::set<MeterKey> known_;     // meters that a readable source stands for
  std::set<MeterKey> packages_;  // the same by package number, dies put together
  bool several_psys_ = false;
};

}  // namespace

Discovery discover_powercap(FileSystem& files, const Roots& roots, const CpuIdentity& cpu) {
  PowercapTree tree = read_powercap_tree(files, roots.sysfs);
  if (!tree.present) {
    Discovery nothing;
    nothing.troubles.push_back({"powercap",
                                {ErrorKind::kNotFound,
                                 "no powercap folder: no RAPL driver, a virtual machine, or a "
                                 "container that hides " +
                                     roots.sysfs + "/class/powercap"},
                                cpu.hypervisor ? "" : "on bare metal: sudo modprobe intel_rapl_msr"});
    return nothing;
  }
  const bool empty = tree.zones.empty() && tree.troubles.empty();
  Assembly assembly(files, cpu);
  assembly.take(std::move(tree));
  Discovery found = assembly.finish();
  if (empty)
    found.troubles.push_back({"powercap",
                              {ErrorKind::kNotFound, "the powercap folder has no zones"},
                              cpu.hypervisor ? "" : "on bare metal: sudo modprobe intel_rapl_msr"});
  return found;
}

}  // namespace olivine
