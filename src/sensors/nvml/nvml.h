// NVIDIA GPUs: one energy source for each GPU that the measured command may use.
//
// Ladder: the energy counter (nvmlDeviceGetTotalEnergyConsumption, Volta and later) -> basis measured; else the power
// reading (nvmlDeviceGetPowerUsage), which the pipeline integrates -> basis derived; else the GPU is listed as trouble
// and is unknown, not zero. With MIG the counter is that of the whole GPU: an instance has none of its own.
//
// Nothing is started on a machine without an NVIDIA display controller, and no sleeping GPU is woken: when all sleep,
// NVML is not loaded; when some do, only the others are attached.
//
// Power ceiling: twice the enforced power limit (short peaks exceed it), else 2,000 W.
//
// Units: mJ (counter), mW (power). Errors: of creation: none; troubles are listed. Threads: one. Lifetime: sources
// share the meter, which ends with the last of them.
#pragma once

#include <memory>
#include <optional>

#include "base/clock.h"
#include "sensors/energy_source.h"
#include "sensors/nvml/nvml_client.h"
#include "sensors/nvml/nvml_worker.h"

namespace olivine {

struct NvmlOptions {
  std::vector<std::string> helper_command{"/proc/self/exe", "--nvml-helper"};  // worker arguments are added
  NvmlWorkerOptions worker;
  NvmlHelperOptions helper;                    // its command is made from the two above
  std::optional<std::string> visible_devices;  // CUDA_VISIBLE_DEVICES of the measured command; absent: not set
  bool assume_present = false;                 // do not look for the device in sysfs first
};

struct NvmlDiscovery {
  Discovery discovery;
  std::shared_ptr<NvmlMeter> meter;  // null when NVML is not used
  // "gpu-<uuid>" of the sources, as in Domain::device.
  std::vector<std::string> devices;
  std::vector<std::string> names;  // of every GPU that the command may use, metered or not
};

NvmlDiscovery discover_nvml(FileSystem& files, const Roots& roots, const Clock& clock, const NvmlOptions& options);

}  // namespace olivine
