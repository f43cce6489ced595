#include "planning/online/thresholds.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/prng.h"
#include "planning/online/online_policy.h"

namespace olivine {
namespace {

// The example of the header: the published ratio is no bound where a taken price was lower than those not taken.
TEST(Thresholds, PublishedRatioIsNoBound) {
  const PriceLimits limits{1.0, 100.0};
  EXPECT_NEAR(*published_ratio(2, limits, 0.0), 8.822, 1e-3);
  const Band band = *published_thresholds(2, limits, 0.0);
  EXPECT_NEAR(band.lower[0], 11.335, 1e-3);
  EXPECT_NEAR(band.lower[1], 6.310, 1e-3);
  const OnlineJob job{.work = 2, .deadline = 3};
  const auto policy = *make_policy("published_threshold", job, {.low = 1.0, .high = 100.0});
  const std::vector<double> prices{1.0, 6.5, 100.0};
  EXPECT_EQ(run_online(*policy, job, prices, 0, {})->cost, 101.0);
  EXPECT_EQ(*least_cost(job, prices), 7.5);
  EXPECT_GT(101.0 / 7.5, *published_ratio(2, limits, 0.0));
  EXPECT_LT(101.0 / 7.5, worst_case(band, limits, 0.0));
}

// One slot of work and no cost of switching: the square root of U / L, by every threshold.
TEST(Thresholds, OneSlotIsTheRoot) {
  const PriceLimits limits{4.0, 100.0};
  EXPECT_NEAR(*published_ratio(1, limits, 0.0), 5.0, 1e-9);
  for (const Band& band :
       {*published_thresholds(1, limits, 0.0), *proven_thresholds(1, limits, 0.0), *trust_band(1, limits, 0.0)}) {
    EXPECT_NEAR(band.lower[0], 20.0, 1e-6);
    EXPECT_NEAR(worst_case(band, limits, 0.0), 5.0, 1e-6);
  }
}

TEST(Thresholds, FullTrustLeavesAllFree) {
  const PriceLimits limits{4.0, 100.0};
  const Band band = *trust_band(3, limits, 1.0);
  EXPECT_NEAR(band.lower[2], 4.0, 1e-12);
  EXPECT_NEAR(band.upper[0], 100.0, 1e-12);
  EXPECT_NEAR(worst_case(band, limits, 0.0), 25.0, 1e-9);
}

TEST(ThresholdsProperty, ProvenIsNoWorseThanPublishedAndLessTrustIsSafer) {
  Prng prng(8);
  for (int i = 0; i < 3'000; ++i) {
    const double low = prng.between(0.5, 100.0);
    const PriceLimits limits{low, low * prng.between(1.0, 40.0)};
    const double edge = prng.below(2) == 0 ? 0.0 : prng.between(0.0, 0.45) * (limits.high - limits.low);
    const std::size_t work = 1 + prng.below(24);
    const Band proven = *proven_thresholds(work, limits, edge), published = *published_thresholds(work, limits, edge);
    ASSERT_LE(worst_case(proven, limits, edge), worst_case(published, limits, edge) * (1.0 + 1e-9)) << "case " << i;
    for (std::size_t k = 1; k < work; ++k) {
      ASSERT_LE(proven.lower[k], proven.lower[k - 1]) << "case " << i;
      ASSERT_LE(published.lower[k], published.lower[k - 1] + 1e-9) << "case " << i;
    }
    double before = 0.0;
    for (const double trust : {0.0, 0.25, 0.5, 0.75, 1.0}) {
      const double bound = worst_case(*trust_band(work, limits, trust), limits, edge);
      ASSERT_GE(bound, before - 1e-9) << "case " << i;
      before = bound;
    }
  }
}

// No other start has a smaller bound in one run; one slot is the root again.
TEST(ThresholdsProperty, TheProvenStartIsTheBest) {
  EXPECT_NEAR(proven_start(1, {4.0, 100.0}, 0.0)->lower[0], 20.0, 1e-9);
  Prng prng(9);
  for (int i = 0; i < 3'000; ++i) {
    const double low = prng.between(0.5, 100.0);
    const PriceLimits limits{low, low * prng.between(1.0, 40.0)};
    const double edge = prng.below(2) == 0 ? 0.0 : prng.between(0.0, 0.45) * (limits.high - limits.low);
    const std::size_t work = 1 + prng.below(24);
    const double bound = worst_case_in_one_run(*proven_start(work, limits, edge), work, limits, edge);
    for (int k = 0; k <= 20; ++k) {
      const double start = limits.low + (limits.high - limits.low) * k / 20.0;
      ASSERT_GE(worst_case_in_one_run(Band{{start}, {start}, true}, work, limits, edge), bound * (1.0 - 1e-9))
          << "case " << i;
    }
  }
}

TEST(Thresholds, LimitsThatMakeNoSense) {
  for (const PriceLimits limits : {PriceLimits{0, 5}, PriceLimits{-1, 5}, PriceLimits{6, 5},
                                   PriceLimits{1, std::nan("")}, PriceLimits{1, HUGE_VAL}})
    EXPECT_EQ(proven_thresholds(3, limits, 0.0).error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(proven_thresholds(0, {1, 2}, 0.0).error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(proven_thresholds(1, {1, 2}, -1.0).error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(trust_band(1, {1, 2}, 2.0).error().kind, ErrorKind::kInvalid);
}

}  // namespace
}  // namespace olivine
