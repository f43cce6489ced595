// The 95 % range of an account holds the truth in 93 to 97 % of simulated accounts; mis-specified ones are reported apart.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include "tests/sim/account_sim.h"

namespace olivine::simulation {
namespace {

void report(const char* world, const Coverage& c) {
  fmt::print("{}: {} of {} accounts inside ({:.1f} %); first order {:.1f} %\n", world, c.inside, c.accounts,
             100 * c.share(), 100 * c.first_order_share());
}

// Standard error of a share near 95 % among 1,500: 0.56 points, so that 93 and 97 are more than three away.
TEST(SimulatedAccounts, TheRangeHoldsTheTruth) {
  const Coverage coverage = simulate_accounts(World::kAsStated, 1'500, 1'000, 20'261'126);
  report("as stated", coverage);
  EXPECT_GE(coverage.share(), 0.93);
  EXPECT_LE(coverage.share(), 0.97);
}

// What no range can repair has to show: statements that are too narrow, and correlations that nobody stated.
TEST(SimulatedAccounts, WrongStatementsLoseCoverage) {
  const Coverage narrow = simulate_accounts(World::kNarrowStatements, 400, 1'000, 1);
  const Coverage correlated = simulate_accounts(World::kHiddenCorrelation, 400, 1'000, 2);
  report("deviations 1.5 times the stated", narrow);
  report("correlations not stated", correlated);
  EXPECT_LT(narrow.share(), 0.92);
  EXPECT_LT(correlated.share(), 0.92);
}

}  // namespace
}  // namespace olivine::simulation
