#include "planning/elastic_job.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/prng.h"
#include "planning/every_schedule.h"

namespace olivine {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
constexpr double kNever = std::numeric_limits<double>::infinity();
using Prices = std::vector<double>;

TEST(ElasticJob, WorkedExample) {
  const ElasticJob job{{{1, 1.0, 1.0}, {2, 1.8, 2.0}}, 2.0};
  const Prices prices{1, 3};
  const auto found = cheapest_elastic(job, prices);
  ASSERT_TRUE(found);
  ASSERT_EQ(found->uses.size(), 2U);
  EXPECT_EQ(found->uses[0], (ElasticUse{0, 0, 1, 1.0}));
  EXPECT_EQ(found->uses[1].high, 0U);
  EXPECT_NEAR(found->uses[1].high_part, 0.2, 1e-12);
  EXPECT_NEAR(found->cost, 2.6, 1e-12);
  EXPECT_NEAR(found->work, 2.0, 1e-12);
  const auto whole = cheapest_elastic(job, prices, LastSlot::kWhole);
  ASSERT_TRUE(whole);
  EXPECT_DOUBLE_EQ(whole->cost, 5.0);
  const auto at_once = elastic_at_once(job, 0, prices);
  ASSERT_TRUE(at_once);
  EXPECT_DOUBLE_EQ(at_once->cost, 4.0);
}

// All there is: every assignment of scales to slots with one slot between two scales. By the theory of linear programmes the
// optimum is among them.
class BruteForce {
 public:
  BruteForce(const ElasticJob& job, const Prices& prices) : job_(job), prices_(prices) {}
  double least() {
    extend(0, job_.slots, 0.0, false);
    return best_;
  }

 private:
  double length(std::size_t t) const { return t + 1 == prices_.size() ? job_.last_slot : 1.0; }
  double work(std::size_t s, std::size_t t) const { return s == 0 ? 0.0 : length(t) * job_.scales[s - 1].throughput; }
  double power(std::size_t s, std::size_t t) const { return s == 0 ? 0.0 : length(t) * job_.scales[s - 1].power; }

  void extend(std::size_t t, double left, double cost, bool split) {
    if (t == prices_.size()) {
      if (left <= 1e-12 && left >= -1e-12)
        best_ = std::min(best_, cost);
      else if (!split)
        fill(left, cost);
      return;
    }
    chosen_.resize(t + 1);
    for (std::size_t s = 0; s <= job_.scales.size(); ++s) {
      if (s > 0 && std::isnan(prices_[t])) break;
      chosen_[t] = s;
      extend(t + 1, left - work(s, t), cost + (s == 0 ? 0.0 : power(s, t) * prices_[t]), split);
    }
  }
  // One slot moves from its scale to another, in part, so that the work is exact.
  void fill(double left, double cost) {
    for (std::size_t t = 0; t < prices_.size(); ++t) {
      if (std::isnan(prices_[t])) continue;
      const std::size_t from = chosen_[t];
      for (std::size_t to = 0; to <= job_.scales.size(); ++to) {
        const double gain = work(to, t) - work(from, t);
        if (gain == 0.0) continue;
        const double part = left / gain;
        if (part <= 0.0 || part >= 1.0) continue;
        best_ = std::min(best_, cost + part * (power(to, t) - power(from, t)) * prices_[t]);
      }
    }
  }

