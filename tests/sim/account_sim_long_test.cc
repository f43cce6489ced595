// The same as account_sim_test at full size: 5,000 accounts a world, as docs/methods/uncertainty.md reports them.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include "tests/sim/account_sim.h"

namespace olivine::simulation {
namespace {

Coverage reported(const char* name, World world) {
  const Coverage c = simulate_accounts(world, 5'000, 2'000, 5'000);
  fmt::print("{:<34} {:5.2f} %   first order {:5.2f} %\n", name, 100 * c.share(), 100 * c.first_order_share());
  return c;
}

TEST(SimulatedAccountsLong, FiveThousandAsStated) {
  const Coverage coverage = reported("as stated", World::kAsStated);
  EXPECT_GE(coverage.share(), 0.93);
  EXPECT_LE(coverage.share(), 0.97);
}

TEST(SimulatedAccountsLong, FiveThousandMisSpecified) {
  reported("other family, same bounds", World::kOtherFamily);
  EXPECT_LT(reported("deviations 1.5 times the stated", World::kNarrowStatements).share(), 0.93);
  EXPECT_LT(reported("correlations not stated", World::kHiddenCorrelation).share(), 0.93);
}

}  // namespace
}  // namespace olivine::simulation
