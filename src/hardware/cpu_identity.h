// CpuIdentity: which processor this is, as far as the meaning of its energy meters depends on it.
//
// RAPL is one file format for three different things: Intel measures at the voltage regulator since Haswell, earlier
// parts and AMD compute the value from event counts, and a guest sees whatever its hypervisor invents. The basis of a
// reading (METHODS, words) therefore needs vendor, family and model, not only the file.
//
//   vendor "GenuineIntel", family 6, model 0x55 (Skylake-SP)  -> rapl_is_measured, dram_is_outside_package
//   vendor "AuthenticAMD", family 0x19                        -> neither
//
// Units: none. Errors: none; what cannot be read stays empty, 0 or false, and nothing is then taken as proven.
// Threads: pure but for the file. Lifetime: value.
#pragma once

#include <string>
#include <string_view>

#include "base/file_system.h"

namespace olivine {

struct CpuIdentity {
  std::string vendor;      // "GenuineIntel", "AuthenticAMD", "HygonGenuine"; "" when not known
  std::string model_name;  // printable, at most 128 bytes
  int family = 0;          // 0: not known
  int model = 0;
  bool hypervisor = false;  // the processor says that it is virtual
  bool operator==(const CpuIdentity&) const = default;
};

// Of the first processor in the text of /proc/cpuinfo. The text may be anything.
CpuIdentity parse_cpu_identity(std::string_view cpuinfo);
// Reads the head of procfs_root/cpuinfo only: on machines with many CPUs the kernel needs milliseconds for the whole.
CpuIdentity read_cpu_identity(FileSystem& files, const std::string& procfs_root);

// AMD, and Hygon that licensed the design: RAPL is computed by firmware, one package counter for all dies.
bool is_amd_like(const CpuIdentity& cpu);
// Measured at the regulator: Intel since Haswell (Hackenberg et al., HPPAC 2015), on bare metal. Anything not known to
// be such is not.
bool rapl_is_measured(const CpuIdentity& cpu);
// The DRAM meter is proven to lie outside the package meter: Intel's server parts with memory on DIMMs (Intel SDM vol.
// 3B, "RAPL domains"). Client parts may carry their memory in the package, and so do the Xeon Max parts with HBM.
bool dram_is_outside_package(const CpuIdentity& cpu);

}  // namespace olivine