  const ElasticJob& job_;
  const Prices& prices_;
  std::vector<std::size_t> chosen_;
  double best_ = kNever;
};

ElasticJob random_job(Prng& prng, bool concave) {
  ElasticJob job;
  double throughput = 0.0, power = 0.0, gain = 1.0;
  const std::size_t scales = 1 + prng.below(3);
  for (std::size_t s = 1; s <= scales; ++s) {
    throughput += concave ? gain : 0.25 * static_cast<double>(1 + prng.below(6));
    power += concave ? 1.0 : 0.25 * static_cast<double>(1 + prng.below(6));
    gain *= 0.5 + 0.5 * prng.uniform();
    job.scales.push_back({static_cast<double>(s), throughput, power});
  }
  job.slots = 0.25 * static_cast<double>(1 + prng.below(20));
  if (prng.below(2) == 0) job.last_slot = 0.25 * static_cast<double>(1 + prng.below(4));
  return job;
}

TEST(ElasticJobProperty, GreedyWithAFractionalLastSlotIsTheOptimumOfBruteForce) {
  Prng prng(23);
  std::size_t feasible = 0, fractional = 0;
  for (int i = 0; i < 100'000; ++i) {
    const ElasticJob job = random_job(prng, prng.below(2) == 0);
    Prices prices;
    const std::uint64_t most = prng.below(2) == 0 ? 4 : 1000;
    const std::size_t count = 1 + prng.below(4);
    const bool negative = prng.below(3) == 0;
    for (std::size_t t = 0; t < count; ++t) prices.push_back(planning_test::random_price(prng, most, negative));
    const double least = BruteForce(job, prices).least();
    const auto found = cheapest_elastic(job, prices);
    ASSERT_EQ(found.has_value(), least != kNever) << "case " << i;
    if (!found) continue;
    ++feasible;
    ASSERT_NEAR(found->cost, least, 1e-9 * (1.0 + std::abs(least))) << "case " << i;
    ASSERT_NEAR(found->work, job.slots, 1e-7) << "case " << i;
    std::size_t parts = 0;
    for (const ElasticUse& use : found->uses) parts += use.high_part < 1.0 ? 1 : 0;
    ASSERT_LE(parts, 1U) << "case " << i;
    fractional += parts;
    const auto whole = cheapest_elastic(job, prices, LastSlot::kWhole);
    if (whole && !negative) {  // what is more than the work earns money below zero
      ASSERT_GE(whole->cost, found->cost - 1e-9 * (1.0 + least)) << "case " << i;
    }
  }
  EXPECT_GT(feasible, 40'000U);
  EXPECT_GT(fractional, 10'000U);
}

TEST(ElasticJobProperty, MoreTimeNeverCostsMore) {
  Prng prng(7);
  for (int i = 0; i < 2000; ++i) {
    const ElasticJob job = random_job(prng, true);
    Prices prices;
    double before = kNever;
    for (int t = 0; t < 12; ++t) {
      prices.push_back(static_cast<double>(prng.below(500)));
      const auto found = cheapest_elastic(job, prices);
      if (!found) continue;
      ASSERT_LE(found->cost, before * (1.0 + 1e-12)) << "case " << i;
      before = found->cost;
    }
  }
}

TEST(ElasticJob, UnknownPricesAreNotUsedAndNegativeOnesAreMoney) {
  const ElasticJob job{{{1, 1.0, 1.0}}, 1.0};
  EXPECT_EQ(cheapest_elastic(job, Prices{kUnknown, 50, 7})->uses.front().slot, 2U);
  EXPECT_EQ(cheapest_elastic(job, Prices{kUnknown}).error().kind, ErrorKind::kNotFound);
  // Prices 0.3, -0.2, 0.1 for 2 slots of work at scale 1 or 2: all of it in slot 1, which pays 0.2 a unit of energy.
  const auto found = cheapest_elastic({{{1, 1.0, 1.0}, {2, 2.0, 2.0}}, 2.0}, Prices{0.3, -0.2, 0.1});
  ASSERT_TRUE(found);
  ASSERT_EQ(found->uses.size(), 1U);
  EXPECT_EQ(found->uses[0].slot, 1U);
  EXPECT_DOUBLE_EQ(found->cost, -0.4);
}

// 2 slots of work, one and a half of them before the deadline: at scale 2 all of it fits, at scale 1 it does not.
TEST(ElasticJob, ADeadlineWithinASlot) {
  const ElasticJob job{{{1, 1.0, 1.0}, {2, 2.0, 2.0}}, 2.0, 0.5};
  const auto found = cheapest_elastic(job, Prices{3, 1});
  ASSERT_TRUE(found);
  EXPECT_DOUBLE_EQ(found->cost, 3.0 + 1.0);  // half a slot at scale 2 is a slot of work
  EXPECT_DOUBLE_EQ(found->work, 2.0);
  EXPECT_FALSE(elastic_at_once(job, 0, Prices{3, 1}));
  EXPECT_DOUBLE_EQ(elastic_at_once(job, 1, Prices{3, 1})->cost, 6.0);
}

TEST(ElasticJob, CurvesThatMakeNoSense) {
  const Prices prices{1, 2};
  for (const ElasticJob& job :
       {ElasticJob{{}, 1.0}, ElasticJob{{{1, 1.0, 1.0}}, 0.0}, ElasticJob{{{1, 1.0, 1.0}, {2, 0.9, 2.0}}, 1.0},
        ElasticJob{{{1, 1.0, 1.0}, {2, 2.0, 1.0}}, 1.0}, ElasticJob{{{2, 1.0, 1.0}, {1, 2.0, 2.0}}, 1.0}})
    EXPECT_EQ(cheapest_elastic(job, prices).error().kind, ErrorKind::kInvalid);
}

}  // namespace
}  // namespace olivine
