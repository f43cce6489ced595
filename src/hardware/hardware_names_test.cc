#include "hardware/hardware_names.h"

#include <gtest/gtest.h>

#include <set>

#include "base/prng.h"
#include "hardware/hardware_item.h"

namespace olivine {
namespace {

TEST(HardwareNames, TheCatalogueIsAsLargeAsPromised) {
  EXPECT_GE(hardware_names(HardwareKind::kCpu).size(), 1500u);
  EXPECT_GE(hardware_names(HardwareKind::kGpu).size(), 60u);
  EXPECT_GE(hardware_names(HardwareKind::kInstance).size(), 1000u);
  EXPECT_GE(hardware_names(HardwareKind::kServer).size(), 50u);
  EXPECT_GE(hardware_names(HardwareKind::kComputer).size(), 500u);
  EXPECT_GE(hardware_names(HardwareKind::kMemory).size(), 10u);
  EXPECT_GE(hardware_names(HardwareKind::kStorage).size(), 25u);
  std::set<std::pair<std::string_view, std::size_t>> rows;
  for (const HardwareName& n : hardware_names(std::nullopt)) EXPECT_TRUE(rows.emplace(n.table, n.row).second) << n.key;
}

struct Spelling {
  const char* typed;
  HardwareKind kind;
  const char* key;
};

TEST(HardwareNames, FindsWhatPeopleAndProgramsWrite) {
  for (const Spelling& s :
       std::vector<Spelling>{{"H100-SXM", HardwareKind::kGpu, "h100 80gb hbm3"},
                             {"h100sxm", HardwareKind::kGpu, "h100 80gb hbm3"},
                             {"NVIDIA H100 80GB HBM3", HardwareKind::kGpu, "h100 80gb hbm3"},
                             {"NVIDIA A100-SXM4-80GB MIG 1g.10gb", HardwareKind::kGpu, "a100 sxm4 80gb"},
                             {"A100-SXM4-40GB", HardwareKind::kGpu, "a100 sxm4 40gb"},
                             {"rtx4090", HardwareKind::kGpu, "rtx 4090"},
                             {"MI300X", HardwareKind::kGpu, "instinct mi300x"},
                             {"TPUv4", HardwareKind::kGpu, "google tpu v4"},
                             {"Intel(R) Xeon(R) Gold 6154 CPU @ 3.00GHz", HardwareKind::kCpu, "xeon gold 6154"},
                             {"xeon 6154", HardwareKind::kCpu, "xeon gold 6154"},
                             {"EPYC 7763", HardwareKind::kCpu, "epyc 7763"},
                             {"p4d.24xlarge", HardwareKind::kInstance, "aws p4d.24xlarge"},
                             {"aws/p4d.24xlarge", HardwareKind::kInstance, "aws p4d.24xlarge"},
                             {"Standard_D16s_v3", HardwareKind::kInstance, "azure d16s v3"},
                             {"n2-standard-4", HardwareKind::kInstance, "gcp n2-standard-4"},
                             {"Standard_ND96isr_H100_v5", HardwareKind::kInstance, "azure nd96isr h100 v5"},
                             {"PowerEdge R740", HardwareKind::kServer, "dell poweredge r740"},
                             {"dram", HardwareKind::kMemory, "dram"}}) {
    const auto found = find_hardware_name(s.typed, std::nullopt);
    ASSERT_TRUE(found) << s.typed << ": " << found.error().message;
    EXPECT_EQ(found->key, s.key) << s.typed;
    EXPECT_EQ(found->kind, s.kind) << s.typed;
  }
}

TEST(HardwareNames, AnAmbiguousNameSaysWhatItMayBe) {
  const auto a100 = find_hardware_name("A100", HardwareKind::kGpu);
  ASSERT_FALSE(a100);
  EXPECT_EQ(a100.error().kind, ErrorKind::kInvalid);
  EXPECT_NE(a100.error().message.find("NVIDIA A100-SXM4-80GB"), std::string::npos) << a100.error().message;
  EXPECT_NE(a100.error().message.find("say which"), std::string::npos);
  const auto processor = find_hardware_name("A100", std::nullopt);
  ASSERT_FALSE(processor) << "a processor of 2007 is called A100";
  EXPECT_NE(processor.error().message.find("NVIDIA A100"), std::string::npos) << processor.error().message;
  EXPECT_TRUE(find_hardware_name("A100", HardwareKind::kCpu));
}

TEST(HardwareNames, AnUnknownNameNamesTheNearest) {
  const auto typo = find_hardware_name("H1000-SXM", HardwareKind::kGpu);
  ASSERT_FALSE(typo);
  EXPECT_EQ(typo.error().kind, ErrorKind::kNotFound);
  EXPECT_NE(typo.error().message.find("H100"), std::string::npos) << typo.error().message;
  EXPECT_FALSE(find_hardware_name("RTX 3080 Laptop GPU", std::nullopt)) << "another product than the RTX 3080";
  EXPECT_FALSE(find_hardware_name("", std::nullopt));
  EXPECT_FALSE(find_hardware_name(std::string(100000, 'x'), std::nullopt));
  const auto control = find_hardware_name("\x1b[31mH100", std::nullopt);
  EXPECT_TRUE(control || control.error().message.find('\x1b') == std::string::npos);
}

// Every row is found by its own key, and says so: nothing hides behind another.
TEST(HardwareNames, EveryRowIsFoundByItsKeyOrIsAmbiguous) {
  const std::vector<HardwareName> names = hardware_names(std::nullopt);
  Prng prng(7);
  for (int i = 0; i < 60; ++i) {
    const HardwareName& n = names[prng.below(names.size())];
    const auto found = find_hardware_name(n.key, n.kind);
    if (found)
      EXPECT_EQ(found->key, n.key);
    else
      EXPECT_EQ(found.error().kind, ErrorKind::kInvalid) << n.key << ": " << found.error().message;
  }
}

TEST(HardwareItem, EveryRowCanBeShownAndRangesEncloseValues) {
  for (const HardwareName& n : hardware_names(std::nullopt)) {
    const auto item = hardware_item(n);
    ASSERT_TRUE(item) << n.key;
    EXPECT_NE(item->part.index(), 0u) << n.key;
    for (const HardwareFigure& f : item->figures) {
      if (!f.value) continue;
      EXPECT_LE(f.lower, *f.value) << n.key << " " << f.id;
      EXPECT_GE(f.upper, *f.value) << n.key << " " << f.id;
      EXPECT_FALSE(f.source.empty()) << n.key << " " << f.id;
    }
  }
}

TEST(HardwareItem, UnknownStaysUnknown) {
  const auto tpu = hardware_item("TPU v5e");
  ASSERT_TRUE(tpu);
  ASSERT_NE(tpu->find("tdp_w"), nullptr);
  EXPECT_FALSE(tpu->find("tdp_w")->value);
  EXPECT_FALSE(tpu->find("idle_w")->value) << "no share of an unknown power";
  EXPECT_EQ(tpu->find("no such figure"), nullptr);
}

CloudInstance instance(const char* name) {
  const auto item = hardware_item(name, HardwareKind::kInstance);
  EXPECT_TRUE(item) << name;
  return item ? std::get<CloudInstance>(item->part) : CloudInstance{};
}

TEST(CloudInstance, SharesItsHost) {
  const CloudInstance p4d = instance("p4d.24xlarge");
  EXPECT_EQ(p4d.gpus, 8);
  EXPECT_EQ(p4d.gpu, "a100 sxm4 40gb");
  EXPECT_DOUBLE_EQ(p4d.share().value(), 1.0);
  EXPECT_DOUBLE_EQ(p4d.half_w.value(), 3781.8);
  const CloudInstance d16 = instance("Standard_D16s_v3");
  EXPECT_DOUBLE_EQ(d16.share().value(), 0.25);
  const CloudInstance constrained = instance("Standard_E16-4as_v4");
  EXPECT_DOUBLE_EQ(constrained.vcpus.value(), 4.0);
  EXPECT_FALSE(constrained.share());
}

}  // namespace
}  // namespace olivine
