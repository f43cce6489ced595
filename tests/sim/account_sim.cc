#include "tests/sim/account_sim.h"

#include <array>
#include <cmath>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "account/uncertainty/first_order.h"
#include "account/uncertainty/monte_carlo.h"

namespace olivine::simulation {
namespace {

constexpr double kScore = 1.959963984540054;
constexpr double kKwh = 3.6e6;
constexpr double kHour = 3600.0;

template <class T>
T must(Result<T> result) {
  if (!result) throw std::logic_error(result.error().message);
  return *std::move(result);
}

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}
  double uniform(double low, double high) { return std::uniform_real_distribution<double>(low, high)(engine_); }
  int below(int n) { return std::uniform_int_distribution<int>(0, n - 1)(engine_); }
  double normal() { return std::normal_distribution<double>(0.0, 1.0)(engine_); }
  double student() { return std::student_t_distribution<double>(3.0)(engine_); }

 private:
  std::mt19937_64 engine_;
};

// A range of a random kind and width around a mean; none of them reaches below zero.
Distribution random_range(Dice& dice, double mean) {
  const double width = dice.uniform(0.02, 0.45);
  switch (dice.below(5)) {
    case 0: return must(normal(mean, mean * (1 - width), mean * (1 + width)));
    case 1: return must(uniform(mean * (1 - width), mean * (1 + width)));
    case 2: return must(triangular(mean * (1 - width), mean * dice.uniform(1 - width, 1 + width), mean * (1 + width)));
    case 3: return must(lognormal(mean, mean / (1 + width), mean * (1 + width)));
    default:
      return must(
          ranged(mean, mean * (1 - width), mean * (1 + width * dice.uniform(0.7, 3.0)), SignRule::kNonNegative));
  }
}

// The truth of one input; `common` is the score that correlated inputs share.
double truth_of(const Distribution& d, World world, bool correlates, double common, Dice& dice) {
  if (world == World::kHiddenCorrelation && correlates) return d.quantile(0.5 * std::erfc(-common / std::sqrt(2.0)));
  if (world == World::kOtherFamily) {
    constexpr double kStudentBound = 3.182446305284263;  // 97.5 % quantile of t with 3 degrees of freedom
    const double t = dice.student() / kStudentBound;
    return std::max(1e-6 * d.mean, d.mean + t * (t < 0.0 ? d.mean - d.drawn_lower : d.drawn_upper - d.mean));
  }
  double value = 0.0;
  switch (d.kind) {
    case DistributionKind::kNormal: value = d.mean + dice.normal() * (d.upper - d.lower) / (2 * kScore); break;
    case DistributionKind::kUniform: value = dice.uniform(d.a, d.b); break;
    case DistributionKind::kLognormal: {
      const double s = std::log(d.upper / d.lower) / (2 * kScore);
      value = d.mean * std::exp(s * dice.normal() - s * s / 2);
      break;
    }
    case DistributionKind::kTriangular: {
      // The larger or smaller of two uniforms is triangular: no inverse needed.
      const double width = d.c - d.a;
      const bool left = dice.uniform(0, 1) < (d.b - d.a) / width;
      const double u = dice.uniform(0, 1), v = dice.uniform(0, 1);
      value = left ? d.a + (d.b - d.a) * std::max(u, v) : d.c - (d.c - d.b) * std::max(u, v);
      break;
    }
    default: value = d.quantile(dice.uniform(1e-12, 1 - 1e-12));
  }
  return world == World::kNarrowStatements ? std::max(1e-6 * d.mean, d.mean + 1.5 * (value - d.mean)) : value;
}

// An input as the account states it, and as it truly is.
struct Stated {
  FormulaId id;
  double truth;
};

class SimulatedAccount {
 public:
  SimulatedAccount(World world, std::uint64_t seed) : world_(world), dice_(seed), common_(dice_.normal()) { build(); }
  FormulaGraph graph;
  FormulaId total = 0;
  double truth = 0.0;

 private:
  Stated input(const std::string& name, double mean, const Dimension& dimension, bool correlates) {
    const Distribution d = random_range(dice_, mean);
    return {must(graph.input({.name = name, .dimension = dimension, .distribution = d})),
            truth_of(d, world_, correlates, common_, dice_)};
  }
  void build();
  void computing(const std::string& name, const Stated& intensity, const Stated& pue);
  void transfer(const std::string& name, const Stated& intensity);

  World world_;
  Dice dice_;
  double common_;
  std::vector<FormulaId> parts_;
};

void SimulatedAccount::computing(const std::string& name, const Stated& intensity, const Stated& pue) {
  const Stated power = input(name + ".power", dice_.uniform(100, 700), kPowerDimension, true);
  const Stated use = input(name + ".utilisation", dice_.uniform(0.3, 0.9), kPlainNumber, true);
  const Stated hours = input(name + ".hours", dice_.uniform(10, 10'000) * kHour, kTimeDimension, false);
  const Stated mass = input(name + ".embodied", dice_.uniform(1e5, 3e6), kCarbonDimension, false);
  const Stated life = input(name + ".life", dice_.uniform(3, 7) * 8760 * kHour, kTimeDimension, false);
  parts_.push_back(must(graph.product({power.id, use.id, hours.id, pue.id, intensity.id})));
  truth += power.truth * use.truth * hours.truth * pue.truth * intensity.truth;
  const FormulaId busy_life = must(graph.product({life.id, use.id}));
  parts_.push_back(must(graph.quotient(must(graph.product({mass.id, hours.id})), busy_life)));
  truth += mass.truth * hours.truth / (life.truth * use.truth);
}

void SimulatedAccount::transfer(const std::string& name, const Stated& intensity) {
  const Stated data = input(name + ".data", dice_.uniform(1e12, 1e15), kDataDimension, false);
  const Stated cost = input(name + ".energy_per_data", dice_.uniform(0.01, 0.1) * kKwh / 1e9,
                            Dimension{.energy = 1, .data = -1}, false);
  parts_.push_back(must(graph.product({data.id, cost.id, intensity.id})));
  truth += data.truth * cost.truth * intensity.truth;
}

void SimulatedAccount::build() {
  std::vector<Stated> zones;
  for (int z = 0; z <= dice_.below(3); ++z)
    zones.push_back(input("intensity:" + std::to_string(z), dice_.uniform(20, 800) / kKwh, kIntensityDimension, true));
  const Stated pue = input("pue", dice_.uniform(1.1, 1.7), kPlainNumber, false);
  for (int a = 0; a <= dice_.below(8); ++a) {
    const Stated& zone = zones[static_cast<std::size_t>(dice_.below(static_cast<int>(zones.size())))];
    if (dice_.below(5) == 0)
      transfer("transfer" + std::to_string(a), zone);
    else
      computing("activity" + std::to_string(a), zone, pue);
  }
  total = must(graph.sum(parts_));
}

}  // namespace

Coverage simulate_accounts(World world, int accounts, std::size_t samples, std::uint64_t seed) {
  Coverage coverage{.accounts = accounts};
  std::mt19937_64 seeds(seed);
  for (int i = 0; i < accounts; ++i) {
    const SimulatedAccount account(world, seeds());
    const auto figures =
        must(monte_carlo(account.graph, std::array{account.total}, {.samples = samples, .seed = seeds()}));
    const Spread linear = must(first_order(account.graph, account.total));
    coverage.inside += figures.front().lower <= account.truth && account.truth <= figures.front().upper ? 1 : 0;
    coverage.inside_first_order += linear.lower() <= account.truth && account.truth <= linear.upper() ? 1 : 0;
  }
  return coverage;
}

}  // namespace olivine::simulation
