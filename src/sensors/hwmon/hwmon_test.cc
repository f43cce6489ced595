#include "sensors/hwmon/hwmon.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "testing/memory_file_system.h"

namespace olivine {
namespace {

class Hwmon : public ::testing::Test {
 protected:
  // A chip hwmonN of a driver, with a device of its own.
  std::string chip(int number, const std::string& name) {
    const std::string folder = "/sys/class/hwmon/hwmon" + std::to_string(number);
    const std::string device = "/sys/devices/test/dev" + std::to_string(number);
    files_.write(folder + "/name", name + "\n");
    files_.write(device + "/modalias", "x\n");
    files_.link(folder + "/device", device);
    return folder + "/";
  }
  std::vector<std::string> discover(const std::vector<SourceInfo>& known = {}, HwmonOptions options = {}) {
    found_ = discover_hwmon(files_, Roots{}, known, options);
    std::vector<std::string> lines;
    for (const auto& source : found_.sources) {
      const Domain& d = source->info().domain;
      lines.push_back(std::string(name_of(d.kind)) + " " + d.device + " " + std::string(name_of(d.place)));
    }
    return lines;
  }
  MemoryFileSystem files_;
  Discovery found_;
};

using Lines = std::vector<std::string>;

TEST_F(Hwmon, AmdEnergySocketsStandInForPowercap) {
  const std::string folder = chip(2, "amd_energy");
  for (int i = 1; i <= 4; ++i) {
    files_.write(folder + "energy" + std::to_string(i) + "_input", std::to_string(i * 1000) + "\n");
    files_.write(folder + "energy" + std::to_string(i) + "_label",
                 i <= 2 ? "Ecore00" + std::to_string(i) + "\n" : "Esocket" + std::to_string(i - 3) + "\n");
  }
  EXPECT_EQ(discover(), (Lines{"package package-0 counted", "package package-1 counted"}));
  EXPECT_EQ(found_.sources[1]->read(), 4000U);
  EXPECT_EQ(found_.sources[1]->info().domain.basis, Basis::kDerived);
  EXPECT_EQ(found_.sources[1]->info().signal, SignalKind::kEnergyCounter);
  EXPECT_TRUE(found_.notes.empty());

  SourceInfo powercap;
  powercap.domain = {DomainKind::kPackage, "package-0", Plane::kChip, Place::kCounted, Basis::kDerived};
  EXPECT_TRUE(discover({powercap}).empty());
  EXPECT_EQ(found_.notes.size(), 2U);

  files_.set_error(folder + "energy3_input", EACCES);
  EXPECT_EQ(discover(), (Lines{"package package-1 counted"}));
  EXPECT_NE(found_.troubles.at(0).fix, "");
}

TEST_F(Hwmon, GraceSocketsByTheirAcpiNames) {
  int number = 0;
  for (const char* label :
       {"Module Power Socket 0", "Grace Power Socket 0", "CPU Power Socket 0", "SysIO Power Socket 0"}) {
    const std::string folder = chip(number++, "power_meter") + "device/";  // old driver: files beside the device
    files_.write(folder + "power1_average", "100000000\n");
    files_.write(folder + "power1_average_interval", "50\n");
    files_.write(folder + "power1_oem_info", std::string(label) + "\n");
  }
  EXPECT_EQ(discover(), (Lines{"board node encloses", "package package-0 counted", "core package-0 inside",
                               "uncore package-0 inside"}));
  EXPECT_EQ(found_.sources[1]->info().update_period, milliseconds(50));
  EXPECT_EQ(found_.sources[1]->info().domain.basis, Basis::kDerived);
  EXPECT_EQ(found_.sources[1]->read(), 100000000U);

  const std::string second = chip(number, "power_meter") + "device/";
  files_.write(second + "power1_average", "100000000\n");
  files_.write(second + "power1_oem_info", "Module Power Socket 1\n");
  EXPECT_EQ(discover().size(), 3U);  // no module encloses the node
}

TEST_F(Hwmon, IntelCards) {
  files_.write(chip(0, "i915") + "energy1_input", "77\n");
  EXPECT_EQ(discover(), (Lines{"gpu gpu-dev0 counted"}));
  const std::string xe = chip(1, "xe");
  files_.write(xe + "energy1_input", "9\n");
  files_.write(xe + "energy1_label", "card\n");
  files_.write(xe + "energy2_input", "8\n");
  files_.write(xe + "energy2_label", "pkg\n");
  EXPECT_EQ(discover(), (Lines{"gpu gpu-dev0 counted", "gpu gpu-dev1 counted", "gpu gpu-dev1-pkg inside"}));
  files_.write("/sys/devices/test/dev1/power/runtime_status", "suspended\n");
  EXPECT_EQ(discover(), (Lines{"gpu gpu-dev0 counted"}));
  EXPECT_EQ(found_.troubles.size(), 1U);
}

TEST_F(Hwmon, UnplacedChannelsAreNotedNotCounted) {
  const std::string folder = chip(3, "ina219");
  files_.write(folder + "power1_input", "12000000\n");
  files_.write(folder + "power2_average", "5\n");
  files_.write(folder + "power2_label", "12V\x1b[2J rail\n");
  EXPECT_TRUE(discover().empty());
  ASSERT_EQ(found_.notes.size(), 1U);
  EXPECT_EQ(found_.notes[0].find('\x1b'), std::string::npos);
  EXPECT_NE(found_.notes[0].find("power2_average"), std::string::npos);
  EXPECT_EQ(discover({}, {.include_unplaced = true}),
            (Lines{"board dev3-power1_input unknown", "board dev3-power2_average unknown"}));
}

TEST_F(Hwmon, HostileTreesAreHarmless) {
  EXPECT_TRUE(discover().empty());
  const std::string folder = chip(0, "amd_energy");
  for (const char* file : {"energy_input", "energyx_input", "energy99999999999999999999_input", "energy1_input_extra",
                           "power_average", "power-1_input"})
    files_.write(folder + file, "1\n");
  files_.write(folder + "energy7_input", "99999999999999999999999\n");
  files_.write(folder + "energy7_label", "Esocket99999999999\n");
  files_.write("/sys/class/hwmon/hwmon9/name", "");
  EXPECT_TRUE(discover().empty());
  files_.write(folder + "energy7_label", "Esocket0\n");
  EXPECT_TRUE(discover().empty());
  EXPECT_EQ(found_.troubles.at(0).error.kind, ErrorKind::kCorrupt);
}

}  // namespace
}  // namespace olivine
