// Simulated accounts with a known truth: random life-cycle accounts are stated with ranges, the truth is drawn from what they
// state, and the 95 % range that the product computes is asked whether it holds it.
//
// The truth is drawn by the standard library's generators and worked out by plain arithmetic; neither knows the product's graph or
// its draws (only a skewed shape's quantile function is the product's own: it defines what such a range means).
// Mis-specified worlds draw the truth otherwise than stated.
//
// Units: coherent. Errors: throws std::logic_error when an account cannot be built. Threads: pure. Lifetime: values.
#pragma once

#include <cstdint>

namespace olivine::simulation {

enum class World {
  kAsStated,
  kOtherFamily,       // same mean and 95 % range, but Student's t with 3 degrees of freedom in place of what was stated
  kNarrowStatements,  // the true deviations are 1.5 times the stated ones
  kHiddenCorrelation,  // powers, uses and intensities go up and down together; the account states them as independent
};

struct Coverage {
  int accounts = 0;
  int inside = 0;  // Monte Carlo's 95 % range holds the truth
  int inside_first_order = 0;
  double share() const { return static_cast<double>(inside) / accounts; }
  double first_order_share() const { return static_cast<double>(inside_first_order) / accounts; }
};

Coverage simulate_accounts(World world, int accounts, std::size_t samples, std::uint64_t seed);

}  // namespace olivine::simulation
