// powercap: the kernel's RAPL zones below /sys/class/powercap (intel_rapl and amd share the interface).
//
// Every directory "CONTROL:N" or "CONTROL:N:M" with name and energy_uj is a zone. Names: package-N, package-N-die-M, core,
// uncore, dram, psys. A sub-zone belongs to the package above it. intel-rapl-mmio is a second way to the same package
// counter: it only cross-checks where intel-rapl has that package too.
//
// Where dram lies: on servers the DRAM counter covers the modules outside the package. A client package with psys may hold
// memory inside (LPDDR on package); there its place is not proven and it only widens the range. We take it as outside when
// the machine has no psys zone or the processor is a server's.
//
// Units: microjoules; modulus = max_energy_range_uj + 1; absent when the range cannot be read.
// Errors: permission -> trouble with its fix. Never chmod a+r: energy counters leak secrets (CVE-2020-8694).
// Threads: one. Lifetime: keeps the counters open; a zone that vanished is opened again at the next read.
#pragma once

#include "hardware/cpu_identity.h"
#include "sensors/energy_source.h"

namespace olivine {

Discovery discover_powercap(FileSystem& files, const Roots& roots, const CpuIdentity& cpu);

}  // namespace olivine
