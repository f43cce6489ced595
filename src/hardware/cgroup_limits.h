// CgroupLimits: how much memory and CPU the control group that we run in may use, on cgroup v2, v1 and both together.
//
// A limit anywhere above us binds too, so the least on the way up counts. In a container the path in /proc/self/cgroup
// may be the host's while the mount shows only our part of the tree; mountinfo's root of the mount is then taken off.
//
//   v2: memory.max "max" | bytes, cpu.max "250000 100000" -> 2.5 CPUs
//   v1: memory.limit_in_bytes (a huge number: none), cpu.cfs_quota_us / cpu.cfs_period_us (-1: none)
//
// Units: bytes, CPUs. Errors: none; what cannot be read is absent. Threads: pure but for files. Lifetime: values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/file_system.h"

namespace olivine {

struct CgroupLimits {
  std::optional<std::int64_t> memory_bytes;
  std::optional<double> cpus;
};

CgroupLimits read_cgroup_limits(FileSystem& files, const std::string& procfs_root, const std::string& cgroup_root);

}  // namespace olivine
