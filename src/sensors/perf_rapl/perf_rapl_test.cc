#include "sensors/perf_rapl/perf_rapl.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <map>

#include "testing/memory_file_system.h"

namespace olivine {
namespace {

const std::string kPmu = "/sys/bus/event_source/devices/power";
const CpuIdentity kXeon{"GenuineIntel", "Intel(R) Xeon(R) Gold 6148", 6, 0x55, false};
const CpuIdentity kEpyc{"AuthenticAMD", "AMD EPYC 9654", 25, 17, false};

// Counters in memory: config and cpu -> value or errno.
class FakePerfCounters final : public PerfCounters {
 public:
  Result<std::unique_ptr<PerfCounter>> open(const PerfEvent& event) override {
    opened.push_back(event);
    if (open_error != 0) return tl::unexpected<Error>(error_from_errno(open_error, "perf_event_open"));
    return std::make_unique<Counter>(*this, event);
  }
  std::map<std::pair<std::uint64_t, int>, std::uint64_t> values;
  std::vector<PerfEvent> opened;
  int open_error = 0;
  bool offline = false;
  std::uint64_t step = 0;  // counted between two readings

 private:
  class Counter final : public PerfCounter {
   public:
    Counter(FakePerfCounters& all, const PerfEvent& event) : all_(all), event_(event) {}
    Result<std::uint64_t> read() override {
      if (all_.offline) return fail(ErrorKind::kGone, "offline");
      return all_.values[{event_.config, event_.cpu}] += all_.step;
    }

