// Powercap zones: reads the tree under /sys/class/powercap and says what each zone is. No energy is read here.
//
// A zone is a folder "intel-rapl:0" or, one level down, "intel-rapl:0:1"; the part before the first colon is its
// control type. What it measures is said only by its `name` file: the numbers in the folder name are an order of
// registration (socket 1 may well be intel-rapl:0, dram may be :0, :1 or :2), so nothing is ever taken from them.
//
//   intel-rapl:0    name "package-0"        -> package of "package-0"
//   intel-rapl:0:1  name "dram"             -> dram of "package-0"
//   intel-rapl:2    name "package-0-die-1"  -> package of "package-0-die-1"
//   intel-rapl:3    name "psys"             -> psys of "node"
//
// Units: none. Errors: a zone whose name cannot be read or is not known is listed in `troubles`. Threads: one.
// Lifetime: values.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_system.h"
#include "hardware/domain.h"
#include "sensors/energy_source.h"

namespace olivine {

struct PowercapZone {
  std::string id;       // "intel-rapl:0:1"
  std::string control;  // "intel-rapl", "intel-rapl-mmio"
  std::string path;     // folder with name, energy_uj, max_energy_range_uj
  DomainKind kind = DomainKind::kPackage;
  std::string device;          // "package-0", "package-0-die-1", "node"
  std::optional<int> package;  // number of the package it belongs to
  std::optional<int> die;
};

struct PowercapTree {
  std::vector<PowercapZone> zones;  // the control type intel-rapl first, parents before children
  std::vector<SourceTrouble> troubles;
  bool present = false;  // there is a powercap folder at all
};

PowercapTree read_powercap_tree(FileSystem& files, const std::string& sysfs_root);

// Parts, for tests and the fuzzer.
struct ZoneName {
  DomainKind kind;
  std::optional<int> package;
  std::optional<int> die;
  bool operator==(const ZoneName&) const = default;
};
std::optional<ZoneName> parse_zone_name(std::string_view name);
// "intel-rapl:0:1" -> true; control types ("intel-rapl"), other names and absurd depths -> false.
bool is_zone_folder(std::string_view folder);

}  // namespace olivine
