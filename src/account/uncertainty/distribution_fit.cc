#include "account/uncertainty/distribution_fit.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace olivine {
namespace {

// A lower bound of zero is the 2.5 % quantile of nothing that stays above zero; below this share of the mean it is met as this.
constexpr double kSmallestLower = 0.01;
constexpr double kSteepest = 8.0;  // of the bounded logistic: beyond, it is two-valued

double arm_ratio(double s) {
  const double centre = std::exp(s * s / 2.0);
  return (std::exp(kBoundScore * s) - centre) / (centre - std::exp(-kBoundScore * s));
}

// Where arm_ratio is largest: its derivative vanishes a little below s = k; found once by golden section.
double most_skewed() {
  static const double kPlace = [] {
    double low = 1.0;
    double high = 3.0;
    const double golden = (std::sqrt(5.0) - 1.0) / 2.0;
    while (high - low > 1e-9) {
      const double left = high - golden * (high - low);
      const double right = low + golden * (high - low);
      (arm_ratio(left) < arm_ratio(right) ? low : high) = arm_ratio(left) < arm_ratio(right) ? left : right;
    }
    return (low + high) / 2.0;
  }();
  return kPlace;
}

double slope_for_ratio(double ratio) {
  double low = 1e-8;
  double high = most_skewed();
  for (int i = 0; i < 60; ++i) {
    const double middle = (low + high) / 2.0;
    (arm_ratio(middle) < ratio ? low : high) = middle;
  }
  return (low + high) / 2.0;
}

// The arms at the mean's short side and long side; above zero where the distribution leans to the right.
struct Arms {
  double short_arm;
  double long_arm;
};

// a + b exp(s z) with the mean met; `short_arm` is met, or both arms as nearly as can be. `room` is how far the end of the axis
// (a) may lie from the mean on the short side.
Distribution moved_lognormal(double mean, Arms arms, double direction, double room) {
  const double wanted = arms.long_arm / arms.short_arm;
  const double s = slope_for_ratio(std::min(wanted, arm_ratio(most_skewed())));
  const double reached = arm_ratio(s) / wanted;
  double short_arm = arms.short_arm;
  if (reached < 1.0 - 1e-9) short_arm *= (1.0 + reached) / (1.0 + reached * reached);
  const double per_scale = std::exp(s * s / 2.0) - std::exp(-kBoundScore * s);
  double scale = short_arm / per_scale;
  scale = std::min(scale, room / std::exp(s * s / 2.0));
  return {.shape = DistributionShape::kMovedLognormal,
          .a = mean - direction * scale * std::exp(s * s / 2.0),
          .b = direction * scale,
          .c = s};
}

// The trapezoid rule of a standard normal Z, which converges faster than any power for the integrands here.
struct NormalNodes {
  std::vector<double> z, weights;
  double whole = 0.0;
  explicit NormalNodes(double step) {
    for (double at = -8.5; at <= 8.5; at += step) {
      z.push_back(at);
      weights.push_back(std::exp(-at * at / 2.0));
      whole += weights.back();
    }
  }
};

constexpr double kUsualStep = 0.2;

// E[f(Z)].
template <class F>
double expectation(F f, double step) {
  static const NormalNodes kUsual(kUsualStep);  // a fit asks for it some fifty times
  const auto sum_over = [&](const NormalNodes& nodes) {
    double sum = 0.0;
    for (std::size_t i = 0; i < nodes.z.size(); ++i) sum += nodes.weights[i] * f(nodes.z[i]);
    return sum / nodes.whole;
  };
  return step == kUsualStep ? sum_over(kUsual) : sum_over(NormalNodes(step));
}

struct Logistic {
  double end;
  double middle;
  double slope;
  double mean() const {
    const double step = std::min(kUsualStep, 1.0 / slope);
    return expectation([&](double z) { return end / (1.0 + std::exp(-(middle + slope * z))); }, step);
  }
};

// ln(x / (end - x)) at both bounds gives the middle and the slope; excess = end / upper - 1.
Logistic logistic_through(double lower, double upper, double excess) {
  const double end = upper * (1.0 + excess);
  const double at_upper = -std::log(excess);
  const double at_lower = std::log(lower / (end - lower));
  return {end, (at_upper + at_lower) / 2.0, (at_upper - at_lower) / (2.0 * kBoundScore)};
}

Distribution bounded_logistic(double mean, double lower, double upper) {
  double low = std::log(1e-12);  // ln excess: a small excess is the highest mean
  double high = std::log(1e9);
  for (int i = 0; i < 48; ++i) {
    const double middle = (low + high) / 2.0;
    const Logistic at = logistic_through(lower, upper, std::exp(middle));
    (at.slope > kSteepest || at.mean() > mean ? low : high) = middle;
  }
  const Logistic best = logistic_through(lower, upper, std::exp(high));
  // At the limit of steepness the mean is not met yet: move the whole by a factor, the bounds with it.
  const double factor = mean / best.mean();
  return {.shape = DistributionShape::kBoundedLogistic, .a = best.end * factor, .b = best.middle, .c = best.slope};
}

Distribution non_negative(double mean, double lower, double upper) {
  const double from = std::min(std::max(lower, kSmallestLower * mean), mean);
  const double s = std::log(upper / from) / (2.0 * kBoundScore);
  const double lognormal_mean = std::sqrt(from * upper) * std::exp(s * s / 2.0);
  if (mean >= lognormal_mean) return bounded_logistic(mean, from, upper);
  return moved_lognormal(mean, {mean - from, upper - mean}, 1.0, mean);
}

Distribution any_sign(double mean, double lower, double upper) {
  const double left = mean - lower;
  const double right = upper - mean;
  const double endless = 1e300;
  if (right >= left) return moved_lognormal(mean, {left, right}, 1.0, endless);
  return moved_lognormal(mean, {right, left}, -1.0, endless);
}

}  // namespace

Distribution fit_skewed(double mean, double lower, double upper, SignRule sign) {
  // A bound that is the mean itself leaves no room on that side: give it a sliver, the residual shows.
  const double sliver = 1e-3 * (upper - lower);
  const double from = std::min(lower, mean - sliver);
  const double to = std::max(upper, mean + sliver);
  Distribution d = sign == SignRule::kNonNegative && mean > 0.0 ? non_negative(mean, std::max(from, 0.0), to)
                                                                : any_sign(mean, from, to);
  d.kind = DistributionKind::kSkewed;
  d.mean = mean;
  d.lower = lower;
  d.upper = upper;
  return d;
}

double deviation_of(const Distribution& d) {
  switch (d.shape) {
    case DistributionShape::kConstant: return 0.0;
    case DistributionShape::kNormal: return d.b;
    case DistributionShape::kMovedLognormal:
      return std::abs(d.b) * std::exp(d.c * d.c / 2.0) * std::sqrt(std::expm1(d.c * d.c));
    case DistributionShape::kUniform: return (d.b - d.a) / std::sqrt(12.0);
    case DistributionShape::kTriangular: {
      const double x = d.b - d.a;
      const double y = d.c - d.a;
      return std::sqrt((x * x + y * y - x * y) / 18.0);
    }
    case DistributionShape::kBoundedLogistic: {
      const double square = expectation(
          [&](double z) {
            const double away = d.a / (1.0 + std::exp(-(d.b + d.c * z))) - d.mean;
            return away * away;
          },
          std::min(kUsualStep, 1.0 / d.c));
      return std::sqrt(square);
    }
  }
  return 0.0;
}

}  // namespace olivine
