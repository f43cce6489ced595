#include "sensors/nvml/nvml.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <thread>

#include "testing/memory_file_system.h"

namespace olivine {
namespace {

// Real processes and the real clock, with short deadlines.
class Nvml : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = (std::filesystem::temp_directory_path() / "olivine-nvml-XXXXXX").string();
    ASSERT_NE(::mkdtemp(folder_.data()), nullptr);
    control("");
    ::setenv("OLIVINE_STUB_NVML_CONTROL", (folder_ + "/control").c_str(), 1);
    options_.helper_command = {OLIVINE_STUB_NVML_HELPER};
    options_.worker.library = OLIVINE_STUB_NVML;
    options_.worker.sysfs_root = folder_ + "/sys";  // the helper looks at the real file system
    options_.worker.period = milliseconds(10);
    options_.worker.process_period = milliseconds(20);
    options_.helper.deadline = milliseconds(300);
    options_.helper.start_deadline = milliseconds(1500);
    options_.helper.first_pause = milliseconds(50);
    options_.helper.longest_pause = milliseconds(200);
    options_.helper.gone_after = milliseconds(1000);
    add_pci("0000:01:00.0", "active");
  }
  void TearDown() override {
    result_ = {};
    std::filesystem::remove_all(folder_);
  }
  void control(const std::string& text) {
    std::ofstream(folder_ + "/control.new") << text;
    std::filesystem::rename(folder_ + "/control.new", folder_ + "/control");
  }
  // In memory for the discovery, on disk for the helper.
  void add_pci(const std::string& address, const std::string& status) {
    const std::string device = "/sys/bus/pci/devices/" + address;
    for (const auto& [name, text] : {std::pair<std::string, std::string>{"/vendor", "0x10de\n"},
                                     {"/class", "0x030200\n"},
                                     {"/power/runtime_status", status + "\n"}}) {
      files_.write(device + name, text);
      const std::string path = folder_ + device + name;
      std::filesystem::create_directories(std::filesystem::path(path).parent_path());
      std::ofstream(path) << text;
    }
  }
  void discover() { result_ = discover_nvml(files_, Roots{}, clock_, options_); }
  EnergySource& source(std::size_t i = 0) { return *result_.discovery.sources.at(i); }
  // Reads until `done` says so, at most 5 s.
  bool eventually(const std::function<bool()>& done) {
    for (int i = 0; i < 500; ++i) {
      if (done()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
  }
  bool reads() {
    return eventually([&] { return source().read().has_value(); });
  }
  bool fails_with(ErrorKind kind) {
    return eventually([&] {
      const auto value = source().read();
      return !value && value.error().kind == kind;
    });
  }

  std::string folder_;
  MemoryFileSystem files_;
  SystemClock clock_;
  NvmlOptions options_;
  NvmlDiscovery result_;
};

TEST_F(Nvml, CountsEnergy) {
  control("gpus 2\nrate_mw 300000\n");
  discover();
  ASSERT_EQ(result_.discovery.sources.size(), 2U);
  const SourceInfo& info = source().info();
  EXPECT_EQ(info.id, "nvml:GPU-00000000-stub");
  EXPECT_EQ(info.domain,
            (Domain{DomainKind::kGpu, "gpu-GPU-00000000-stub", Plane::kChip, Place::kCounted, Basis::kMeasured}));
  EXPECT_EQ(info.signal, SignalKind::kEnergyCounter);
  EXPECT_DOUBLE_EQ(info.unit, 1e-3);
  EXPECT_DOUBLE_EQ(info.power_ceiling_w, 1400.0);
  EXPECT_EQ(info.modulus, std::nullopt);
  EXPECT_EQ(info.gain_key, "gain_nvml");
  EXPECT_EQ(result_.meter->driver_version(), "550.54");
  ASSERT_TRUE(reads());
  const std::int64_t begin_ns = clock_.now().mono.ns;
  const std::uint64_t first = *source().read();
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  const auto last = source().read();
  const double seconds_gone = static_cast<double>(clock_.now().mono.ns - begin_ns) * 1e-9;
  ASSERT_TRUE(last);
  EXPECT_NEAR(static_cast<double>(*last - first) * 1e-3, 300.0 * seconds_gone, 60.0);
}

TEST_F(Nvml, ARunBeginsWithAReading) {
  control("gpus 2\nrate_mw 300000\n");
  discover();
  ASSERT_EQ(result_.discovery.sources.size(), 2U);
  EXPECT_TRUE(source(0).read());
  EXPECT_TRUE(source(1).read());
  EXPECT_EQ(result_.meter->lists(), 1U);
}

TEST_F(Nvml, OldDriversGivePowerOnly) {
  options_.worker.library = OLIVINE_STUB_NVML_OLD;
  control("power_mw 123456\n");
  discover();
  ASSERT_EQ(result_.discovery.sources.size(), 1U);
  EXPECT_EQ(source().info().signal, SignalKind::kPowerGauge);
  EXPECT_EQ(source().info().domain.basis, Basis::kDerived);
  ASSERT_TRUE(reads());
  EXPECT_EQ(source().read(), 123456U);
  EXPECT_TRUE(result_.meter->processes().empty());
}

TEST_F(Nvml, ACardThatGivesNothingIsListedNotZero) {
  control("error nvmlDeviceGetTotalEnergyConsumption 3\nerror nvmlDeviceGetPowerUsage 3\n");
  discover();
  EXPECT_TRUE(result_.discovery.sources.empty());
  ASSERT_EQ(result_.discovery.troubles.size(), 1U);
  EXPECT_EQ(result_.discovery.troubles[0].error.kind, ErrorKind::kUnsupported);
}

TEST_F(Nvml, ListsProcessesAndMig) {
  control("gpus 2\nmig 2\nprocess 0 4242 1048576 75\nprocess 1 77 18446744073709551615 5\n");
  discover();
  ASSERT_EQ(result_.discovery.sources.size(), 2U);
  ASSERT_TRUE(eventually([&] { return result_.meter->processes().size() == 2; }));
  const auto& uses = result_.meter->processes();
  EXPECT_EQ(uses[0].uuid, "GPU-00000000-stub");
  EXPECT_EQ(uses[0].pid, 4242);
  EXPECT_EQ(uses[0].memory_bytes, 1048576U);
  EXPECT_DOUBLE_EQ(*uses[0].sm_percent, 75.0);
  EXPECT_EQ(uses[1].memory_bytes, std::nullopt);
  const auto& mig = result_.meter->gpus()[0].mig;
  ASSERT_EQ(mig.size(), 2U);
  EXPECT_EQ(mig[1].uuid, "MIG-00000001-mig");
  EXPECT_EQ(mig[1].gpu_instance, 8U);
  EXPECT_TRUE(result_.meter->gpus()[1].mig.empty());
}

TEST_F(Nvml, NothingRunsWithoutAGpu) {
  files_ = MemoryFileSystem();
  Roots roots;
  roots.sysfs = "/fixture/sys";
  roots.procfs = "/fixture/proc";
  result_ = discover_nvml(files_, roots, clock_, options_);
  EXPECT_EQ(result_.meter, nullptr);
  EXPECT_TRUE(result_.discovery.troubles.empty());
  files_.write("/fixture/proc/driver/nvidia/version", "NVRM\n");  // the bus is hidden, the driver is not
  result_ = discover_nvml(files_, roots, clock_, options_);
  EXPECT_EQ(result_.discovery.sources.size(), 1U);
}

TEST_F(Nvml, ASleepingGpuIsNotWoken) {
  add_pci("0000:01:00.0", "suspended");
  control("crash nvmlInit_v2\n");
  discover();
  EXPECT_EQ(result_.meter, nullptr);
  ASSERT_EQ(result_.discovery.troubles.size(), 1U);
  EXPECT_NE(result_.discovery.troubles[0].fix.find("nvidia-smi"), std::string::npos);

  // With another one awake, only that one is attached; nvmlInit_v2, which attaches all, would crash here.
  add_pci("0000:02:00.0", "active");
  discover();
  ASSERT_EQ(result_.discovery.sources.size(), 1U);
  EXPECT_EQ(source().info().id, "nvml:GPU-00000001-stub");
  EXPECT_EQ(result_.meter->gpus()[0].index, 1);
  ASSERT_TRUE(reads());

  // It falls asleep during the run: not asked, not an error of the library, and read again when awake.
  add_pci("0000:02:00.0", "suspended");
  ASSERT_TRUE(fails_with(ErrorKind::kTransient));
  EXPECT_NE(source().read().error().message.find("sleeps"), std::string::npos);
  add_pci("0000:02:00.0", "active");
  EXPECT_TRUE(reads());
  EXPECT_EQ(result_.meter->starts(), 1);
}

TEST_F(Nvml, MissingOrUselessLibraryIsTrouble) {
  for (const std::string& library : {std::string("libolivine-does-not-exist.so"), std::string("libc.so.6")}) {
    options_.worker.library = library;
    discover();
    EXPECT_TRUE(result_.discovery.sources.empty());
    ASSERT_EQ(result_.discovery.troubles.size(), 1U) << library;
    EXPECT_NE(result_.discovery.troubles[0].error.message.find(library), std::string::npos);
  }
  options_.helper_command = {"/nonexistent/olivine"};
  discover();
  EXPECT_EQ(result_.discovery.troubles.size(), 1U);
}

// R5: each error at each call. Discovery ends in time, nothing crashes, and with a source there is a value or an error.
TEST_F(Nvml, AnyErrorAtAnyCall) {
  const std::vector<std::string> functions{"nvmlInit_v2",
                                           "nvmlDeviceGetCount_v2",
                                           "nvmlDeviceGetHandleByIndex_v2",
                                           "nvmlDeviceGetUUID",
                                           "nvmlDeviceGetName",
                                           "nvmlDeviceGetPciInfo_v3",
                                           "nvmlDeviceGetTotalEnergyConsumption",
                                           "nvmlDeviceGetPowerUsage",
                                           "nvmlDeviceGetEnforcedPowerLimit",
                                           "nvmlDeviceGetComputeRunningProcesses_v3",
                                           "nvmlDeviceGetProcessUtilization",
                                           "nvmlDeviceGetMigMode",
                                           "nvmlDeviceGetMaxMigDeviceCount",
                                           "nvmlDeviceGetMigDeviceHandleByIndex",
                                           "nvmlSystemGetDriverVersion"};
  for (const std::string& function : functions) {
    for (const int code : {1, 2, 3, 4, 6, 7, 9, 10, 15, 16, 17, 18, 25, 999, -5, 12345}) {
      control("mig 1\nprocess 0 1 1 1\nerror " + function + " " + std::to_string(code) + "\n");
      const std::int64_t begin_ns = clock_.now().mono.ns;
      discover();
      EXPECT_LT(clock_.now().mono.ns - begin_ns, 2'000'000'000) << function << " " << code;
      EXPECT_EQ(result_.discovery.sources.empty(), !result_.discovery.troubles.empty()) << function << " " << code;
      if (!result_.discovery.sources.empty()) {
        const auto value = source().read();
        if (!value) {
          EXPECT_NE(value.error().message, "");
        }
      }
    }
  }
}

TEST_F(Nvml, ErrorsOfADeviceHaveTheirKinds) {
  discover();
  ASSERT_TRUE(reads());
  const std::string function = "error nvmlDeviceGetTotalEnergyConsumption ";
  control(function + "15\n");
  EXPECT_TRUE(fails_with(ErrorKind::kGone));
  control(function + "4\n");
  EXPECT_TRUE(fails_with(ErrorKind::kPermission));
  control(function + "10\n");
  EXPECT_TRUE(fails_with(ErrorKind::kTransient));
  control("");
  EXPECT_TRUE(reads());
  EXPECT_EQ(result_.meter->starts(), 1);
  control(function + "999\n");  // "Unknown Error" for good: only a fresh start helps
  EXPECT_TRUE(eventually([&] {
    (void)source().read();
    return result_.meter->starts() > 1;
  }));
  control("");
  EXPECT_TRUE(reads());
}

// The tick never waits: every read returns at once while the library hangs, and it recovers.
TEST_F(Nvml, AHangNeverBlocksAndRecovers) {
  control("hang nvmlDeviceGetTotalEnergyConsumption 10\n");
  discover();
  ASSERT_EQ(result_.discovery.sources.size(), 1U);
  ASSERT_TRUE(reads());
  std::int64_t slowest_ns = 0;
  const auto timed_read = [&] {
    const std::int64_t begin_ns = clock_.now().mono.ns;
    const auto value = source().read();
    slowest_ns = std::max(slowest_ns, clock_.now().mono.ns - begin_ns);
    return value;
  };
  ASSERT_TRUE(eventually([&] {
    const auto value = timed_read();
    return !value && value.error().kind == ErrorKind::kTransient && result_.meter->starts() > 1;
  }));
  control("");
  EXPECT_TRUE(eventually([&] { return timed_read().has_value(); }));
  EXPECT_LT(slowest_ns, 100'000'000);  // spawning is the slowest part; a loaded test machine is slow at that
}

TEST_F(Nvml, AHangAtTheStartIsGivenUp) {
  for (const char* function : {"nvmlInit_v2", "nvmlDeviceGetUUID", "nvmlDeviceGetCount_v2"}) {
    control(std::string("hang ") + function + "\n");
    const std::int64_t begin_ns = clock_.now().mono.ns;
    discover();
    EXPECT_LT(clock_.now().mono.ns - begin_ns, 3'000'000'000) << function;
    EXPECT_TRUE(result_.discovery.sources.empty());
    ASSERT_EQ(result_.discovery.troubles.size(), 1U) << function;
    EXPECT_NE(result_.discovery.troubles[0].error.message.find("not answered"), std::string::npos);
  }
}

TEST_F(Nvml, ACrashIsSurvivedAndNamed) {
  control("crash nvmlInit_v2\n");
  discover();
  ASSERT_EQ(result_.discovery.troubles.size(), 1U);
  EXPECT_NE(result_.discovery.troubles[0].error.message.find("signal 11"), std::string::npos)
      << result_.discovery.troubles[0].error.message;

  control("crash nvmlDeviceGetTotalEnergyConsumption 5\n");
  discover();
  ASSERT_EQ(result_.discovery.sources.size(), 1U);
  ASSERT_TRUE(eventually([&] {
    (void)source().read();
    return result_.meter->starts() >= 3;
  }));
  control("");
  EXPECT_TRUE(reads());
}

TEST_F(Nvml, GoneAfterLongAwayAndBack) {
  discover();
  ASSERT_TRUE(reads());
  control("error nvmlInit_v2 18\n");
  ::kill(*result_.meter->helper_pid(), SIGKILL);
  EXPECT_TRUE(fails_with(ErrorKind::kTransient));
  EXPECT_TRUE(fails_with(ErrorKind::kGone));
  EXPECT_NE(source().read().error().message.find("versions differ"), std::string::npos)
      << source().read().error().message;
  control("");
  EXPECT_TRUE(reads());
}

TEST_F(Nvml, TheHelperEndsWithItsParent) {
  discover();
  ASSERT_TRUE(reads());
  const pid_t pid = *result_.meter->helper_pid();
  result_ = {};
  EXPECT_EQ(::kill(pid, 0), -1);
}

TEST_F(Nvml, APauseOfTheReaderIsNoHang) {
  discover();
  ASSERT_TRUE(reads());
  std::this_thread::sleep_for(std::chrono::milliseconds(900));  // three deadlines without a reading
  EXPECT_TRUE(source().read());
  EXPECT_EQ(result_.meter->starts(), 1);
}

TEST_F(Nvml, OnlyVisibleGpusAreCounted) {
  control("gpus 3\nmig 1\n");
  options_.visible_devices = "";
  discover();
  EXPECT_EQ(result_.meter, nullptr);
  options_.visible_devices = "GPU-00000002";
  discover();
  EXPECT_EQ(result_.devices, (std::vector<std::string>{"gpu-GPU-00000002-stub"}));
  options_.visible_devices = "1,MIG-00000000-mig";
  discover();
  EXPECT_EQ(result_.devices, (std::vector<std::string>{"gpu-GPU-00000001-stub", "gpu-GPU-00000000-stub"}));
}

}  // namespace
}  // namespace olivine
