#include "sensors/amdgpu/amdgpu.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "testing/fixture_tree.h"

namespace olivine {
namespace {

constexpr const char* kCard = R"(# /sys/class/hwmon/hwmon4 -> /sys/devices/pci0000:00/0000:03:00.0/hwmon/hwmon4
# /sys/devices/pci0000:00/0000:03:00.0/hwmon/hwmon4/name
amdgpu
# /sys/devices/pci0000:00/0000:03:00.0/hwmon/hwmon4/device -> /sys/devices/pci0000:00/0000:03:00.0
# /sys/devices/pci0000:00/0000:03:00.0/hwmon/hwmon4/power1_average
44000000
# /sys/devices/pci0000:00/0000:03:00.0/hwmon/hwmon4/power1_input
45000000
# /sys/devices/pci0000:00/0000:03:00.0/hwmon/hwmon4/power1_label
PPT
# /sys/devices/pci0000:00/0000:03:00.0/hwmon/hwmon4/power1_cap_max
300000000
# /sys/devices/pci0000:00/0000:03:00.0/power/runtime_status
active
)";
const std::string kDevice = "/sys/devices/pci0000:00/0000:03:00.0";
const std::string kHwmon = kDevice + "/hwmon/hwmon4";

class AmdGpu : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(load_fixture_tree(files_, kCard)); }
  Discovery discover() { return discover_amdgpu(files_, Roots{}); }
  MemoryFileSystem files_;
};

TEST_F(AmdGpu, ADiscreteCardIsCounted) {
  const Discovery found = discover();
  ASSERT_EQ(found.sources.size(), 1U);
  const SourceInfo& info = found.sources[0]->info();
  EXPECT_EQ(info.id, "amdgpu:amdgpu:0000:03:00.0:power1_average");
  EXPECT_EQ(info.domain,
            (Domain{DomainKind::kGpu, "gpu-0000:03:00.0", Plane::kChip, Place::kCounted, Basis::kDerived}));
  EXPECT_EQ(info.signal, SignalKind::kPowerGauge);
  EXPECT_DOUBLE_EQ(info.power_ceiling_w, 600.0);
  EXPECT_EQ(found.sources[0]->read(), 44000000U);
}

TEST_F(AmdGpu, AnEnergyCounterIsPreferred) {
  files_.write(kHwmon + "/energy1_input", "123\n");
  const Discovery found = discover();
  EXPECT_EQ(found.sources.at(0)->info().signal, SignalKind::kEnergyCounter);
  EXPECT_EQ(found.sources.at(0)->info().domain.basis, Basis::kMeasured);
  EXPECT_EQ(found.sources.at(0)->read(), 123U);
}

TEST_F(AmdGpu, AnApuLiesInsideThePackage) {
  files_.write(kHwmon + "/in1_label", "vddnb\n");
  EXPECT_EQ(discover().sources.at(0)->info().domain.place, Place::kInside);
  files_.remove(kHwmon + "/in1_label");
  files_.write("/sys/class/kfd/kfd/topology/nodes/0/properties",
               "cpu_cores_count 16\nsimd_count 8\nlocation_id 768\ndomain 0\nname nonsense here\n");
  EXPECT_EQ(discover().sources.at(0)->info().domain.place, Place::kInside);
  files_.write("/sys/class/kfd/kfd/topology/nodes/0/properties", "cpu_cores_count 16\nsimd_count 0\nlocation_id 768\n");
  EXPECT_EQ(discover().sources.at(0)->info().domain.place, Place::kCounted);
}

// METHODS 2: amdgpu 44 J inside package 45 J is 45 J.
TEST_F(AmdGpu, CoverOfAnApu) {
  files_.write(kHwmon + "/in1_label", "vddnb\n");
  const Discovery found = discover();
  const std::vector<Domain> domains{{}, found.sources.at(0)->info().domain};
  const DisjointCover cover = make_cover(domains, {microjoule_amount(45'000'000), microjoule_amount(44'000'000)});
  EXPECT_EQ(cover.total(), microjoule_amount(45'000'000));
}

TEST_F(AmdGpu, ASleepingCardIsNotRead) {
  files_.write(kDevice + "/power/runtime_status", "suspended\n");
  int reads = 0;
  files_.set_fault([&](std::string_view operation, const std::string& path) {
    reads += operation == "read" && path.find("power1_") != std::string::npos ? 1 : 0;
    return 0;
  });
  Discovery found = discover();
  EXPECT_TRUE(found.sources.empty());
  ASSERT_EQ(found.troubles.size(), 1U);
  EXPECT_EQ(reads, 0);

  files_.write(kDevice + "/power/runtime_status", "active\n");
  found = discover();
  ASSERT_EQ(found.sources.size(), 1U);
  EXPECT_TRUE(found.sources[0]->read());
  reads = 0;
  files_.write(kDevice + "/power/runtime_status", "suspended\n");  // falls asleep during the run
  EXPECT_EQ(found.sources[0]->read().error().kind, ErrorKind::kTransient);
  EXPECT_EQ(reads, 0);
  files_.write(kDevice + "/power/runtime_status", "active\n");
  EXPECT_TRUE(found.sources[0]->read());
}

TEST_F(AmdGpu, FailuresAreListed) {
  files_.write(kHwmon + "/power1_average", "-5\n");
  Discovery found = discover();
  EXPECT_TRUE(found.sources.empty());
  EXPECT_EQ(found.troubles.at(0).error.kind, ErrorKind::kCorrupt);
  files_.set_error(kHwmon + "/power1_average", EIO);  // odd dies read nothing; unknown, not zero
  found = discover();
  EXPECT_EQ(found.sources.size(), 1U);
  EXPECT_EQ(found.troubles.size(), 1U);
  files_.remove(kHwmon + "/power1_average");
  files_.remove(kHwmon + "/power1_input");
  found = discover();
  EXPECT_TRUE(found.sources.empty());
  EXPECT_EQ(found.troubles.at(0).error.kind, ErrorKind::kUnsupported);
  EXPECT_TRUE(discover_amdgpu(*std::make_unique<MemoryFileSystem>(), Roots{}).sources.empty());
}

}  // namespace
}  // namespace olivine
