#include "engine/gpu_holders.h"

#include <gtest/gtest.h>

namespace olivine {
namespace {

const std::vector<std::string> kDevices{"gpu-A", "gpu-B"};

NvmlProcessUse process(const std::string& uuid, std::int64_t pid, double sm) { return {uuid, pid, std::nullopt, sm}; }

TEST(GpuHolders, RunsAndOthersByDevice) {
  GpuHolders holders;
  const auto uses = holders.use(kDevices, {7, 8}, {process("A", 7, 60), process("A", 9, 30), process("B", 8, 5)}, 1);
  EXPECT_EQ(uses, (std::vector<GpuUse>{{"gpu-A", 1, 1, 60.0, 30.0}, {"gpu-B", 1, 0, 5.0, 0.0}}));
}

// A process that ended before NVML listed it is the run's; seen on an H200, where the last second of each went to others.
TEST(GpuHolders, WhoEndedStaysTheRuns) {
  GpuHolders holders;
  holders.use(kDevices, {7}, {}, 1);
  holders.use(kDevices, {}, {}, 1);
  EXPECT_EQ(holders.use(kDevices, {}, {process("A", 7, 90)}, 2)[0], (GpuUse{"gpu-A", 1, 0, 90.0, 0.0}));
  EXPECT_EQ(holders.use(kDevices, {}, {process("A", 7, 90)}, 2)[0], (GpuUse{"gpu-A", 1, 0, 90.0, 0.0}));
  EXPECT_EQ(holders.use(kDevices, {}, {process("A", 7, 20)}, 3)[0].run_contexts, 1);
  EXPECT_EQ(holders.use(kDevices, {}, {process("A", 7, 20)}, 4)[0].other_contexts, 1);  // a new one with the old number
}

// Lists that were missed count: after a long gap nobody is remembered.
TEST(GpuHolders, AfterAGapNobodyIsRemembered) {
  GpuHolders holders;
  holders.use(kDevices, {7}, {}, 1);
  EXPECT_EQ(holders.use(kDevices, {}, {process("A", 7, 90)}, 100)[0].other_contexts, 1);
}

TEST(GpuHolders, UnknownSmUseIsAContextAllTheSame) {
  GpuHolders holders;
  EXPECT_EQ(holders.use(kDevices, {7}, {{"A", 7, std::nullopt, std::nullopt}}, 1)[0],
            (GpuUse{"gpu-A", 1, 0, 0.0, 0.0}));
}

}  // namespace
}  // namespace olivine
