// Discovery: asks every backend what it finds on this machine. The only place that knows them all.
//
// A meter that two backends see is counted once: powercap first, perf only where powercap is not readable, hwmon only
// what neither has.
//
// Units: none. Errors: none; what cannot be used is listed with its fix. Threads: one. Lifetime: files and clock outlive
// the result; sources keep files open, the NVML helper process ends with the result.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "sensors/energy_source.h"
#include "sensors/nvml/nvml_client.h"

namespace olivine {

struct DiscoverOptions {
  std::optional<std::string> visible_devices;  // CUDA_VISIBLE_DEVICES of the command; absent: not set
};

struct MachineSensors {
  Discovery found;
  std::shared_ptr<NvmlMeter> nvml;       // null without NVIDIA GPUs; also tells who uses them
  std::vector<std::string> gpu_devices;  // "gpu-<uuid>" of the NVML sources
  std::vector<std::string> gpu_names;  // "NVIDIA A100-SXM4-80GB", of the GPUs that the command may use, metered or not
};

MachineSensors discover_sensors(FileSystem& files, const Roots& roots, const Clock& clock,
                                const DiscoverOptions& options);
std::string boot_id_of(FileSystem& files, const Roots& roots);
std::string hostname_of(FileSystem& files, const Roots& roots);

}  // namespace olivine
