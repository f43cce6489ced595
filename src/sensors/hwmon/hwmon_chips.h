// Hwmon chips: what /sys/class/hwmon shows (kernel Documentation/hwmon/sysfs-interface.rst), as far as it is energy or
// power.
//
//   hwmonN/name             driver, "amdgpu"; the number N changes from boot to boot and means nothing
//   hwmonN/device           the device behind it; its folder name ("0000:03:00.0") is the stable identity
//   energyN_input           counter in microjoules
//   powerN_average, powerN_input    power in microwatts, the mean preferred; powerN_average_interval in ms
//   energyN_label, powerN_label     what the board's maker calls it; power1_oem_info of ACPI meters
//
// Old drivers keep the files in hwmonN/device, and that is looked at too. A sleeping device is listed without its
// channels.
//
// Units: micro (1e-6 joules or watts a count). Errors: chips without a readable name are left out; text is made
// printable.
// Threads: one. Lifetime: values; a source lives within the FileSystem.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sensors/energy_source.h"
#include "sensors/number_file.h"

namespace olivine {

struct HwmonChannel {
  std::string file;  // "energy1_input"
  std::string path;
  std::string label;  // "" when there is none
  SignalKind signal = SignalKind::kPowerGauge;
  Duration update_period = milliseconds(100);
};

struct HwmonChip {
  std::string path;         // folder with the files
  std::string name;         // of the driver
  std::string device_path;  // resolved; "" when there is no device
  std::string device;       // last part of it, "0000:03:00.0"; else the folder's name
  bool asleep = false;
  std::vector<HwmonChannel> channels;
};

std::vector<HwmonChip> list_hwmon_chips(FileSystem& files, const std::string& sysfs_root);

// A source on one channel; a device that sleeps is not read (transient).
std::unique_ptr<EnergySource> make_hwmon_source(FileSystem& files, SourceInfo info, const HwmonChip& chip,
                                                const HwmonChannel& channel);
// Id, signal, unit, update period and basis of a channel; the caller says what it measures.
SourceInfo hwmon_source_info(const std::string& backend, const HwmonChip& chip, const HwmonChannel& channel);
// Whether the channel can be read now; the trouble to list when not.
std::optional<SourceTrouble> hwmon_trouble(FileSystem& files, const HwmonChip& chip, const HwmonChannel& channel);

}  // namespace olivine
