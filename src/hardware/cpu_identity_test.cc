#include "hardware/cpu_identity.h"

#include <gtest/gtest.h>

#include "testing/memory_file_system.h"

namespace olivine {
namespace {

constexpr const char* kXeon =
    "processor\t: 0\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 85\n"
    "model name\t: Intel(R) Xeon(R) Gold 6148 CPU @ 2.40GHz\nflags\t\t: fpu vme aperfmperf\n\n"
    "processor\t: 1\nvendor_id\t: Other\nflags\t\t: hypervisor\n";

TEST(CpuIdentity, ReadsTheFirstProcessor) {
  const CpuIdentity cpu = parse_cpu_identity(kXeon);
  EXPECT_EQ(cpu.vendor, "GenuineIntel");
  EXPECT_EQ(cpu.model_name, "Intel(R) Xeon(R) Gold 6148 CPU @ 2.40GHz");
  EXPECT_EQ(cpu.family, 6);
  EXPECT_EQ(cpu.model, 85);
  EXPECT_FALSE(cpu.hypervisor);
  EXPECT_TRUE(rapl_is_measured(cpu));
  EXPECT_TRUE(dram_is_outside_package(cpu));
}

TEST(CpuIdentity, AGuestHasNothingMeasured) {
  CpuIdentity cpu = parse_cpu_identity(kXeon);
  cpu.hypervisor = true;
  EXPECT_FALSE(rapl_is_measured(cpu));
  EXPECT_TRUE(parse_cpu_identity("flags : fpu hypervisor\n").hypervisor);
  EXPECT_FALSE(parse_cpu_identity("flags : fpu hypervisor_like\n").hypervisor);
}

TEST(CpuIdentity, KnowsWhichPartsMeasure) {
  const auto intel = [](int model) { return CpuIdentity{"GenuineIntel", "x", 6, model, false}; };
  EXPECT_FALSE(rapl_is_measured(intel(0x2a)));  // Sandy Bridge
  EXPECT_FALSE(rapl_is_measured(intel(0x3e)));  // Ivy Bridge EP
  EXPECT_TRUE(rapl_is_measured(intel(0x3f)));   // Haswell EP
  EXPECT_FALSE(rapl_is_measured(intel(0x4d)));  // Silvermont
  EXPECT_FALSE(rapl_is_measured({"AuthenticAMD", "EPYC", 0x19, 1, false}));
  EXPECT_FALSE(rapl_is_measured({}));
  EXPECT_TRUE(is_amd_like({"HygonGenuine", "", 0x18, 0, false}));
}

TEST(CpuIdentity, DramIsProvenOutsideOnServerPartsOnly) {
  EXPECT_FALSE(dram_is_outside_package({"GenuineIntel", "Core i7", 6, 0x9e, false}));
  EXPECT_TRUE(dram_is_outside_package({"GenuineIntel", "Intel(R) Xeon(R) Platinum 8480+", 6, 0x8f, false}));
  EXPECT_FALSE(dram_is_outside_package({"GenuineIntel", "Intel(R) Xeon(R) CPU Max 9480", 6, 0x8f, false}));
  EXPECT_FALSE(dram_is_outside_package({"AuthenticAMD", "EPYC", 0x19, 1, false}));
}

TEST(CpuIdentity, NonsenseStaysUnknown) {
  EXPECT_EQ(parse_cpu_identity(""), CpuIdentity{});
  const CpuIdentity cpu =
      parse_cpu_identity("cpu family : -6\nmodel : 99999999999999999999\nvendor_id : \x1b[31m\n::::\n");
  EXPECT_EQ(cpu.family, 0);
  EXPECT_EQ(cpu.model, 0);
  EXPECT_EQ(cpu.vendor, "?[31m");
  EXPECT_LE(parse_cpu_identity("model name : " + std::string(100'000, 'x')).model_name.size(), 128U);
  MemoryFileSystem files;
  EXPECT_EQ(read_cpu_identity(files, "/proc"), CpuIdentity{});
  files.write("/proc/cpuinfo", kXeon);
  EXPECT_EQ(read_cpu_identity(files, "/proc").model, 85);
}

}  // namespace
}  // namespace olivine
