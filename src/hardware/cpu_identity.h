// CpuIdentity: which processor this is, as far as sensors must know it: whether its RAPL is measured or modelled.
//
// Units: none. Errors: kNotFound and kCorrupt of the file; unknown fields stay empty or 0. Threads: values.
// Lifetime: values. Source: /proc/cpuinfo, see proc(5); Intel SDM volume 4 for model numbers.
#pragma once

#include <string>
#include <string_view>

#include "base/file_system.h"
#include "provenance/basis.h"

namespace olivine {

struct CpuIdentity {
  std::string vendor;  // "GenuineIntel", "AuthenticAMD"
  std::string name;
  int family = 0, model = 0;
  bool hypervisor = false;
};

CpuIdentity parse_cpu_identity(std::string_view cpuinfo);
// An identity with empty fields when cpuinfo cannot be read.
CpuIdentity read_cpu_identity(FileSystem& files, const std::string& procfs_root);

// How RAPL knows what it says on this processor: measured on Intel from Haswell on; derived on AMD (a model inside the
// processor), on older Intel (a model as well) and in any guest, whose hypervisor passes values on.
Basis rapl_basis(const CpuIdentity& cpu);

}  // namespace olivine
