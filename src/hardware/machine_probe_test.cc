#include "hardware/machine_probe.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "base/prng.h"
#include "hardware/cgroup_limits.h"
#include "hardware/machine_key.h"
#include "testing/memory_file_system.h"

namespace olivine {
namespace {

std::string cpu_block(int cpu, int package, int core, const std::string& flags) {
  return "processor\t: " + std::to_string(cpu) +
         "\nvendor_id\t: GenuineIntel\nmodel name\t: Intel(R) Xeon(R) CPU E5-2620 v3 @ 2.40GHz\nphysical id\t: " +
         std::to_string(package) + "\ncore id\t\t: " + std::to_string(core) + "\nflags\t\t: fpu vme " + flags + "\n\n";
}

void write_server(MemoryFileSystem& files, const std::string& flags) {
  std::string cpuinfo;
  for (int cpu = 0; cpu < 8; ++cpu) cpuinfo += cpu_block(cpu, cpu / 4, cpu % 2, flags);
  files.write("/proc/cpuinfo", cpuinfo);
  files.write("/proc/meminfo", "MemTotal:       65842088 kB\nMemFree:        1 kB\n");
  files.write("/proc/sys/kernel/osrelease", "6.1.0-18-amd64\n");
  files.write("/proc/sys/kernel/hostname", "node7\n");
  files.write("/proc/sys/kernel/random/boot_id", "d4c0a2f6-0000-4000-8000-000000000001\n");
  files.write("/proc/self/cgroup", "0::/user.slice\n");
  files.write("/proc/self/mountinfo", "22 1 254:0 / / rw - ext4 /dev/vda rw\n");
  files.write("/etc/os-release", "NAME=\"Debian GNU/Linux\"\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n");
  files.write("/etc/machine-id", "4fa0c1d2e3f405162738495a6b7c8d9e\n");
  files.write("/sys/class/dmi/id/chassis_type", "23\n");
}

MachineFacts probe(MemoryFileSystem& files) { return probe_machine(files, "/sys", "/proc", "/sys/fs/cgroup"); }

TEST(MachineProbe, ReadsAServer) {
  MemoryFileSystem files;
  write_server(files, "aes");
  const MachineFacts facts = probe(files);
  EXPECT_EQ(facts.hostname, "node7");
  EXPECT_EQ(facts.kernel, "6.1.0-18-amd64");
  EXPECT_EQ(facts.os, "Debian GNU/Linux 12 (bookworm)");
  EXPECT_EQ(facts.cpu_vendor, "GenuineIntel");
  EXPECT_EQ(facts.cpu_model_name, "Intel(R) Xeon(R) CPU E5-2620 v3 @ 2.40GHz");
  EXPECT_EQ(facts.logical_cpus, 8);
  EXPECT_EQ(facts.sockets, 2);
  EXPECT_EQ(facts.cores, 4);
  EXPECT_FALSE(facts.hypervisor);
  EXPECT_EQ(facts.virtualisation, "none");
  EXPECT_EQ(facts.chassis, "server");
  EXPECT_EQ(facts.memory_total_bytes, std::int64_t{65842088} * 1024);
  EXPECT_EQ(facts.cgroup_memory_limit_bytes, std::nullopt);
  EXPECT_EQ(facts.cgroup_cpu_limit, std::nullopt);
  EXPECT_EQ(facts.boot_id, "d4c0a2f6-0000-4000-8000-000000000001");
  EXPECT_EQ(facts.machine_key.size(), 16U);
  EXPECT_EQ(facts.machine_key.find("4fa0"), std::string::npos) << "never the id itself";
}

TEST(MachineProbe, AnEmptyTreeIsUnknownAndNoGuess) {
  MemoryFileSystem files;
  EXPECT_EQ(probe(files), MachineFacts{});
}

TEST(MachineProbe, EveryFileMayBeUnreadable) {
  MemoryFileSystem whole;
  write_server(whole, "aes hypervisor");
  for (const int error : {EACCES, EIO, ENOENT}) {
    for (int nth = 0; nth < 60; ++nth) {
      int call = 0;
      whole.set_fault([&](std::string_view, const std::string&) { return call++ == nth ? error : 0; });
      const MachineFacts facts = probe(whole);
      EXPECT_LE(facts.logical_cpus, 8);
      EXPECT_FALSE(facts.virtualisation.empty());
    }
  }
}

TEST(MachineProbe, SeesHypervisors) {
  struct Case {
    const char *vendor, *product, *expected;
  };
  for (const Case& each : std::vector<Case>{{"QEMU", "Standard PC", "kvm"},
                                            {"Amazon EC2", "m5.large", "kvm"},
                                            {"Google", "Google Compute Engine", "kvm"},
                                            {"VMware, Inc.", "VMware Virtual Platform", "vmware"},
                                            {"Microsoft Corporation", "Virtual Machine", "hyperv"},
                                            {"innotek GmbH", "VirtualBox", "virtualbox"},
                                            {"Acme", "Box", "vm"}}) {
    MemoryFileSystem files;
    write_server(files, "aes hypervisor");
    files.write("/sys/class/dmi/id/sys_vendor", std::string(each.vendor) + "\n");
    files.write("/sys/class/dmi/id/product_name", std::string(each.product) + "\n");
    const MachineFacts facts = probe(files);
    EXPECT_TRUE(facts.guest());
    EXPECT_EQ(facts.virtualisation, each.expected) << each.vendor;
    EXPECT_EQ(facts.chassis, "virtual");
  }
  MemoryFileSystem files;
  write_server(files, "hypervisor");
  files.write("/sys/hypervisor/type", "xen\n");
  EXPECT_EQ(probe(files).virtualisation, "xen");
}

TEST(MachineProbe, ArmTellsPartsAndTopologyComesFromSysfs) {
  MemoryFileSystem files;
  files.write("/proc/cpuinfo",
              "processor\t: 0\nCPU implementer\t: 0x41\nCPU part\t: 0xd0c\n\nprocessor\t: 1\n"
              "CPU implementer\t: 0x41\nCPU part\t: 0xd0c\n");
  for (int cpu = 0; cpu < 2; ++cpu) {
    const std::string base = "/sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/topology/";
    files.write(base + "physical_package_id", "36\n");
    files.write(base + "core_id", std::to_string(cpu) + "\n");
  }
  files.write("/sys/devices/system/cpu/cpufreq/x", "");
  files.write("/sys/class/dmi/id/sys_vendor", "Amazon EC2\n");
  files.write("/sys/class/dmi/id/product_name", "m6g.metal\n");
  const MachineFacts facts = probe(files);
  EXPECT_EQ(facts.cpu_model_name, "implementer 0x41 part 0xd0c");
  EXPECT_EQ(facts.cpu_vendor, "ARM");
  EXPECT_EQ(facts.logical_cpus, 2);
  EXPECT_EQ(facts.sockets, 1);
  EXPECT_EQ(facts.cores, 2);
  EXPECT_FALSE(facts.guest()) << "a bare-metal cloud host carries the vendor's name too";
}

TEST(MachineProbe, SeesContainers) {
  MemoryFileSystem files;
  write_server(files, "aes");
  files.write("/proc/self/cgroup", "0::/kubepods/besteffort/pod1\n");
  EXPECT_EQ(probe(files).virtualisation, "container");
  EXPECT_FALSE(probe(files).guest());
  files.write("/proc/self/cgroup", "0::/\n");
  EXPECT_FALSE(probe(files).container);
  files.write("/proc/self/mountinfo", "22 1 0:5 / / rw,relatime master:3 - overlay overlay rw,lowerdir=a\n");
  EXPECT_TRUE(probe(files).container);
}

TEST(MachineProbe, ReadsEtcBesideProcfsOnly) {
  MemoryFileSystem files;
  write_server(files, "aes");
  files.write("/fixture/proc/meminfo", "MemTotal: 1024 kB\n");
  files.write("/fixture/etc/machine-id", "abc\n");
  const MachineFacts fixture = probe_machine(files, "/fixture/sys", "/fixture/proc", "/fixture/cgroup");
  EXPECT_EQ(fixture.machine_key, machine_key_of("abc"));
  EXPECT_EQ(fixture.os, "");
  EXPECT_EQ(probe_machine(files, "/sys", "/elsewhere", "/x").machine_key, "");
}

TEST(MachineProbe, KnowsChassisCodes) {
  EXPECT_EQ(chassis_from_code("3"), "desktop");
  EXPECT_EQ(chassis_from_code("10\n"), "laptop");
  EXPECT_EQ(chassis_from_code("17"), "server");
  EXPECT_EQ(chassis_from_code("1"), "unknown");
  EXPECT_EQ(chassis_from_code(""), "unknown");
  MemoryFileSystem files;
  files.write("/sys/class/power_supply/BAT0/type", "Battery\n");
  EXPECT_EQ(probe(files).chassis, "laptop");
}

TEST(MachineProbe, SurvivesNonsense) {
  Prng random(3);
  MemoryFileSystem files;
  for (int round = 0; round < 300; ++round) {
    for (const char* path :
         {"/proc/cpuinfo", "/proc/meminfo", "/proc/self/cgroup", "/proc/self/mountinfo", "/etc/os-release",
          "/sys/class/dmi/id/chassis_type", "/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/cpu.max"}) {
      std::string text;
      for (std::uint64_t i = random.next() % 80; i > 0; --i) text += static_cast<char>(random.next() % 256);
      files.write(path, "processor: 0\nMemTotal: -9 kB\n0::/" + text);
    }
    const MachineFacts facts = probe(files);
    EXPECT_GE(facts.memory_total_bytes, 0);
  }
}

TEST(CgroupLimits, TakesTheLeastOnTheWayUp) {
  MemoryFileSystem files;
  files.write("/proc/self/cgroup", "0::/a/b\n");
  files.write("/sys/fs/cgroup/a/b/memory.max", "max\n");
  files.write("/sys/fs/cgroup/a/memory.max", "1073741824\n");
  files.write("/sys/fs/cgroup/memory.max", "4294967296\n");
  files.write("/sys/fs/cgroup/a/b/cpu.max", "250000 100000\n");
  files.write("/sys/fs/cgroup/a/cpu.max", "max 100000\n");
  const CgroupLimits limits = read_cgroup_limits(files, "/proc", "/sys/fs/cgroup");
  EXPECT_EQ(limits.memory_bytes, 1073741824);
  EXPECT_EQ(limits.cpus, 2.5);
}

TEST(CgroupLimits, ReadsVersionOneAndTakesTheMountsRootOff) {
  MemoryFileSystem files;
  files.write("/proc/self/cgroup", "4:memory:/docker/ab\n3:cpu,cpuacct:/docker/ab\n0::/\n");
  files.write("/proc/self/mountinfo",
              "36 25 0:32 /docker/ab /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n"
              "37 25 0:33 /docker/ab /sys/fs/cgroup/cpu,cpuacct ro - cgroup cgroup rw,cpu,cpuacct\n");
  files.write("/sys/fs/cgroup/memory/memory.limit_in_bytes", "536870912\n");
  files.write("/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "150000\n");
  files.write("/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n");
  const CgroupLimits limits = read_cgroup_limits(files, "/proc", "/sys/fs/cgroup");
  EXPECT_EQ(limits.memory_bytes, 536870912);
  EXPECT_EQ(limits.cpus, 1.5);
}

TEST(CgroupLimits, NoLimitIsAbsent) {
  MemoryFileSystem files;
  files.write("/proc/self/cgroup", "4:memory:/\n3:cpu:/\n");
  files.write("/sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
  files.write("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1\n");
  files.write("/sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
  const CgroupLimits limits = read_cgroup_limits(files, "/proc", "/sys/fs/cgroup");
  EXPECT_EQ(limits.memory_bytes, std::nullopt);
  EXPECT_EQ(limits.cpus, std::nullopt);
}

TEST(CgroupLimits, AreTheFactsWhereTheyBind) {
  MemoryFileSystem files;
  write_server(files, "aes");
  files.write("/proc/self/cgroup", "0::/job\n");
  files.write("/sys/fs/cgroup/job/memory.max", "1073741824\n");
  EXPECT_EQ(probe(files).cgroup_memory_limit_bytes, 1073741824);
  EXPECT_EQ(probe(files).memory_for_model_bytes(), 1073741824);
  files.write("/sys/fs/cgroup/job/memory.max", "999999999999999\n");
  EXPECT_EQ(probe(files).cgroup_memory_limit_bytes, std::nullopt) << "above what is installed";
}

// FIPS 180-4 test vectors (NIST, "SHA-256 examples").
TEST(Sha256, KnownAnswers) {
  EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(sha256_hex(std::string(1'000'000, 'a')),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(MachineKey, TellsMachinesApart) {
  EXPECT_EQ(machine_key_of(""), "");
  EXPECT_NE(machine_key_of("a"), machine_key_of("b"));
  EXPECT_EQ(machine_key_of("a"), sha256_hex("olivine.machine-key/1:a").substr(0, 16));
}

}  // namespace
}  // namespace olivine
