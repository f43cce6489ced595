#include "hardware/catalogue.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace olivine {
namespace {

std::string file_text(const std::string& path) {
  std::ifstream in(path);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

// The shared test table: every name has the same normal form here and in the tool that makes cpus.csv.
TEST(CpuName, NormalisesAsTheTablesToolDoes) {
  const std::string csv = file_text(std::string(OLIVINE_SOURCE_DIR) + "/data/cpu_name_cases.csv");
  const Result<CsvTable> cases = CsvTable::parse("cpu_name_cases", csv);
  ASSERT_TRUE(cases) << cases.error().message;
  ASSERT_GE(cases->rows(), 100U);
  for (std::size_t row = 0; row < cases->rows(); ++row) {
    const std::string name(cases->cell(row, "cpuinfo"));
    EXPECT_EQ(normalise_cpu_name(name), cases->cell(row, "normalised")) << name;
    const std::optional<CpuEntry> found = find_cpu(name);
    const std::string_view key = cases->cell(row, "key");
    EXPECT_EQ(found.has_value(), !key.empty()) << name;
    if (found) {
      EXPECT_EQ(found->row.key, key) << name;
    }
  }
}

// The search is binary, so the keys must rise in byte order; and each finds itself.
TEST(CpuCatalogue, EveryRowIsFoundByItsKey) {
  const Result<const CsvTable*> table = fact_table("cpus");
  ASSERT_TRUE(table);
  std::string_view before;
  for (std::size_t row = 0; row < (*table)->rows(); ++row) {
    const std::string_view key = (*table)->cell(row, "key");
    ASSERT_LT(before, key);
    before = key;
    const std::optional<CpuEntry> found = find_cpu(key);
    ASSERT_TRUE(found) << key;
    EXPECT_EQ(found->row.key, key);
    EXPECT_GT(found->tdp_w, 0.0);
    EXPECT_LE(found->tdp_lower_w, found->tdp_w);
    EXPECT_GE(found->tdp_upper_w, found->tdp_w);
  }
}

TEST(CpuCatalogue, KnowsTheMeasuredMachines) {
  const std::optional<CpuEntry> xeon = find_cpu("Intel(R) Xeon(R) CPU E5-2620 v3 @ 2.40GHz");
  ASSERT_TRUE(xeon);
  EXPECT_DOUBLE_EQ(xeon->tdp_w, 85.0);
  EXPECT_EQ(xeon->cls, "server");
  EXPECT_EQ(xeon->basis, Basis::kReference);
  EXPECT_EQ(xeon->row.table, "data/cpus.csv");
  EXPECT_FALSE(xeon->row.source.empty());
}

TEST(CpuCatalogue, HypervisorsNamesMeetNothing) {
  for (const char* name : {"AMD EPYC", "Intel Xeon Processor (Skylake, IBRS)", "QEMU Virtual CPU version 2.5+", "", "@",
                           "((((", "Common KVM processor", "implementer 0x41 part 0xd0c"}) {
    EXPECT_FALSE(find_cpu(name)) << name;
  }
  EXPECT_FALSE(find_cpu(std::string(100'000, 'x')));
  EXPECT_FALSE(find_cpu("\xff\xfe\x01 epyc"));
}

TEST(CpuCatalogue, AnUnknownProcessorIsAssumedWithAWideRange) {
  const CpuEntry cpu = default_cpu("AuthenticAMD", 4, true);
  EXPECT_NEAR(cpu.tdp_w, 4 * 3.66, 0.01);
  EXPECT_LT(cpu.tdp_lower_w, cpu.tdp_w / 2.0);
  EXPECT_GT(cpu.tdp_upper_w, cpu.tdp_w * 2.0);
  EXPECT_EQ(cpu.basis, Basis::kAssumed);
  EXPECT_EQ(cpu.cls, "server");
  EXPECT_EQ(cpu.threads, 4);
  EXPECT_EQ(default_cpu("", 0, false).threads, 1);
  EXPECT_EQ(default_cpu("", 0, false).cls, "desktop");
}

TEST(CpuCatalogue, ADamagedTableFindsNothing) {
  for (const char* csv :
       {"name,tdp_w\nepyc 1,5\n", "key,name\nepyc 1,x\n", "key,tdp_w\nepyc 1,abc\n", "key,tdp_w\nepyc 1,-4\n"}) {
    const Result<CsvTable> table = CsvTable::parse("cpus", csv);
    ASSERT_TRUE(table);
    EXPECT_FALSE(find_cpu_in(*table, "AMD EPYC 1")) << csv;
  }
}

TEST(GpuCatalogue, FindsNvmlNames) {
  struct Known {
    const char* name;
    double tdp_w;
  };
  for (const Known& known : std::vector<Known>{{"NVIDIA A100-SXM4-80GB", 400},
                                               {"NVIDIA A100-PCIE-40GB", 250},
                                               {"NVIDIA A100 80GB PCIe", 300},
                                               {"NVIDIA A100-SXM4-80GB MIG 1g.10gb", 400},
                                               {"Tesla V100-SXM2-16GB", 300},
                                               {"Tesla V100-PCIE-16GB", 250},
                                               {"NVIDIA H100 80GB HBM3", 700},
                                               {"NVIDIA H200", 700},
                                               {"NVIDIA GeForce GTX 1080 Ti", 250},
                                               {"GeForce GTX 1080", 180}}) {
    const std::optional<GpuEntry> gpu = find_gpu(known.name);
    ASSERT_TRUE(gpu) << known.name;
    EXPECT_DOUBLE_EQ(gpu->tdp_w, known.tdp_w) << known.name << " -> " << gpu->name;
  }
}

TEST(GpuCatalogue, AnotherProductIsNotTaken) {
  for (const char* name : {"NVIDIA GeForce GTX 1080 Laptop GPU", "NVIDIA GeForce GTX 1660 SUPER",
                           "GeForce GTX 1080 Ti with Max-Q", "", "NVIDIA", "Radeon", "NVIDIA X9000"}) {
    EXPECT_FALSE(find_gpu(name)) << name;
  }
}

TEST(GpuCatalogue, EveryRowIsFoundByItsOwnName) {
  const Result<const CsvTable*> table = fact_table("gpus");
  ASSERT_TRUE(table);
  for (std::size_t row = 0; row < (*table)->rows(); ++row) {
    if (!(*table)->maybe_number(row, "tdp_w")) continue;  // without a published power it serves no measurement
    const std::optional<GpuEntry> gpu = find_gpu((*table)->cell(row, "name"));
    ASSERT_TRUE(gpu) << (*table)->cell(row, "name");
    EXPECT_EQ(gpu->row.key, (*table)->cell(row, "key"));
  }
}

}  // namespace
}  // namespace olivine
