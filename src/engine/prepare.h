// prepare: looks at this machine and makes everything that a run needs before its first tick.
//
// Units: by type. Errors: kInvalid for settings that make no sense. Threads: one. Lifetime: owns the sources.
#pragma once

#include "engine/config.h"
#include "engine/discover.h"
#include "engine/setup.h"

namespace olivine {

struct Preparation {
  MachineSensors sensors;
  SetupInput setup;
  MachineDescription machine;
  ZoneChoice zone;
  IntervalChoice interval;  // as the sensors suggest; a setting may override it in `machine`
};

ZoneChoice zone_from(FileSystem& files, const Config& config);
Preparation prepare(FileSystem& files, const Roots& roots, const Clock& clock, const Config& config,
                    const DiscoverOptions& options);

}  // namespace olivine
