#include "account/host_key.h"

#include <gtest/gtest.h>

#include <limits>

namespace olivine {
namespace {

EnergyAmount j(std::int64_t joules) { return microjoule_amount(joules * 1'000'000); }
std::int64_t total_j(const std::vector<HostRecord>& records) {
  return static_cast<std::int64_t>(*energy_of_hosts(records) / 1'000'000);
}

// METHODS 8: host 200 J, guest 50 J: 200.
TEST(HostKey, AGuestIsInsideItsHost) {
  EXPECT_EQ(total_j({{"a", false, j(200)}, {"a", true, j(50)}}), 200);
  EXPECT_EQ(total_j({{"a", true, j(50)}, {"a", false, j(200)}, {"a", true, j(30)}}), 200);
}

TEST(HostKey, OtherHostsAdd) {
  EXPECT_EQ(total_j({{"a", false, j(200)}, {"b", true, j(50)}}), 250);
  EXPECT_EQ(total_j({{"a", true, j(50)}, {"a", true, j(30)}}), 80);
  EXPECT_EQ(total_j({}), 0);
}

TEST(HostKey, TwoRecordsOfOneHostAreRefused) {
  const std::vector<HostRecord> twice{{"a", false, j(1)}, {"a", false, j(1)}};
  EXPECT_EQ(energy_of_hosts(twice).error().kind, ErrorKind::kInvalid);
}

TEST(HostKey, TotalsLeave64Bits) {
  const EnergyAmount most = microjoule_amount(std::numeric_limits<std::int64_t>::max());
  const std::vector<HostRecord> two{{"a", false, most}, {"b", false, most}};
  EXPECT_GT(*energy_of_hosts(two), EnergyTotal{std::numeric_limits<std::int64_t>::max()});
}

}  // namespace
}  // namespace olivine
