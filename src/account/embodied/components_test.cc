#include "account/embodied/components.h"

#include <gtest/gtest.h>

#include "account/embodied/hardware_embodied.h"
#include "account/embodied/machine_embodied.h"

namespace olivine {
namespace {

double kg(Carbon c) { return in_grams(c) / 1000.0; }

GpuEntry gpu(const char* name) {
  const auto found = hardware_item(name, HardwareKind::kGpu);
  EXPECT_TRUE(found) << name;
  return std::get<GpuEntry>(found->part);
}

TEST(Components, AGpuWithAPublishedFootprintTakesIt) {
  const auto part = gpu_embodied(gpu("H100-SXM"), 8);
  ASSERT_TRUE(part);
  EXPECT_NEAR(kg(part->carbon.mean()), 1312.0, 1e-9) << "NVIDIA's board of eight";
  EXPECT_EQ(part->basis, Basis::kReference);
  EXPECT_NE(part->source.find("HGX H100"), std::string::npos);
}

// The bottom-up model against the footprints that makers and assessors published: inside its range.
TEST(Components, TheBottomUpModelEnclosesPublishedFootprints) {
  for (const char* name : {"H100-SXM", "A100-SXM4-40GB"}) {
    GpuEntry entry = gpu(name);
    const double published = entry.embodied_kg;
    entry.embodied_kg = 0.0;
    const auto part = gpu_embodied(entry, 1);
    ASSERT_TRUE(part);
    EXPECT_EQ(part->basis, Basis::kModelled);
    EXPECT_LT(kg(part->carbon.lower()), published) << name;
    EXPECT_GT(kg(part->carbon.upper()), published) << name;
    EXPECT_NEAR(kg(part->carbon.mean()) / published, 1.0, 0.4) << name;
  }
}

TEST(Components, ChipsWithoutADieAreAssumed) {
  const auto b100 = gpu_embodied(gpu("B100"), 1);
  ASSERT_TRUE(b100);
  EXPECT_EQ(b100->basis, Basis::kAssumed);
  const auto cpu = cpu_embodied(default_cpu("GenuineIntel", 8, true), 1);
  ASSERT_TRUE(cpu);
  EXPECT_EQ(cpu->basis, Basis::kAssumed);
  EXPECT_GT(kg(cpu->carbon.upper()) / kg(cpu->carbon.lower()), 5.0);
}

// Dell's assessment of an R740 gives 47 kg for its two Xeons (die of 694 mm2).
TEST(Components, AXeonLiesNearAnAssessment) {
  const auto xeon = find_cpu("Intel(R) Xeon(R) Platinum 8280 CPU @ 2.70GHz");
  ASSERT_TRUE(xeon);
  const auto part = cpu_embodied(*xeon, 2);
  ASSERT_TRUE(part);
  EXPECT_EQ(part->basis, Basis::kModelled);
  EXPECT_GT(kg(part->carbon.mean()), 47.0 / 3.0);
  EXPECT_LT(kg(part->carbon.mean()), 47.0 * 3.0);
}

TEST(Components, ByCapacity) {
  const auto memory = memory_embodied(64);
  ASSERT_TRUE(memory);
  EXPECT_NEAR(kg(memory->carbon.mean()), 64 * 0.726, 1e-9);
  EXPECT_NEAR(kg(memory->carbon.lower()), 64 * 0.065, 1e-9);
  EXPECT_NEAR(kg(memory->carbon.upper()), 64 * 1.388, 1e-9);
  EXPECT_NEAR(kg(storage_embodied(1000, "hdd seagate exos x12")->carbon.mean()), 1.14, 1e-9);
  EXPECT_FALSE(memory_embodied(-1));
  EXPECT_FALSE(memory_embodied(0.0 / 0.0));
  const auto typo = memory_embodied(1, "dramm");
  ASSERT_FALSE(typo);
  EXPECT_NE(typo.error().message.find("nearest: dram"), std::string::npos) << typo.error().message;
  EXPECT_FALSE(piece_embodied("mainboard", -1));
}

TEST(MachineEmbodied, IsTheSumOfItsPartsAndEnclosesMakersFootprints) {
  MachineHardware hardware;
  hardware.cpu = *find_cpu("Intel(R) Xeon(R) Gold 6154 CPU @ 3.00GHz");
  hardware.sockets = 2;
  hardware.memory_gb = 32;
  hardware.ssd_gb = 480;
  const auto machine = machine_embodied(hardware);
  ASSERT_TRUE(machine);
  double sum_kg = 0.0;
  for (const EmbodiedPart& part : machine->parts) sum_kg += kg(part.carbon.mean());
  EXPECT_NEAR(kg(machine->total.mean()), sum_kg, 1e-9);
  EXPECT_TRUE(machine->not_counted.empty());
  // The median of the makers' footprints of servers, 1,272 kg, and Boavizta's parts alone, 368 kg and the chips.
  EXPECT_LT(kg(machine->total.lower()), 450.0);
  EXPECT_GT(kg(machine->total.upper()), 1272.5);
  hardware.gpus = {{gpu("H100-SXM"), 8}};
  const auto with_gpus = machine_embodied(hardware);
  ASSERT_TRUE(with_gpus);
  EXPECT_NEAR(kg(with_gpus->total.mean()), sum_kg + 1312.0, 1e-9);
}

TEST(MachineEmbodied, WhatIsNotKnownIsListed) {
  MachineHardware hardware;
  hardware.cpu = default_cpu("", 4, true);
  const auto machine = machine_embodied(hardware);
  ASSERT_TRUE(machine);
  EXPECT_EQ(machine->not_counted.size(), 2u);
  EXPECT_EQ(machine->basis, Basis::kAssumed);
  hardware.form = MachineForm::kLaptop;
  EXPECT_NEAR(kg(machine_embodied(hardware)->total.mean()), 200.0, 1e-9);
}

TEST(HardwareEmbodied, OfEveryKind) {
  const auto of = [](const char* name) {
    const auto item = hardware_item(name);
    EXPECT_TRUE(item) << name;
    const auto f = hardware_embodied(*item);
    EXPECT_TRUE(f) << name;
    return *f;
  };
  EXPECT_NEAR(of("H100-SXM").value.value(), 164.0, 1e-9);
  EXPECT_EQ(of("dram").unit, "kg/GB");
  EXPECT_NEAR(of("Standard_D16s_v3").value.value(), 1483.1 / 4.0, 1e-6);
  EXPECT_FALSE(of("Standard_E16-4as_v4").value);
  EXPECT_NEAR(of("p5.48xlarge").value.value(), 1312.0, 1e-6) << "its GPUs alone";
  for (const HardwareName& n : hardware_names(std::nullopt)) {
    const auto f = hardware_embodied(*hardware_item(n));
    ASSERT_TRUE(f) << n.key << ": " << f.error().message;
    if (!f->value) continue;
    EXPECT_LE(f->lower, *f->value) << n.key;
    EXPECT_GE(f->upper, *f->value) << n.key;
    EXPECT_GT(*f->value, 0.0) << n.key;
    EXPECT_FALSE(f->source.empty()) << n.key;
  }
}

}  // namespace
}  // namespace olivine
