// Discovery: asks every backend what it finds on this machine. The only place that knows them all.
//
// A meter that two backends see is counted once: powercap first, perf only where powercap is not readable; a package's
// MMIO twin, an APU's GPU and hwmon's unplaced channels only cross-check.
//
// Units: none. Errors: none; what cannot be used is listed with its fix. Threads: one. Lifetime: sources keep files open.
#pragma once

#include <string>

#include "sensors/energy_source.h"

namespace olivine {

struct DiscoverOptions {
  bool gpus = true;
  std::string visible_devices;      // CUDA_VISIBLE_DEVICES; meaningful when it is set
  bool visible_devices_set = false;
};

Discovery discover_sources(FileSystem& files, const Roots& roots, const DiscoverOptions& options);
std::string boot_id_of(FileSystem& files, const Roots& roots);

}  // namespace olivine
