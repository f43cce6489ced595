#include "hardware/machine_probe.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>
#include <vector>

#include "base/text.h"
#include "hardware/cgroup_limits.h"
#include "hardware/machine_key.h"

namespace olivine {
namespace {

constexpr std::size_t kMaxCpuinfoBytes = 16 << 20;  // 1.6 kB a CPU; machines have thousands
constexpr std::size_t kMaxCpus = 65'536;

struct CpuinfoText {
  std::string model_name, vendor, implementer, part, flags;
  int processors = 0;
  std::set<std::string> packages;
  std::set<std::pair<std::string, std::string>> cores;
};

// Numbers of the last processor block, closed at the next one.
void close_block(CpuinfoText& info, std::string& package, std::string& core) {
  if (!package.empty()) info.packages.insert(package);
  if (!core.empty()) info.cores.insert({package, core});
  package.clear();
  core.clear();
}

void keep_first(std::string& kept, std::string_view value) {
  if (kept.empty()) kept = std::string(value);
}

CpuinfoText parse_cpuinfo(std::string_view text) {
  CpuinfoText info;
  std::string package;
  std::string core;
  for (const std::string_view line : split(text, '\n')) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    const std::string key = to_lower(trim(line.substr(0, colon)));
    const std::string_view value = trim(line.substr(colon + 1));
    if (key == "processor" && parse_u64(value)) {
      close_block(info, package, core);
      ++info.processors;
    } else if (key == "model name" || key == "cpu model" || key == "cpu") {
      keep_first(info.model_name, value);
    } else if (key == "vendor_id") {
      keep_first(info.vendor, value);
    } else if (key == "cpu implementer") {
      keep_first(info.implementer, value);
    } else if (key == "cpu part") {
      keep_first(info.part, value);
    } else if (key == "flags" || key == "features") {
      keep_first(info.flags, value);
    } else if (key == "physical id") {
      package = std::string(value);
    } else if (key == "core id") {
      core = std::string(value);
    }
  }
  close_block(info, package, core);
  return info;
}

std::string arm_vendor(std::string_view implementer) {
  if (implementer == "0x41") return "ARM";
  if (implementer == "0xc0") return "Ampere";
  if (implementer == "0x4e") return "NVIDIA";
  if (implementer == "0x61") return "Apple";
  if (implementer == "0x51") return "Qualcomm";
  if (implementer == "0x48") return "HiSilicon";
  return "";
}

// Packages and cores from sysfs, for processors whose cpuinfo does not tell.
void count_topology(FileSystem& files, const std::string& sysfs_root, MachineFacts& facts) {
  const std::string base = sysfs_root + "/devices/system/cpu";
  const Result<std::vector<std::string>> entries = files.list(base);
  if (!entries) return;
  std::set<std::string> packages;
  std::set<std::pair<std::string, std::string>> cores;
  int cpus = 0;
  for (const std::string& entry : *entries) {
    if (!entry.starts_with("cpu") || !parse_u64(entry.substr(3)) || packages.size() > kMaxCpus) continue;
    const Result<std::string> package = read_line(files, base + "/" + entry + "/topology/physical_package_id");
    const Result<std::string> core = read_line(files, base + "/" + entry + "/topology/core_id");
    if (!package || !core) continue;  // offline
    ++cpus;
    packages.insert(*package);
    cores.insert({*package, *core});
  }
  if (facts.logical_cpus == 0) facts.logical_cpus = cpus;
  if (facts.sockets == 0) facts.sockets = static_cast<int>(packages.size());
  if (facts.cores == 0) facts.cores = static_cast<int>(cores.size());
}

bool has_word(std::string_view text, std::string_view word) {
  const std::vector<std::string_view> words = split_words(text);
  return std::find(words.begin(), words.end(), word) != words.end();
}

void read_cpu(FileSystem& files, const std::string& sysfs_root, const std::string& procfs_root, MachineFacts& facts) {
  const Result<std::string> text = read_text(files, procfs_root + "/cpuinfo", kMaxCpuinfoBytes);
  if (text) {
    const CpuinfoText info = parse_cpuinfo(*text);
    facts.cpu_model_name = info.model_name;
    facts.cpu_vendor = info.vendor.empty() ? arm_vendor(info.implementer) : info.vendor;
    if (facts.cpu_model_name.empty() && !info.part.empty()) {
      facts.cpu_model_name = fmt::format("implementer {} part {}", info.implementer, info.part);
    }
    facts.logical_cpus = info.processors;
    facts.sockets = static_cast<int>(info.packages.size());
    facts.cores = static_cast<int>(info.cores.size());
    facts.hypervisor = has_word(info.flags, "hypervisor");
  }
  if (facts.logical_cpus == 0 || facts.sockets == 0 || facts.cores == 0) count_topology(files, sysfs_root, facts);
}

std::int64_t memory_total(FileSystem& files, const std::string& procfs_root) {
  const Result<std::string> text = read_text(files, procfs_root + "/meminfo");
  if (!text) return 0;
  for (const std::string_view line : split(*text, '\n')) {
    if (!line.starts_with("MemTotal:")) continue;
    const std::vector<std::string_view> words = split_words(line);
    if (words.size() != 3 || words[2] != "kB") return 0;
    const Result<std::int64_t> kibibytes = parse_i64(words[1]);
    return kibibytes && *kibibytes > 0 && *kibibytes < (std::int64_t{1} << 50) ? *kibibytes * 1024 : 0;
  }
  return 0;
}

// The hypervisor's name from what the firmware says about the machine.
std::string hypervisor_name(FileSystem& files, const std::string& sysfs_root) {
  const std::string type = read_line(files, sysfs_root + "/hypervisor/type").value_or("");
  if (!type.empty()) return to_lower(type);
  struct Known {
    std::string_view text, name;
  };
  constexpr std::array<Known, 12> kKnown{{{"qemu", "kvm"},
                                          {"kvm", "kvm"},
                                          {"amazon ec2", "kvm"},
                                          {"google", "kvm"},
                                          {"openstack", "kvm"},
                                          {"firecracker", "kvm"},
                                          {"vmware", "vmware"},
                                          {"microsoft", "hyperv"},
                                          {"virtualbox", "virtualbox"},
                                          {"xen", "xen"},
                                          {"parallels", "parallels"},
                                          {"bhyve", "bhyve"}}};
  std::string said;
  for (const char* file : {"sys_vendor", "product_name", "board_vendor", "bios_vendor"}) {
    said += to_lower(read_line(files, sysfs_root + "/class/dmi/id/" + file).value_or("")) + "\n";
  }
  for (const Known& known : kKnown) {
    if (said.find(known.text) != std::string::npos) return std::string(known.name);
  }
  return "vm";
}

// ARM has no "hypervisor" flag; there only the firmware tells. A bare-metal cloud host carries the vendor's name too,
// so of the vendors only words that virtual machines alone have are taken.
bool firmware_is_virtual(FileSystem& files, const std::string& sysfs_root) {
  if (read_line(files, sysfs_root + "/hypervisor/type")) return true;
  for (const char* file : {"sys_vendor", "product_name"}) {
    const std::string said = to_lower(read_line(files, sysfs_root + "/class/dmi/id/" + file).value_or(""));
    for (const char* word : {"qemu", "kvm", "vmware", "virtual", "google compute engine", "firecracker"}) {
      if (said.find(word) != std::string::npos) return true;
    }
  }
  return false;
}

bool is_container(FileSystem& files, const std::string& procfs_root, const std::optional<std::string>& outer_root) {
  const std::string groups = read_text(files, procfs_root + "/self/cgroup").value_or("");
  for (const char* mark : {"docker", "kubepods", "containerd", "libpod", "/lxc", "garden", "machine.slice"}) {
    if (groups.find(mark) != std::string::npos) return true;
  }
  const std::string mounts = read_text(files, procfs_root + "/self/mountinfo").value_or("");
  for (const std::string_view line : split(mounts, '\n')) {
    const std::vector<std::string_view> words = split_words(line);
    const auto dash = std::find(words.begin(), words.end(), "-");
    if (words.size() > 5 && words[4] == "/" && words.end() - dash > 1 && *(dash + 1) == "overlay") return true;
  }
  if (!outer_root) return false;
  return files.open(*outer_root + "/.dockerenv").has_value() ||
         files.open(*outer_root + "/run/.containerenv").has_value();
}

std::string os_name(FileSystem& files, const std::string& outer_root) {
  std::string text = read_text(files, outer_root + "/etc/os-release").value_or("");
  if (text.empty()) text = read_text(files, outer_root + "/usr/lib/os-release").value_or("");
  for (const std::string_view line : split(text, '\n')) {
    constexpr std::string_view kKey = "PRETTY_NAME=";
    if (!line.starts_with(kKey)) continue;
    std::string_view value = trim(line.substr(kKey.size()));
    if (value.size() >= 2 && (value.front() == '"' || value.front() == '\'') && value.back() == value.front()) {
      value = value.substr(1, value.size() - 2);
    }
    return printable(value.substr(0, 200));
  }
  return "";
}

std::string chassis_of(FileSystem& files, const std::string& sysfs_root, bool hypervisor) {
  if (hypervisor) return "virtual";
  const std::string chassis =
      chassis_from_code(read_line(files, sysfs_root + "/class/dmi/id/chassis_type").value_or(""));
  if (chassis != "unknown") return chassis;
  const Result<std::vector<std::string>> supplies = files.list(sysfs_root + "/class/power_supply");
  const bool battery = supplies && std::any_of(supplies->begin(), supplies->end(), [](const std::string& supply) {
                         return supply.starts_with("BAT") || supply.starts_with("macsmc-battery");
                       });
  return battery ? "laptop" : "unknown";
}

}  // namespace

