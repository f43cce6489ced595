// Powercap: the kernel's RAPL energy counters (Documentation/power/powercap/powercap.rst) as energy sources.
//
// Rules, in the order in which they are applied:
//  - What a zone measures is said by its `name`, see powercap_zones.h.
//  - One meter, one source. Client parts publish a package twice, through MSR and through MMIO (intel-rapl-mmio); the
//    MMIO twin counts only where the MSR zone is missing or unreadable. AMD has one package counter for all dies of a
//    package, so of "package-0-die-0" and "package-0-die-1" only the first counts there; Intel's multi-die parts have
//    one each.
//  - Two zones of one control type with one name are not explained by that: the second has place "unknown".
//  - The range (max_energy_range_uj) is the largest value: modulus = range + 1. An unreadable, zero or absurd range
//    gives no modulus; a drop is then a reset, and nothing is invented.
//  - basis: measured for Intel since Haswell on bare metal; derived for AMD, earlier Intel and every guest.
//  - DRAM: counted where it is proven to lie outside the package (dram_is_outside_package), else place "unknown",
//    which only widens the range. => package 60 J, DRAM 8 J: 68 J on a Xeon, [60, 68] J on a client part.
//  - psys encloses the node. With several psys zones none is proven to enclose everything: none is used.
//  - A counted zone that cannot be read while others can stays a source, so that the total is unknown and not too low.
//    When no package can be read, the machine has no RAPL for us and the model takes over.
//
// Power ceilings are generous multiples of what exists: package 1,500 W (largest TDP 500 W), DRAM 400 W a package (24
// DIMMs of 15 W), psys 3,000 W. Update period 1 ms (Intel SDM vol. 3B, RAPL: "updated every 1 ms").
//
// Units: microjoules of the kernel's scaling. Errors: of creation: none, troubles are listed. Root-only counters (since
// CVE-2020-8694, PLATYPUS: the counter leaks what other users compute) are `permission` with a fix that opens them to
// one group, never to everybody. Threads: one. Lifetime: sources live within the FileSystem.
#pragma once

#include "hardware/cpu_identity.h"
#include "sensors/energy_source.h"

namespace olivine {

inline constexpr double kPackageCeilingW = 1500.0;
inline constexpr double kDramCeilingW = 400.0;
inline constexpr double kPsysCeilingW = 3000.0;

// One command that lets the members of a group of their own read the counters; survives a reboot.
inline constexpr const char* kPowercapFix =
    "run as root, or let one group read the counters: "
    "sudo groupadd -f olivine && sudo usermod -aG olivine \"$USER\" && "
    "printf '%s\\n' 'SUBSYSTEM==\"powercap\", ACTION==\"add\", RUN+=\"/bin/chgrp -f olivine /sys%p/energy_uj\", "
    "RUN+=\"/bin/chmod -f g+r /sys%p/energy_uj\"' | sudo tee /etc/udev/rules.d/70-olivine.rules && "
    "sudo udevadm control --reload && sudo udevadm trigger --action=add --subsystem-match=powercap (then log in again)";

Discovery discover_powercap(FileSystem& files, const Roots& roots, const CpuIdentity& cpu);

// What kind of meter a RAPL domain is on this processor; perf's RAPL counters are the same meters.
Basis rapl_basis(const CpuIdentity& cpu);
Place rapl_place(DomainKind kind, const CpuIdentity& cpu);
double rapl_ceiling_w(DomainKind kind);
std::string rapl_gain_key(DomainKind kind, const CpuIdentity& cpu);

}  // namespace olivine
