#include "engine/embodied_estimate.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "testing/memory_file_system.h"

namespace olivine {
namespace {

constexpr const char* kUnknown = "Acme Silicon 9000 virtual";
constexpr const char* kKnown = "AMD EPYC 7763 64-Core Processor";  // 280 W at 3.66 W [1.56, 9.58] a thread
constexpr double kKnownShare = 4.0 / (280.0 / 3.66);

SetupInput machine(bool guest, int cpus, const char* cpu, const char* chassis = "virtual") {
  SetupInput input;
  input.facts.hypervisor = guest;
  input.facts.logical_cpus = cpus;
  input.facts.cpu_model_name = cpu;
  input.facts.chassis = chassis;
  return input;
}

double share_of(const SetupInput& input) { return host_share(input.facts, cpu_of(input.facts)); }

// What of a machine's carbon is this one's: kg and its range.
std::array<double, 3> ours_kg(const SetupInput& input) {
  const CpuEntry cpu = cpu_of(input.facts);
  const double share = host_share(input.facts, cpu);
  const StatedValue whole = machine_embodied_kg(input, cpu).machine;
  return {whole.value * share, whole.lower * share, whole.upper * share};
}

TEST(EmbodiedEstimate, AVirtualMachineBearsItsPartOfTheHost) {
  EXPECT_DOUBLE_EQ(share_of(machine(true, 4, kKnown)), kKnownShare);
  EXPECT_DOUBLE_EQ(share_of(machine(true, 4, kUnknown)), 4.0 / 64.0) << "a typical host has 64 vCPUs";
  EXPECT_DOUBLE_EQ(share_of(machine(true, 96, kUnknown)), 1.0) << "a host has at least what its guest sees";
  EXPECT_DOUBLE_EQ(share_of(machine(true, 4, kUnknown, "laptop")), 1.0) << "no cloud's host";
  EXPECT_DOUBLE_EQ(share_of(machine(false, 4, kUnknown, "server")), 1.0);
  EXPECT_DOUBLE_EQ(share_of(machine(false, 128, kKnown, "server")), 1.0);
}

// 1,200 kg [700, 2,500] and a host of 64 vCPUs [8, 416]: relative deviations in quadrature.
TEST(EmbodiedEstimate, AnUnknownHostsSizeIsInTheRange) {
  const auto [value, lower, upper] = ours_kg(machine(true, 4, kUnknown));
  EXPECT_DOUBLE_EQ(value, 75.0);
  EXPECT_NEAR(lower, 75.0 * (1.0 - std::hypot(500.0 / 1200.0, 352.0 / 416.0)), 1e-9);
  EXPECT_NEAR(upper, 75.0 * (1.0 + std::hypot(1300.0 / 1200.0, 7.0)), 1e-9);

  const auto [known, known_lower, known_upper] = ours_kg(machine(true, 4, kKnown));
  EXPECT_DOUBLE_EQ(known, 1200.0 * kKnownShare);
  EXPECT_NEAR(known_lower, known * (1.0 - std::hypot(500.0 / 1200.0, 1.0 - 1.56 / 3.66)), 1e-9);
  EXPECT_NEAR(known_upper, known * (1.0 + std::hypot(1300.0 / 1200.0, 9.58 / 3.66 - 1.0)), 1e-9);
}

TEST(EmbodiedEstimate, SaysThatTheHostIsAssumed) {
  const SetupInput input = machine(true, 4, kUnknown);
  const CpuEntry cpu = cpu_of(input.facts);
  const StatedValue whole = machine_embodied_kg(input, cpu).machine;
  EXPECT_EQ(whole.basis, Basis::kAssumed);
  EXPECT_NE(whole.origin.find("ours: 4 vCPUs of a typical host's 64 [8, 416], its processor is not known"),
            std::string::npos)
      << whole.origin;
}

// A meter that the guest is let to read does not make the host its own.
TEST(EmbodiedEstimate, AMeteredGuestIsStillAGuest) {
  SetupInput input = machine(true, 4, kKnown);
  SourceInfo package;
  package.id = "powercap:package-0";
  package.domain = {DomainKind::kPackage, "0", Plane::kChip, Place::kCounted, Basis::kMeasured};
  package.gain_key = "gain_rapl_amd";
  input.sources.push_back(package);
  const MachineDescription description = describe_machine(input);
  ASSERT_FALSE(description.cpu_model);
  MemoryFileSystem files;
  const Config config = Config::load(files, {}, "/", {}).value();
  EXPECT_DOUBLE_EQ(make_context(input, description, config, {}, {}).value().machine_share, kKnownShare);
}

}  // namespace
}  // namespace olivine
