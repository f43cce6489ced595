// MachineFacts: what the models and the record need to know about the machine, read from procfs, sysfs and cgroupfs.
//
// Every file may be missing, unreadable or nonsense (containers hide them, hypervisors invent them): such a fact stays
// empty, "unknown" or absent, and never a guess. Read once at the start of a run.
//
// Units: bytes; cgroup_cpu_limit in CPUs (2.5 = 250 ms of CPU time per 100 ms). Errors: none. Threads: pure but for
// files.
// Lifetime: values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/file_system.h"

namespace olivine {

struct MachineFacts {
  std::string hostname, kernel, os;  // "Debian GNU/Linux 12 (bookworm)" where /etc/os-release says so
  std::string cpu_model_name,
      cpu_vendor;  // as /proc/cpuinfo has them; ARM parts without a name: "implementer 0x41 part 0xd0c"
  int logical_cpus = 0, sockets = 0, cores = 0;  // 0: not known; cores of all sockets
  bool hypervisor = false;                       // the processor says that it is virtual
  bool container = false;                        // we run in a container, with or without a hypervisor below
  std::string virtualisation = "none";  // "kvm", "vmware", "hyperv", "xen", ..., "vm", else "container", else "none"
  std::int64_t memory_total_bytes = 0;  // 0: not known
  std::optional<std::int64_t> cgroup_memory_limit_bytes;  // absent: no limit, or not below memory_total_bytes
  std::optional<double> cgroup_cpu_limit;                 // absent: no limit
  std::string chassis = "unknown";                        // "server", "desktop", "laptop", "virtual", "unknown"
  std::string boot_id;                                    // changes at each boot
  std::string machine_key;  // hash of machine-id, never the id itself; "" when there is none

  bool guest() const { return hypervisor; }  // a container without a hypervisor below still sees the whole processor
  // What the memory model takes: the cgroup's limit where there is one, else what is installed; 0: not known.
  std::int64_t memory_for_model_bytes() const { return cgroup_memory_limit_bytes.value_or(memory_total_bytes); }
  bool operator==(const MachineFacts&) const = default;
};

// The roots are "/sys", "/proc" and "/sys/fs/cgroup" on a live machine. os-release and machine-id are read from the etc
// that stands beside procfs_root ("/fixture/proc" -> "/fixture/etc"); a procfs_root of another name has none.
MachineFacts probe_machine(FileSystem& files, const std::string& sysfs_root, const std::string& procfs_root,
                           const std::string& cgroup_root);

// Parts, for tests.
std::string chassis_from_code(std::string_view dmi_chassis_type);  // SMBIOS 3.6, table 17

}  // namespace olivine
