#include "account/uncertainty/distribution.h"

#include <fmt/core.h>

#include <array>
#include <cmath>

#include "account/uncertainty/distribution_fit.h"
#include "account/uncertainty/draws.h"

namespace olivine {
namespace {

constexpr std::array<std::string_view, 6> kKindNames{"exact", "normal", "lognormal", "triangular", "uniform", "skewed"};
// A range counts as symmetric when its arms differ by less than this share: what rounding of printed bounds leaves.
constexpr double kSymmetric = 1e-6;
// A normal distribution whose part below zero is larger does not serve for what cannot be negative.
constexpr double kNegativePart = 1e-9;

Status check_range(double mean, double lower, double upper) {
  if (!std::isfinite(mean) || !std::isfinite(lower) || !std::isfinite(upper))
    return fail(ErrorKind::kInvalid,
                fmt::format("value {} with bounds {} .. {}: all three must be finite numbers", mean, lower, upper));
  if (lower > mean || mean > upper)
    return fail(ErrorKind::kInvalid, fmt::format("bounds {} .. {} do not enclose the value {}", lower, upper, mean));
  return {};
}

double triangular_quantile(const Distribution& d, double u) {
  const double width = d.c - d.a;
  const double at_mode = (d.b - d.a) / width;
  return u < at_mode ? d.a + std::sqrt(u * width * (d.b - d.a)) : d.c - std::sqrt((1.0 - u) * width * (d.c - d.b));
}

Distribution normal_of(double mean, double lower, double upper, double sigma) {
  return {.kind = DistributionKind::kNormal,
          .mean = mean,
          .lower = lower,
          .upper = upper,
          .shape = DistributionShape::kNormal,
          .a = mean,
          .b = sigma};
}

// What the shape really draws: its quantiles and its standard deviation.
Distribution with_moments(Distribution d) {
  d.drawn_lower = d.quantile(0.025);
  d.drawn_upper = d.quantile(0.975);
  d.standard_deviation = deviation_of(d);
  return d;
}

}  // namespace

std::string_view name_of(DistributionKind kind) { return kKindNames[static_cast<std::size_t>(kind)]; }

double Distribution::quantile(double u) const {
  switch (shape) {
    case DistributionShape::kConstant: return a;
    case DistributionShape::kNormal: return a + b * normal_quantile(u);
    // Mirrored (b < 0), the exponential falls as the value rises.
    case DistributionShape::kMovedLognormal: return a + b * std::exp(c * normal_quantile(u) * (b < 0.0 ? -1.0 : 1.0));
    case DistributionShape::kBoundedLogistic: return a / (1.0 + std::exp(-(b + c * normal_quantile(u))));
    case DistributionShape::kUniform: return a + (b - a) * u;
    case DistributionShape::kTriangular: return triangular_quantile(*this, u);
  }
  return a;
}

Result<Distribution> exactly(double value) {
  OLIVINE_CHECK_STATUS(check_range(value, value, value));
  return Distribution{
      .mean = value, .lower = value, .upper = value, .drawn_lower = value, .drawn_upper = value, .a = value};
}

Result<Distribution> normal(double mean, double lower, double upper) {
  OLIVINE_CHECK_STATUS(check_range(mean, lower, upper));
  if (lower == upper) return exactly(mean);
  const double arm = (upper - lower) / 2.0;
  if (std::abs(mean - lower - arm) > kSymmetric * 2.0 * arm)
    return fail(
        ErrorKind::kInvalid,
        fmt::format(
            "normal distribution {} with {} .. {}: the arms differ; leave the distribution out for a skewed one", mean,
            lower, upper));
  return with_moments(normal_of(mean, lower, upper, arm / kBoundScore));
}

Result<Distribution> lognormal(double mean, double lower, double upper) {
  OLIVINE_CHECK_STATUS(check_range(mean, lower, upper));
  if (lower <= 0.0)
    return fail(ErrorKind::kInvalid,
                fmt::format("lognormal distribution with a lower bound of {}: it must be above 0", lower));
  if (lower == upper) return exactly(mean);
  const double s = std::log(upper / lower) / (2.0 * kBoundScore);
  return with_moments({.kind = DistributionKind::kLognormal,
                       .mean = mean,
                       .lower = lower,
                       .upper = upper,
                       .shape = DistributionShape::kMovedLognormal,
                       .a = 0.0,
                       .b = mean * std::exp(-s * s / 2.0),
                       .c = s});
}

Result<Distribution> triangular(double minimum, double mode, double maximum) {
  OLIVINE_CHECK_STATUS(check_range(mode, minimum, maximum));
  if (minimum == maximum) return exactly(mode);
  Distribution d{.kind = DistributionKind::kTriangular,
                 .mean = minimum / 3.0 + mode / 3.0 + maximum / 3.0,
                 .shape = DistributionShape::kTriangular,
                 .a = minimum,
                 .b = mode,
                 .c = maximum};
  d = with_moments(d);
  d.lower = d.drawn_lower;
  d.upper = d.drawn_upper;
  return d;
}

Result<Distribution> uniform(double minimum, double maximum) {
  OLIVINE_CHECK_STATUS(check_range(minimum, minimum, maximum));
  if (minimum == maximum) return exactly(minimum);
  Distribution d{.kind = DistributionKind::kUniform,
                 .mean = minimum / 2.0 + maximum / 2.0,
                 .shape = DistributionShape::kUniform,
                 .a = minimum,
                 .b = maximum};
  d = with_moments(d);
  d.lower = d.drawn_lower;
  d.upper = d.drawn_upper;
  return d;
}

Result<Distribution> ranged(double mean, double lower, double upper, SignRule sign) {
  OLIVINE_CHECK_STATUS(check_range(mean, lower, upper));
  if (sign == SignRule::kNonNegative && lower < 0.0)
    return fail(ErrorKind::kInvalid, fmt::format("lower bound {}: this quantity cannot be negative", lower));
  if (lower == upper) return exactly(mean);
  const double sigma = (upper - lower) / (2.0 * kBoundScore);
  const bool symmetric = std::abs((upper - mean) - (mean - lower)) <= kSymmetric * (upper - lower);
  const bool positive_enough = sign == SignRule::kAnySign || normal_probability(-mean / sigma) < kNegativePart;
  if (symmetric && positive_enough) return with_moments(normal_of(mean, lower, upper, sigma));
  return with_moments(fit_skewed(mean, lower, upper, sign));
}

Distribution scaled(const Distribution& distribution, double factor) {
  Distribution d = distribution;
  for (double* number : {&d.mean, &d.lower, &d.upper, &d.drawn_lower, &d.drawn_upper, &d.standard_deviation, &d.a})
    *number *= factor;
  if (d.shape != DistributionShape::kBoundedLogistic) d.b *= factor;
  if (d.shape == DistributionShape::kTriangular) d.c *= factor;
  return d;
}

void transform(const Distribution& d, std::span<double> values) {
  switch (d.shape) {
    case DistributionShape::kConstant:
      for (double& v : values) v = d.a;
      return;
    case DistributionShape::kNormal:
      normal_quantiles(values);
      for (double& v : values) v = d.a + d.b * v;
      return;
    case DistributionShape::kMovedLognormal: {
      normal_quantiles(values);
      const double slope = d.b < 0.0 ? -d.c : d.c;
      for (double& v : values) v = d.a + d.b * std::exp(slope * v);
      return;
    }
    case DistributionShape::kBoundedLogistic:
      normal_quantiles(values);
      for (double& v : values) v = d.a / (1.0 + std::exp(-(d.b + d.c * v)));
      return;
    case DistributionShape::kUniform:
      for (double& v : values) v = d.a + (d.b - d.a) * v;
      return;
    case DistributionShape::kTriangular:
      for (double& v : values) v = triangular_quantile(d, v);
      return;
  }
}

}  // namespace olivine
