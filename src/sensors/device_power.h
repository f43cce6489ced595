// Device power: whether a device sleeps, told from sysfs without touching the device.
//
// Asking a sleeping GPU for its power wakes it, costs seconds and several watts, and may keep it awake: a meter must
// not do that. The kernel says `suspended` in power/runtime_status and `D3cold` in power_state; reading these wakes
// nothing.
//
// Units: none. Errors: what cannot be read counts as awake, as on machines without runtime power management.
// Threads: one. Lifetime: values.
#pragma once

#include <string>
#include <vector>

#include "base/file_system.h"

namespace olivine {

// `device` is the device's folder, such as /sys/bus/pci/devices/0000:01:00.0.
bool is_asleep(FileSystem& files, const std::string& device);

struct PciGpu {
  std::string address;  // "0000:01:00.0"
  std::string path;
  bool asleep = false;
};
// Display controllers (class 0x03xxxx) of one vendor ("0x10de"), sorted by address.
std::vector<PciGpu> list_pci_gpus(FileSystem& files, const std::string& sysfs_root, const std::string& vendor);
inline constexpr const char* kPciVendorNvidia = "0x10de";

// "00000000:01:00.0" (as NVML writes it) and "0000:01:00.0" are the same device: four digits of domain, lower case.
std::string plain_pci_address(const std::string& address);

}  // namespace olivine
