#include "hardware/cpu_model.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace olivine {
namespace {

CpuEntry epyc(int threads) {
  CpuEntry cpu;
  cpu.name = "AMD EPYC 8024P";
  cpu.cls = "server";
  cpu.tdp_w = cpu.tdp_lower_w = cpu.tdp_upper_w = 90.0;
  cpu.threads = threads;
  return cpu;
}

TEST(CpuModel, IsTheTablesCurveTimesDesignPower) {
  const CpuPowerModel model = cpu_model_for(epyc(16), 16, false);
  // The worked example of the header: 90 W x 0.751 and x 0.154, range 90 W x [0.0615, 0.336].
  EXPECT_NEAR(model.full_w, 67.6, 0.1);
  EXPECT_NEAR(in_watts(model.idle()), 13.9, 0.1);
  const auto [lower, upper] = model.relative_range(0.0);
  EXPECT_NEAR(in_watts(model.idle()) * lower, 5.5, 0.1);
  EXPECT_NEAR(in_watts(model.idle()) * upper, 30.2, 0.1);
  EXPECT_DOUBLE_EQ(model.share, 1.0);
  EXPECT_NE(model.row.key.find("server_amd"), std::string::npos);
}

TEST(CpuModel, RisesWithLoadForEveryClass) {
  for (const char* cls : {"server", "desktop", "mobile", "embedded", "unknown", ""}) {
    for (const char* name : {"AMD EPYC 8024P", "Intel Xeon E5-2620 v3", "Ampere Altra"}) {
      CpuEntry cpu = epyc(16);
      cpu.cls = cls;
      cpu.name = name;
      const CpuPowerModel model = cpu_model_for(cpu, 16, false);
      double before = 0.0;
      for (int step = 0; step <= 1000; ++step) {
        const double load = step / 1000.0;
        const double watts_now = in_watts(model.power(load));
        EXPECT_GE(watts_now, before);
        before = watts_now;
        const auto [lower, upper] = model.relative_range(load);
        EXPECT_LE(lower, 1.0);
        EXPECT_GE(lower, 0.0);
        EXPECT_GE(upper, 1.0);
      }
      EXPECT_GT(in_watts(model.idle()), 0.0) << "an idle processor draws power";
    }
  }
}

TEST(CpuModel, IsStraightBetweenKnotsAndClampedOutside) {
  CpuPowerModel model;
  model.full_w = 100.0;
  model.full_lower_w = 85.0;
  model.full_upper_w = 115.0;
  for (std::size_t i = 0; i < kCpuKnots; ++i) {
    model.knots[i] = 0.2 + 0.08 * static_cast<double>(i);
    model.lower[i] = model.knots[i] * 0.8;
    model.upper[i] = model.knots[i] * 1.2;
  }
  EXPECT_NEAR(in_watts(model.power(0.5)), 60.0, 1e-9);
  EXPECT_NEAR(in_watts(model.power(0.55)), 64.0, 1e-9);
  EXPECT_NEAR(in_watts(model.power(2.0)), 100.0, 1e-9);
  EXPECT_NEAR(in_watts(model.power(-1.0)), 20.0, 1e-9);
  EXPECT_NEAR(in_watts(model.power(std::numeric_limits<double>::quiet_NaN())), 20.0, 1e-9);
  // 1 -+ sqrt(0.20^2 + 0.15^2)
  EXPECT_NEAR(model.relative_range(0.5).first, 0.75, 1e-9);
  EXPECT_NEAR(model.relative_range(0.5).second, 1.25, 1e-9);
}

TEST(CpuModel, AGuestIsItsPartOfTheProcessor) {
  const CpuPowerModel whole = cpu_model_for(epyc(16), 16, false);
  const CpuPowerModel guest = cpu_model_for(epyc(16), 4, true);
  EXPECT_DOUBLE_EQ(guest.share, 0.25);
  EXPECT_NEAR(in_watts(guest.power(1.0)), in_watts(whole.power(1.0)) / 4.0, 1e-9);
  EXPECT_EQ(cpu_model_for(epyc(16), 4, true, 4), guest) << "a guest's sockets are invented";
  EXPECT_DOUBLE_EQ(cpu_model_for(epyc(16), 16, true).share, 1.0);
  const CpuPowerModel large = cpu_model_for(epyc(16), 24, true);  // more than one processor holds: 24 of 32 threads
  EXPECT_DOUBLE_EQ(large.share, 0.75);
  EXPECT_NEAR(large.full_w, 2.0 * whole.full_w, 1e-9);
}

TEST(CpuModel, AGuestOfUnknownThreadsIsVcpusTimesWattsPerThread) {
  const CpuPowerModel guest = cpu_model_for(epyc(0), 4, true);
  EXPECT_NEAR(guest.full_w * guest.share, 4 * 3.66 * 0.751, 0.05);
  EXPECT_LT(guest.full_lower_w, 0.6 * guest.full_w) << "the default's range is kept";
  EXPECT_GT(guest.full_upper_w, 1.5 * guest.full_w);
  for (const int visible : {0, 1, 3, 64, 1000}) {
    const CpuPowerModel any = cpu_model_for(epyc(0), visible, true);
    EXPECT_GT(any.share, 0.0);
    EXPECT_LE(any.share, 1.0);
  }
}

TEST(CpuModel, SocketsMultiplyBareMetal) {
  const CpuPowerModel one = cpu_model_for(epyc(16), 32, false, 1);
  const CpuPowerModel two = cpu_model_for(epyc(16), 32, false, 2);
  EXPECT_NEAR(two.full_w, 2.0 * one.full_w, 1e-9);
  EXPECT_DOUBLE_EQ(two.share, 1.0);
  EXPECT_NEAR(cpu_model_for(epyc(16), 32, false, 0).full_w, one.full_w, 1e-9);
}

TEST(CpuModel, AnAssumedDesignPowerWidensTheRange) {
  const CpuPowerModel known = cpu_model_for(epyc(4), 4, true);
  const CpuPowerModel assumed = cpu_model_for(default_cpu("AuthenticAMD", 4, true), 4, true);
  EXPECT_LT(assumed.relative_range(0.5).first, known.relative_range(0.5).first);
  EXPECT_GT(assumed.relative_range(0.5).second, known.relative_range(0.5).second);
  EXPECT_NE(assumed.row.key.find("server_amd"), std::string::npos);
  EXPECT_NE(cpu_model_for(default_cpu("GenuineIntel", 4, true), 4, true).row.key.find("server_intel"),
            std::string::npos);
}

TEST(MemoryModel, IsWattsPerGigabyte) {
  const MemoryPowerModel model = memory_model_for(std::int64_t{64} << 30);
  EXPECT_NEAR(in_watts(model.power()), 64 * 0.37, 1e-9);
  EXPECT_NEAR(in_watts(model.power()) * model.relative_range().first, 6.4, 1e-9);
  EXPECT_NEAR(in_watts(model.power()) * model.relative_range().second, 64.0, 1e-9);
  EXPECT_EQ(model.row.key, "memory_w_per_gb");
  EXPECT_DOUBLE_EQ(in_watts(memory_model_for(-5).power()), 0.0);
}

}  // namespace
}  // namespace olivine
