#include "sensors/powercap/powercap.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <map>

#include "base/prng.h"
#include "sensors/powercap/powercap_zones.h"
#include "testing/fixture_tree.h"

namespace olivine {
namespace {

constexpr std::uint64_t kPackageRange = 262143328850;
const std::string kZones = "/sys/devices/virtual/powercap/intel-rapl/";

class Powercap : public ::testing::Test {
 protected:
  void load(const std::string& name) {
    const auto status =
        load_fixture_file(files_, std::string(OLIVINE_SOURCE_DIR) + "/src/sensors/powercap/fixtures/" + name + ".tree");
    ASSERT_TRUE(status) << status.error().message;
  }
  const Discovery& discover() {
    found_ = discover_powercap(files_, Roots{}, read_cpu_identity(files_, "/proc"));
    return found_;
  }
  EnergySource* source(const std::string& id) const {
    for (const auto& each : found_.sources)
      if (each->info().id == id) return each.get();
    return nullptr;
  }
  // "package package-0 counted" for each source.
  std::vector<std::string> summary() const {
    std::vector<std::string> lines;
    for (const auto& each : found_.sources) {
      const Domain& d = each->info().domain;
      lines.push_back(std::string(name_of(d.kind)) + " " + d.device + " " + std::string(name_of(d.place)));
    }
    std::sort(lines.begin(), lines.end());
    return lines;
  }
  bool noted(std::string_view part) const {
    return std::any_of(found_.notes.begin(), found_.notes.end(),
                       [&](const std::string& note) { return note.find(part) != std::string::npos; });
  }
  MemoryFileSystem files_;
  Discovery found_;
};

using Lines = std::vector<std::string>;

TEST_F(Powercap, TwoSocketsAreNamedByTheirNameFile) {
  load("xeon_two_sockets");
  discover();
  EXPECT_EQ(summary(),
            (Lines{"core package-0 inside", "core package-1 inside", "dram package-0 counted", "dram package-1 counted",
                   "package package-0 counted", "package package-1 counted", "psys node encloses"}));
  EXPECT_TRUE(found_.troubles.empty());
  const SourceInfo& info = source("powercap:intel-rapl:0")->info();
  EXPECT_EQ(info.domain.device, "package-1");
  EXPECT_EQ(info.domain.basis, Basis::kMeasured);
  EXPECT_EQ(info.modulus, kPackageRange + 1);
  EXPECT_EQ(info.signal, SignalKind::kEnergyCounter);
  EXPECT_DOUBLE_EQ(info.unit, 1e-6);
  EXPECT_EQ(info.gain_key, "gain_rapl_intel");
  EXPECT_EQ(source("powercap:intel-rapl:0:1")->info().gain_key, "gain_dram");
  EXPECT_EQ(source("powercap:intel-rapl:1")->read(), 180000000U);
}

TEST_F(Powercap, EpycIsDerivedAndHasNoDram) {
  load("epyc_no_dram");
  discover();
  EXPECT_EQ(summary(), (Lines{"core package-0 inside", "core package-1 inside", "package package-0 counted",
                              "package package-1 counted"}));
  EXPECT_EQ(source("powercap:intel-rapl:0")->info().domain.basis, Basis::kDerived);
  EXPECT_EQ(source("powercap:intel-rapl:0")->info().gain_key, "gain_rapl_amd");
}

TEST_F(Powercap, DiesOfIntelEachCountAndDiesOfAmdShareOneCounter) {
  load("multi_die");
  discover();
  EXPECT_EQ(found_.sources.size(), 8U);
  EXPECT_EQ(source("powercap:intel-rapl:3")->info().domain.device, "package-1-die-1");
  EXPECT_EQ(source("powercap:intel-rapl:3:0")->info().domain.device, "package-1-die-1");
  EXPECT_EQ(
      std::ranges::count_if(found_.sources, [](const auto& s) { return s->info().domain.place == Place::kCounted; }),
      8);

  files_ = MemoryFileSystem();
  load("epyc_dies");
  discover();
  EXPECT_EQ(summary(), (Lines{"package package-0-die-0 counted"}));
  EXPECT_TRUE(noted("one counter for all dies"));
}

TEST_F(Powercap, TheMmioTwinCountsOnlyAlone) {
  load("client_mmio_psys");
  discover();
  EXPECT_EQ(summary(), (Lines{"core package-0 inside", "dram package-0 unknown", "package package-0 counted",
                              "psys node encloses", "uncore package-0 inside"}));
  EXPECT_TRUE(noted("intel-rapl-mmio:0 (package-0): the same meter by another way"));

  files_.set_error(kZones + "intel-rapl:0/energy_uj", EIO);  // the MSR zone is broken: the twin stands in
  discover();
  EXPECT_NE(source("powercap:intel-rapl-mmio:0"), nullptr);
  EXPECT_EQ(source("powercap:intel-rapl:0"), nullptr);

  files_ = MemoryFileSystem();
  load("client_only_mmio");
  discover();
  EXPECT_EQ(summary(), (Lines{"package package-0 counted"}));
}

// METHODS 2: package 60, DRAM 8 of unproven place, psys 75 or 0 or 50.
TEST_F(Powercap, CoverOfAClientPart) {
  load("client_mmio_psys");
  discover();
  const auto total = [&](std::int64_t psys_j) {
    std::vector<Domain> domains;
    std::vector<std::optional<EnergyAmount>> energies;
    for (const auto& each : found_.sources) {
      domains.push_back(each->info().domain);
      const bool psys = domains.back().kind == DomainKind::kPsys;
      energies.push_back(
          EnergyAmount::from_count(psys ? psys_j * 1'000'000 : static_cast<std::int64_t>(*each->read())));
    }
    const DisjointCover cover = make_cover(domains, energies);
    std::int64_t most = cover.total().count();
    for (const CoverLeaf& leaf : cover.leaves()) most += leaf.maybe_more.count();
    return std::pair{cover.total().count(), most};
  };
  EXPECT_EQ(total(75), (std::pair<std::int64_t, std::int64_t>{75'000'000, 75'000'000}));
  EXPECT_EQ(total(50), (std::pair<std::int64_t, std::int64_t>{60'000'000, 68'000'000}));
  EXPECT_EQ(total(0), (std::pair<std::int64_t, std::int64_t>{60'000'000, 68'000'000}));
}

TEST_F(Powercap, AVirtualMachineHasNothingOrSomethingDerived) {
  load("vm_none");
  discover();
  EXPECT_TRUE(found_.sources.empty());
  ASSERT_EQ(found_.troubles.size(), 1U);
  EXPECT_EQ(found_.troubles[0].error.kind, ErrorKind::kNotFound);

  files_ = MemoryFileSystem();
  discover();
  ASSERT_EQ(found_.troubles.size(), 1U);
  EXPECT_NE(found_.troubles[0].fix.find("modprobe"), std::string::npos);

  load("guest_with_rapl");
  discover();
  ASSERT_EQ(found_.sources.size(), 1U);
  EXPECT_EQ(found_.sources[0]->info().domain.basis, Basis::kDerived);
}

TEST_F(Powercap, RootOnlyCountersAreTroubleWithASafeFix) {
  load("root_only");
  discover();
  EXPECT_TRUE(found_.sources.empty());
  ASSERT_EQ(found_.troubles.size(), 2U);
  for (const SourceTrouble& trouble : found_.troubles) {
    EXPECT_EQ(trouble.error.kind, ErrorKind::kPermission);
    EXPECT_NE(trouble.fix.find("g+r"), std::string::npos);
    for (const char* open_to_all : {"a+r", "o+r", "chmod +r", "644", "444"})
      EXPECT_EQ(trouble.fix.find(open_to_all), std::string::npos) << open_to_all;
  }
}

TEST_F(Powercap, OneLockedPackageMakesTheTotalUnknownNotLow) {
  load("xeon_two_sockets");
  files_.set_error(kZones + "intel-rapl:1/energy_uj", EACCES);
  discover();
  ASSERT_NE(source("powercap:intel-rapl:1"), nullptr);
  EXPECT_EQ(source("powercap:intel-rapl:1")->read().error().kind, ErrorKind::kPermission);
  EXPECT_EQ(found_.troubles.size(), 1U);
  EXPECT_EQ(found_.sources.size(), 7U);
}

TEST_F(Powercap, NoRangeNoModulus) {
  load("unreadable_range");
  discover();
  ASSERT_EQ(found_.sources.size(), 6U);
  for (const auto& each : found_.sources) EXPECT_EQ(each->info().modulus, std::nullopt) << each->info().id;
  EXPECT_EQ(found_.notes.size(), 6U);
}

TEST_F(Powercap, HostileNamesAndValues) {
  load("bad_names");
  discover();
  EXPECT_EQ(source("powercap:intel-rapl:0")->read(), 1000U);
  EXPECT_EQ(source("powercap:intel-rapl:9")->info().domain.place, Place::kUnknown);  // a second package-0
  EXPECT_EQ(source("powercap:intel-rapl:1"), nullptr);
  for (const char* id : {"5", "6", "7", "8"}) {  // counted packages whose value is nonsense: kept, the total is unknown
    EnergySource* bad = source(std::string("powercap:intel-rapl:") + id);
    ASSERT_NE(bad, nullptr) << id;
    EXPECT_EQ(bad->read().error().kind, ErrorKind::kCorrupt) << id;
  }
  EXPECT_EQ(found_.sources.size(), 6U);
  for (const SourceTrouble& trouble : found_.troubles) {
    EXPECT_EQ((trouble.what + trouble.error.message).find('\x1b'), std::string::npos);
    EXPECT_LT(trouble.error.message.size(), 400U);
  }
}

TEST_F(Powercap, SeveralPsysAreNotUsed) {
  load("xeon_two_sockets");
  files_.write("/sys/class/powercap/intel-rapl:3/name", "psys\n");
  files_.write("/sys/class/powercap/intel-rapl:3/energy_uj", "5\n");
  discover();
  EXPECT_EQ(source("powercap:intel-rapl:2"), nullptr);
  EXPECT_EQ(source("powercap:intel-rapl:3"), nullptr);
  EXPECT_TRUE(noted("one of several psys"));
}

TEST_F(Powercap, AZoneThatVanishesReturns) {
  load("xeon_two_sockets");
  discover();
  EnergySource* package = source("powercap:intel-rapl:1");
  ASSERT_EQ(package->read(), 180000000U);
  files_.remove(kZones + "intel-rapl:1");
  EXPECT_EQ(package->read().error().kind, ErrorKind::kGone);
  EXPECT_EQ(package->read().error().kind, ErrorKind::kGone);
  files_.write(kZones + "intel-rapl:1/energy_uj", "42\n");
  EXPECT_EQ(package->read(), 42U);
  EXPECT_EQ(package->read(), 42U);
}

TEST_F(Powercap, ErrorsAreNeverValues) {
  load("xeon_two_sockets");
  discover();
  EnergySource* package = source("powercap:intel-rapl:1");
  ASSERT_EQ(package->read(), 180000000U);
  for (const int error : {EIO, EACCES, ENODATA, ENODEV, ENOENT}) {
    files_.set_error(kZones + "intel-rapl:1/energy_uj", error);
    EXPECT_FALSE(package->read()) << error;
    files_.set_error(kZones + "intel-rapl:1/energy_uj", 0);
    EXPECT_EQ(package->read(), 180000000U) << error;
  }
  for (const char* text : {"", "\n", "-1\n", "0x10\n", "1 2\n", "18446744073709551616\n", "1e6\n", "\0\0\0"}) {
    files_.write(kZones + "intel-rapl:1/energy_uj", text);
    EXPECT_EQ(package->read().error().kind, ErrorKind::kCorrupt) << text;
  }
  files_.write(kZones + "intel-rapl:1/energy_uj", "18446744073709551615\n");
  EXPECT_EQ(package->read(), 18446744073709551615U);
}

// R2: discovery under failing calls finds the same machine.
TEST_F(Powercap, DiscoverySurvivesReadingsThatFailHalfTheTime) {
  load("xeon_two_sockets");
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Prng random(seed);
    files_.set_fault([&](std::string_view, const std::string& path) {
      return path.starts_with("/sys") && random.uniform() < 0.5 ? EIO : 0;
    });
    const CpuIdentity cpu = read_cpu_identity(files_, "/proc");
    found_ = discover_powercap(files_, Roots{}, cpu);
    EXPECT_EQ(found_.sources.size(), 7U) << "seed " << seed;
    EXPECT_TRUE(found_.troubles.empty()) << "seed " << seed;
  }
}

TEST_F(Powercap, FindsZonesWhereOnlyTheDevicesAreVisible) {
  load("multi_die");
  files_.remove("/sys/class/powercap");
  MemoryFileSystem bare;
  for (const char* file : {"name", "energy_uj", "max_energy_range_uj"}) {
    bare.write(kZones + "intel-rapl:0/" + file, *read_text(files_, kZones + "intel-rapl:0/" + file));
    bare.write(kZones + "intel-rapl:0/intel-rapl:0:0/" + file,
               *read_text(files_, kZones + "intel-rapl:0/intel-rapl:0:0/" + file));
  }
  const Discovery found = discover_powercap(bare, Roots{}, {});
  EXPECT_EQ(found.sources.size(), 2U);
}

TEST(PowercapNames, ZoneFolders) {
  EXPECT_TRUE(is_zone_folder("intel-rapl:0"));
  EXPECT_TRUE(is_zone_folder("intel-rapl-mmio:0:1"));
  for (const char* bad :
       {"intel-rapl", "", ":", "intel-rapl:", "intel-rapl:x", ":0", "a:0:0:0:0:0", "a/b:0", "a:-1", "A\x1b:0"})
    EXPECT_FALSE(is_zone_folder(bad)) << bad;
}

TEST(PowercapNames, ZoneNames) {
  EXPECT_EQ(parse_zone_name("package-3"), (ZoneName{DomainKind::kPackage, 3, {}}));
  EXPECT_EQ(parse_zone_name("package-3-die-1"), (ZoneName{DomainKind::kPackage, 3, 1}));
  EXPECT_EQ(parse_zone_name("uncore"), (ZoneName{DomainKind::kUncore, {}, {}}));
  for (const char* bad : {"", "package", "package-", "package-x", "package-1-die-", "package-1-die-x", "Package-0",
                          "core ", "package-5000", "gpu"})
    EXPECT_EQ(parse_zone_name(bad), std::nullopt) << bad;
}

TEST(FixtureTree, SaysWhichLineIsWrong) {
  MemoryFileSystem files;
  EXPECT_NE(load_fixture_tree(files, "text\n").error().message.find("line 1"), std::string::npos);
  EXPECT_NE(load_fixture_tree(files, "# /a\nx\\q\n").error().message.find("line 2"), std::string::npos);
  EXPECT_FALSE(load_fixture_tree(files, "# /a !EWHAT\n"));
  EXPECT_FALSE(load_fixture_tree(files, "# relative\n"));
  ASSERT_TRUE(load_fixture_tree(files, "## note\n# /d/f\none\\\\\n\\x23two\\\n# /l -> /d\n"));
  EXPECT_EQ(*read_text(files, "/l/f"), "one\\\n#two");
}

// tools/unpack_fixture.py writes the same tree to a directory.
TEST(FixtureTree, UnpacksToADirectory) {
  const std::string source = OLIVINE_SOURCE_DIR;
  std::string place = (std::filesystem::temp_directory_path() / "olivine-fixture-XXXXXX").string();
  ASSERT_NE(::mkdtemp(place.data()), nullptr);
  const std::string command = "python3 " + source + "/tools/unpack_fixture.py " + source +
                              "/src/sensors/powercap/fixtures/bad_names.tree " + place;
  ASSERT_EQ(std::system(command.c_str()), 0);
  MemoryFileSystem memory;
  ASSERT_TRUE(load_fixture_file(memory, source + "/src/sensors/powercap/fixtures/bad_names.tree"));
  RealFileSystem real;
  const Discovery expected = discover_powercap(memory, Roots{}, read_cpu_identity(memory, "/proc"));
  Roots roots;
  roots.sysfs = place + "/sys";
  const Discovery found = discover_powercap(real, roots, read_cpu_identity(real, place + "/proc"));
  ASSERT_EQ(found.sources.size(), expected.sources.size());
  for (std::size_t i = 0; i < found.sources.size(); ++i)
    EXPECT_EQ(found.sources[i]->info(), expected.sources[i]->info());
  EXPECT_EQ(found.troubles.size(), expected.troubles.size());
  std::filesystem::remove_all(place);
}

}  // namespace
}  // namespace olivine