std::string chassis_from_code(std::string_view dmi_chassis_type) {
  const Result<std::uint64_t> code = parse_u64(trim(dmi_chassis_type));
  if (!code) return "unknown";
  switch (*code) {
    case 3:
    case 4:
    case 5:
    case 6:
    case 7:
    case 13:
    case 15:
    case 16:
    case 24:
    case 35:
    case 36: return "desktop";
    case 8:
    case 9:
    case 10:
    case 11:
    case 14:
    case 30:
    case 31:
    case 32: return "laptop";
    case 17:
    case 22:
    case 23:
    case 25:
    case 28:
    case 29: return "server";
    default: return "unknown";
  }
}

MachineFacts probe_machine(FileSystem& files, const std::string& sysfs_root, const std::string& procfs_root,
                           const std::string& cgroup_root) {
  MachineFacts facts;
  const auto line_of = [&](const std::string& path) {
    return printable(read_line(files, path).value_or("").substr(0, 256));
  };
  constexpr std::string_view kProc = "/proc";
  std::optional<std::string> outer_root;
  if (procfs_root.ends_with(kProc)) outer_root = procfs_root.substr(0, procfs_root.size() - kProc.size());

  facts.hostname = line_of(procfs_root + "/sys/kernel/hostname");
  facts.kernel = line_of(procfs_root + "/sys/kernel/osrelease");
  facts.boot_id = line_of(procfs_root + "/sys/kernel/random/boot_id");
  read_cpu(files, sysfs_root, procfs_root, facts);
  facts.cpu_model_name = printable(facts.cpu_model_name.substr(0, 256));
  facts.cpu_vendor = printable(facts.cpu_vendor.substr(0, 64));
  facts.hypervisor = facts.hypervisor || firmware_is_virtual(files, sysfs_root);
  facts.container = is_container(files, procfs_root, outer_root);
  if (facts.hypervisor) {
    facts.virtualisation = hypervisor_name(files, sysfs_root);
  } else if (facts.container) {
    facts.virtualisation = "container";
  }
  facts.chassis = chassis_of(files, sysfs_root, facts.hypervisor);
  facts.memory_total_bytes = memory_total(files, procfs_root);
  const CgroupLimits limits = read_cgroup_limits(files, procfs_root, cgroup_root);
  if (limits.memory_bytes && (facts.memory_total_bytes == 0 || *limits.memory_bytes < facts.memory_total_bytes)) {
    facts.cgroup_memory_limit_bytes = limits.memory_bytes;
  }
  facts.cgroup_cpu_limit = limits.cpus;
  if (outer_root) {
    facts.os = os_name(files, *outer_root);
    std::string id = line_of(*outer_root + "/etc/machine-id");
    if (id.empty()) id = line_of(*outer_root + "/var/lib/dbus/machine-id");
    if (id != "uninitialized") facts.machine_key = machine_key_of(id);
  }
  return facts;
}

}  // namespace olivine
