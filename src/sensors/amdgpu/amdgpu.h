// AMD GPUs by the amdgpu driver's hwmon files: the energy counter where the driver has one, else the mean power, which
// the pipeline integrates (basis derived).
//
// An APU's graphics part lies in the processor package, and its reading is that of the whole package ("on APUs this
// includes the CPU", kernel Documentation/gpu/amdgpu/thermal.rst): place inside, it only cross-checks. => amdgpu 44 J,
// package 45 J: 45 J. It is an APU when the driver shows the north-bridge voltage (label "vddnb", APUs only) or when
// the compute driver lists CPU cores and shader units in one node (/sys/class/kfd/kfd/topology).
//
// A sleeping GPU is listed, not read and not counted. Power ceiling: twice power1_cap_max, else 2,000 W.
//
// Units: microjoules or microwatts. Errors: of creation: none; troubles are listed. Threads: one. Lifetime: sources
// live within the FileSystem.
#pragma once

#include "sensors/energy_source.h"

namespace olivine {

Discovery discover_amdgpu(FileSystem& files, const Roots& roots);

}  // namespace olivine
