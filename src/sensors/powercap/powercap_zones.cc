#include "sensors/powercap/powercap_zones.h"

#include <algorithm>
#include <map>

#include "base/text.h"
#include "sensors/number_file.h"

namespace olivine {
namespace {

constexpr std::size_t kMostZones = 4096;
constexpr std::size_t kMostLevels = 4;
constexpr std::size_t kMostFolderBytes = 64;
constexpr int kMostPackages = 4096;

std::optional<int> small_number(std::string_view digits) {
  const auto value = parse_u64(digits);
  if (!value || *value >= static_cast<std::uint64_t>(kMostPackages)) return std::nullopt;
  return static_cast<int>(*value);
}

std::string control_of(const std::string& folder) { return folder.substr(0, folder.find(':')); }
std::string parent_of(const std::string& folder) { return folder.substr(0, folder.rfind(':')); }

using Folders = std::map<std::string, std::string>;  // zone id -> path

// `prefix` is the parent's id and a colon: a folder in it that is not named after it is no sub-zone, however it is
// linked.
void collect(FileSystem& files, const std::string& directory, const std::string& prefix, Folders& folders) {
  const auto entries = patiently([&] { return files.list(directory); });
  if (!entries) return;
  for (const std::string& entry : *entries) {
    if (folders.size() >= kMostZones) return;
    if (!entry.starts_with(prefix) || !is_zone_folder(entry)) continue;
    const std::string path = directory + "/" + entry;
    folders.emplace(entry, path);
    collect(files, path, entry + ":", folders);
  }
}

// The class folder lists zones of all levels side by side, as links; a container that hides it may still show the
// devices.
Folders find_folders(FileSystem& files, const std::string& sysfs_root, bool& present) {
  Folders folders;
  const std::string classes = sysfs_root + "/class/powercap";
  const std::string devices = sysfs_root + "/devices/virtual/powercap";
  present = patiently([&] { return files.list(classes); }).has_value();
  collect(files, classes, "", folders);
  if (!folders.empty()) return folders;
  const auto controls = patiently([&] { return files.list(devices); });
  present = present || controls.has_value();
  if (controls)
    for (const std::string& control : *controls) collect(files, devices + "/" + control, "", folders);
  return folders;
}

std::string device_of(const ZoneName& name) {
  if (!name.package) return "node";
  std::string device = "package-" + std::to_string(*name.package);
  if (name.die) device += "-die-" + std::to_string(*name.die);
  return device;
}

SourceTrouble trouble_with(const std::string& id, Error error) {
  return {"powercap " + printable(id), std::move(error), ""};
}

// A sub-zone belongs to its parent's package.
void adopt_parent(const std::map<std::string, ZoneName>& names, const std::string& id, ZoneName& name) {
  if (name.package || name.kind == DomainKind::kPsys) return;
  const auto parent = names.find(parent_of(id));
  if (parent == names.end()) return;
  name.package = parent->second.package;
  name.die = parent->second.die;
}

}  // namespace

bool is_zone_folder(std::string_view folder) {
  if (folder.size() > kMostFolderBytes) return false;
  const auto parts = split(folder, ':');
  if (parts.size() < 2 || parts.size() > kMostLevels + 1 || parts[0].empty()) return false;
  const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'; };
  if (!std::all_of(parts[0].begin(), parts[0].end(), plain)) return false;
  return std::all_of(parts.begin() + 1, parts.end(),
                     [](std::string_view part) { return small_number(part).has_value(); });
}

std::optional<ZoneName> parse_zone_name(std::string_view name) {
  if (name == "core") return ZoneName{DomainKind::kCore, {}, {}};
  if (name == "uncore") return ZoneName{DomainKind::kUncore, {}, {}};
  if (name == "dram") return ZoneName{DomainKind::kDram, {}, {}};
  if (name == "psys" || name == "platform") return ZoneName{DomainKind::kPsys, {}, {}};
  constexpr std::string_view kPackage = "package-";
  if (!name.starts_with(kPackage)) return std::nullopt;
  name.remove_prefix(kPackage.size());
  constexpr std::string_view kDie = "-die-";
  const std::size_t die_at = name.find(kDie);
  const auto package = small_number(name.substr(0, die_at));
  if (!package) return std::nullopt;
  if (die_at == std::string_view::npos) return ZoneName{DomainKind::kPackage, package, {}};
  const auto die = small_number(name.substr(die_at + kDie.size()));
  if (!die) return std::nullopt;
  return ZoneName{DomainKind::kPackage, package, die};
}

PowercapTree read_powercap_tree(FileSystem& files, const std::string& sysfs_root) {
  PowercapTree tree;
  std::vector<PowercapZone> others;       // MMIO twins come after the zones that they repeat
  std::map<std::string, ZoneName> names;  // sorted, so a parent comes before its children
  for (const auto& [id, path] : find_folders(files, sysfs_root, tree.present)) {
    auto text = read_line_patiently(files, path + "/name");
    if (!text) {
      tree.troubles.push_back(trouble_with(id, std::move(text).error()));
      continue;
    }
    auto name = parse_zone_name(*text);
    if (!name) {
      const std::string shown = printable(std::string_view(*text).substr(0, 64));
      tree.troubles.push_back(trouble_with(
          id, {ErrorKind::kUnsupported, "zone name '" + shown + "' is not one that Olivine knows; not counted"}));
      continue;
    }
    adopt_parent(names, id, *name);
    names.emplace(id, *name);
    PowercapZone zone{id, control_of(id), path, name->kind, device_of(*name), name->package, name->die};
    (zone.control == "intel-rapl" ? tree.zones : others).push_back(std::move(zone));
  }
  tree.zones.insert(tree.zones.end(), others.begin(), others.end());
  return tree;
}

}  // namespace olivine