   private:
    FakePerfCounters& all_;
    PerfEvent event_;
  };
};

class PerfRapl : public ::testing::Test {
 protected:
  void SetUp() override {
    files_.write(kPmu + "/type", "12\n");
    files_.write(kPmu + "/cpumask", "0,28\n");
    event("energy-pkg", "event=0x02");
    event("energy-ram", "event=0x03");
    cpu(0, 0, 0);
    cpu(28, 1, 0);
  }
  void event(const std::string& name, const std::string& config) {
    files_.write(kPmu + "/events/" + name, config + "\n");
    files_.write(kPmu + "/events/" + name + ".scale", "2.3283064365386962890625e-10\n");
    files_.write(kPmu + "/events/" + name + ".unit", "Joules\n");
  }
  void cpu(int number, int package, int die) {
    const std::string topology = "/sys/devices/system/cpu/cpu" + std::to_string(number) + "/topology/";
    files_.write(topology + "physical_package_id", std::to_string(package) + "\n");
    files_.write(topology + "die_id", std::to_string(die) + "\n");
  }
  std::vector<std::string> ids(const CpuIdentity& cpu, const std::vector<SourceInfo>& known = {}) {
    found_ = discover_perf_rapl(files_, Roots{}, cpu, owner_, known);
    std::vector<std::string> names;
    for (const auto& source : found_.sources) names.push_back(source->info().id);
    return names;
  }
  MemoryFileSystem files_;
  std::shared_ptr<FakePerfCounters> owner_ = std::make_shared<FakePerfCounters>();
  FakePerfCounters& counters_ = *owner_;
  Discovery found_;
};

using Ids = std::vector<std::string>;

// A guest's kernel lists energy-psys alone, and it never moves (seen on a Xeon guest with an H200): the processor's energy
// would be 0 J, measured. Where it moves, or where packages are there to compare with, it is a meter.
TEST_F(PerfRapl, ADeadPsysAloneIsNoMeter) {
  event("energy-psys", "event=0x05");
  files_.write(kPmu + "/cpumask", "0\n");
  EXPECT_EQ(ids(kXeon), (Ids{"perf:energy-pkg:package-0", "perf:energy-ram:package-0", "perf:energy-psys:package-0"}));
  files_.remove(kPmu + "/events/energy-pkg");
  files_.remove(kPmu + "/events/energy-ram");
  EXPECT_EQ(ids(kXeon), Ids{});
  ASSERT_EQ(found_.troubles.size(), 1U);
  EXPECT_EQ(found_.troubles[0].error.message, "it stands still, as in virtual machines: no meter");
  counters_.step = 1000;
  EXPECT_EQ(ids(kXeon), Ids{"perf:energy-psys:package-0"});
}

TEST_F(PerfRapl, OneSourceForEachPackageAndEvent) {
  EXPECT_EQ(ids(kXeon), (Ids{"perf:energy-pkg:package-0", "perf:energy-pkg:package-1", "perf:energy-ram:package-0",
                             "perf:energy-ram:package-1"}));
  const SourceInfo& info = found_.sources[1]->info();
  EXPECT_DOUBLE_EQ(info.unit, 0x1p-32);
  EXPECT_EQ(info.modulus, std::nullopt);
  EXPECT_EQ(info.domain, (Domain{DomainKind::kPackage, "package-1", Plane::kChip, Place::kCounted, Basis::kMeasured}));
  EXPECT_EQ(counters_.opened[1], (PerfEvent{12, 2, 28}));
  counters_.values[{2, 28}] = 1ULL << 34;
  EXPECT_EQ(found_.sources[1]->read(), 1ULL << 34);  // 4 J
}

TEST_F(PerfRapl, DiesOfIntelAndAmd) {
  files_.write(kPmu + "/cpumask", "0-1\n");
  cpu(0, 0, 0);
  cpu(1, 0, 1);
  files_.remove(kPmu + "/events/energy-ram");
  EXPECT_EQ(ids(kXeon), (Ids{"perf:energy-pkg:package-0-die-0", "perf:energy-pkg:package-0-die-1"}));
  EXPECT_EQ(ids(kEpyc), (Ids{"perf:energy-pkg:package-0"}));
  EXPECT_EQ(found_.sources[0]->info().domain.basis, Basis::kDerived);
}

TEST_F(PerfRapl, WhatPowercapReadsIsNotReadAgain) {
  SourceInfo powercap;
  powercap.domain = {DomainKind::kPackage, "package-0", Plane::kChip, Place::kCounted, Basis::kMeasured};
  EXPECT_EQ(ids(kXeon, {powercap}),
            (Ids{"perf:energy-pkg:package-1", "perf:energy-ram:package-0", "perf:energy-ram:package-1"}));
}

TEST_F(PerfRapl, LockedCountersAreTroubleWithAFix) {
  counters_.open_error = EACCES;
  EXPECT_TRUE(ids(kXeon).empty());
  ASSERT_EQ(found_.troubles.size(), 4U);
  EXPECT_EQ(found_.troubles[0].error.kind, ErrorKind::kPermission);
  EXPECT_NE(found_.troubles[0].fix.find("cap_perfmon"), std::string::npos);
}

TEST_F(PerfRapl, NonsenseIsRefused) {
  files_.write(kPmu + "/events/energy-pkg.unit", "Watts\n");
  files_.write(kPmu + "/events/energy-ram.scale", "-1\n");
  EXPECT_TRUE(ids(kXeon).empty());
  EXPECT_EQ(found_.troubles.size(), 2U);
  files_.write(kPmu + "/cpumask", "0-99999999\n");
  EXPECT_TRUE(ids(kXeon).empty());
  files_.remove(kPmu);
  EXPECT_TRUE(ids(kXeon).empty());
  EXPECT_TRUE(found_.troubles.empty());
}

TEST_F(PerfRapl, ACpuThatGoesOfflineIsOpenedAgain) {
  ids(kXeon);
  EnergySource& source = *found_.sources[0];
  ASSERT_TRUE(source.read());
  counters_.offline = true;
  EXPECT_EQ(source.read().error().kind, ErrorKind::kGone);
  counters_.open_error = ENODEV;
  EXPECT_EQ(source.read().error().kind, ErrorKind::kGone);
  counters_.offline = false;
  counters_.open_error = 0;
  EXPECT_TRUE(source.read());
}

TEST(PerfRaplParse, ConfigsAndCpuLists) {
  EXPECT_EQ(parse_event_config("event=0x02"), 2U);
  for (const char* bad : {"", "event=2", "event=0x", "event=0xzz", "event=0x2,umask=1", "event=0x11111111111111111"})
    EXPECT_EQ(parse_event_config(bad), std::nullopt) << bad;
  EXPECT_EQ(parse_cpu_list("0,28-29"), (std::vector<int>{0, 28, 29}));
  for (const char* bad : {"", "-", "3-1", "a", "0-99999999999", "0,,1", "0-8191,0-8191"})
    EXPECT_TRUE(parse_cpu_list(bad).empty()) << bad;
}

TEST(PerfRaplCrossCheck, SaysByHowMuch) {
  const auto check = [](double perf_j, double powercap_j) {
    return cross_check({"perf", static_cast<std::uint64_t>(perf_j * 0x1p32), 0x1p-32},
                       {"powercap", static_cast<std::uint64_t>(powercap_j * 1e6), 1e-6});
  };
  EXPECT_TRUE(check(10.02, 10.0).agree);
  EXPECT_NEAR(*check(10.02, 10.0).relative_difference, 0.002, 1e-6);
  EXPECT_EQ(check(10.02, 10.0).note, "perf agrees with powercap within 0.2 %");
  EXPECT_FALSE(check(12.0, 10.0).agree);
  EXPECT_EQ(check(12.0, 10.0).note, "perf differs from powercap by +20.0 %: one of them is wrong");
  EXPECT_EQ(check(0.01, 0.01).relative_difference, std::nullopt);
  EXPECT_EQ(check(5.0, 0.0).note, "perf counted 5.00 J while powercap stood still");
  EXPECT_FALSE(check(0.0, 5.0).agree);
}

TEST(SystemPerfCountersTest, RefusesWhatTheSystemRefuses) {
  SystemPerfCounters counters;
  EXPECT_FALSE(counters.open({0xffffffff, 0, 0}));
}

}  // namespace
}  // namespace olivine
