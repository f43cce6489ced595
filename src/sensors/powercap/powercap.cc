#include "sensors/powercap/powercap.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "base/text.h"

namespace olivine {
namespace {

// Nothing real draws more; generous, because a refused reading is a gap.
constexpr double kPackageCeilingW = 1500.0, kDramCeilingW = 600.0, kPlatformCeilingW = 3000.0;

class PowercapSource final : public EnergySource {
 public:
  PowercapSource(FileSystem& files, std::string path, SourceInfo info)
      : files_(files), path_(std::move(path)), info_(std::move(info)) {}
  const SourceInfo& info() const override { return info_; }
  Result<std::uint64_t> read() override {
    if (file_ == nullptr) {
      OLIVINE_TRY(file_, files_.open(path_));
    }
    std::array<char, 64> buffer{};
    const auto size = file_->read_at_start(buffer);
    if (!size) {
      file_.reset();  // the zone may come back under a new inode
      return with_context(size.error(), info_.id);
    }
    auto value = parse_u64(trim(std::string_view(buffer.data(), *size)));
    if (!value) return fail(ErrorKind::kTransient, info_.id + ": energy_uj is not a number");
    return value;
  }

 private:
  FileSystem& files_;
  std::string path_;
  SourceInfo info_;
  std::unique_ptr<OpenFile> file_;
};

struct Zone {
  std::string directory;  // "intel-rapl:0:1"
  std::string name;       // "dram"
  std::string package;    // name of the package zone above; "" for a top zone
  DomainKind kind = DomainKind::kPackage;
};

std::optional<DomainKind> kind_of(std::string_view name) {
  if (name.starts_with("package")) return DomainKind::kPackage;
  if (name == "core") return DomainKind::kCore;
  if (name == "uncore") return DomainKind::kUncore;
  if (name == "dram") return DomainKind::kDram;
  if (name == "psys") return DomainKind::kPsys;
  return std::nullopt;
}

bool is_zone_name(const std::string& directory) {
  const std::size_t colon = directory.find(':');
  if (colon == std::string::npos || colon == 0) return false;
  return std::all_of(directory.begin() + static_cast<std::ptrdiff_t>(colon), directory.end(),
                     [](char c) { return c == ':' || (c >= '0' && c <= '9'); });
}

bool is_mmio(const std::string& directory) { return directory.find("mmio") != std::string::npos; }

class Finder {
 public:
  Finder(FileSystem& files, const Roots& roots, const CpuIdentity& cpu)
      : files_(files), base_(roots.sysfs + "/class/powercap"), cpu_(cpu) {}

  Discovery find() {
    const auto names = files_.list(base_);
    if (!names) return std::move(found_);  // no powercap here: nothing to say beyond "no source"
    for (const std::string& directory : *names)
      if (is_zone_name(directory)) look_at(directory);
    for (const Zone& zone : zones_) add(zone);
    return std::move(found_);
  }

 private:
  std::string file(const std::string& directory, std::string_view name) const {
    return fmt::format("{}/{}/{}", base_, directory, name);
  }

  void trouble(const std::string& directory, const std::string& name, Error error, std::string fix) {
    found_.troubles.push_back({fmt::format("powercap {} {}", directory, printable(name)), std::move(error), std::move(fix)});
  }

  void look_at(const std::string& directory) {
    const auto name = read_line(files_, file(directory, "name"));
    if (!name) {
      trouble(directory, "", name.error(), "");
      return;
    }
    const auto kind = kind_of(*name);
    if (!kind || printable(*name) != *name) {
      trouble(directory, *name, Error{ErrorKind::kUnsupported, "zone name '" + printable(*name) + "' is not known"}, "");
      return;
    }
    Zone zone{directory, *name, "", *kind};
    const std::size_t last = directory.rfind(':');
    if (std::count(directory.begin(), directory.end(), ':') > 1)
      zone.package = read_line(files_, file(directory.substr(0, last), "name")).value_or("");
    zones_.push_back(std::move(zone));
  }

  bool has_psys() const {
    return std::any_of(zones_.begin(), zones_.end(), [](const Zone& z) { return z.kind == DomainKind::kPsys; });
  }
  bool server() const {
    const std::string name = to_lower(cpu_.name);
    return name.find("xeon") != std::string::npos || name.find("epyc") != std::string::npos;
  }
  // The same counter over MSR as well: then the MMIO way is a twin.
  bool has_twin(const Zone& zone) const {
    return is_mmio(zone.directory) && std::any_of(zones_.begin(), zones_.end(), [&](const Zone& other) {
             return !is_mmio(other.directory) && other.name == zone.name && other.package == zone.package;
           });
  }

  Place place_of(const Zone& zone) {
    if (has_twin(zone)) {
      found_.notes.push_back(fmt::format("{} is a second way to {}: cross-check only", zone.directory, zone.name));
      return Place::kInside;
    }
    if (zone.kind == DomainKind::kDram && has_psys() && !server()) return Place::kUnknown;
    return usual_place(zone.kind);
  }

  SourceInfo describe(const Zone& zone) {
    SourceInfo info;
    info.id = "powercap:" + zone.directory;
    info.backend = "powercap";
    const std::string device = zone.package.empty() ? zone.name : zone.package + "/" + zone.name;
    info.domain = {zone.kind, device, zone.kind == DomainKind::kPsys ? Plane::kNodeDc : Plane::kChip, place_of(zone),
                   rapl_basis(cpu_)};
    info.unit = 1e-6;
    // 0 would mean a counter without any value: the range is not known.
    if (const auto range = read_u64(files_, file(zone.directory, "max_energy_range_uj")); range && *range > 0 && *range < UINT64_MAX)
      info.modulus = *range + 1;
    info.power_ceiling_w = zone.kind == DomainKind::kDram   ? kDramCeilingW
                           : zone.kind == DomainKind::kPsys ? kPlatformCeilingW
                                                            : kPackageCeilingW;
    info.update_period = milliseconds(1);
    info.gain_key = zone.kind == DomainKind::kDram   ? "gain_dram"
                    : cpu_.vendor == "GenuineIntel"  ? "gain_rapl_intel"
                                                     : "gain_rapl_amd";
    return info;
  }

  void add(const Zone& zone) {
    auto source = std::make_unique<PowercapSource>(files_, file(zone.directory, "energy_uj"), describe(zone));
    const auto first = source->read();
    if (!first && first.error().kind == ErrorKind::kPermission) {
      trouble(zone.directory, zone.name, Error{ErrorKind::kPermission, "energy_uj is readable by root only"},
              "sudo olivine run -- COMMAND, or give one trusted group access: sudo chgrp -R energy " + base_ +
                  "/*/energy_uj && sudo chmod g+r " + base_ + "/*/energy_uj (never a+r: CVE-2020-8694)");
      return;
    }
    if (!first && first.error().kind == ErrorKind::kNotFound) {
      trouble(zone.directory, zone.name, Error{ErrorKind::kNotFound, "the zone has no energy_uj"}, "");
      return;
    }
    // Other failures may pass: the source is kept, and what it does not say is a gap.
    found_.sources.push_back(std::move(source));
  }

  FileSystem& files_;
  std::string base_;
  const CpuIdentity& cpu_;
  std::vector<Zone> zones_;
  Discovery found_;
};

}  // namespace

Discovery discover_powercap(FileSystem& files, const Roots& roots, const CpuIdentity& cpu) {
  return Finder(files, roots, cpu).find();
}

}  // namespace olivine
