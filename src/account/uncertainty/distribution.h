// Distribution: an input's mean and 95 % range as something that can be drawn from.
//
// The stated value is the MEAN, whatever the shape, so that parts add (METHODS 16). Bounds are the 2.5 % and 97.5 % quantiles.
// Where a value with bounds names no kind, a symmetric range is a normal distribution; otherwise the shape is
//   - a lognormal one moved along the axis (or mirrored), for a quantity that may be negative;
//   - for one that cannot be negative: the same moved to the right, where the range is more skewed than a lognormal one, else
//     b / (1 + exp(-(m + s z))), which lies in (0, b): Johnson's SL and SB systems (Biometrika 36, 1949, p. 149).
// Three numbers are fitted to three numbers, so mean and both bounds are met, except where no such shape can: the mean is then
// met and the bounds are as near as the shape allows; drawn_lower and drawn_upper say which bounds are really drawn from.
//
//   ranged(0.37, 0.10, 1.0, non_negative)  -> mean 0.37, quantiles 0.10 and 1.0
//   ranged(100, 90, 110)                   -> normal, standard deviation 5.10
//   triangular(1, 2, 6)                    -> mean 3; lower 1.35, upper 5.29 are computed
//
// Units: the caller's. Errors: kInvalid in one line: a bound that is not finite, bounds that do not enclose the value, a normal
// distribution with unequal arms. Threads: values. Lifetime: values. The mathematics: docs/methods/uncertainty.md.
#pragma once

#include <span>
#include <string_view>

#include "base/result.h"

namespace olivine {

enum class DistributionKind { kExact, kNormal, kLognormal, kTriangular, kUniform, kSkewed };
std::string_view name_of(DistributionKind kind);  // "exact", "normal", ...

enum class SignRule { kAnySign, kNonNegative };

// How a standard normal z, or a uniform u, becomes the value; a, b, c are the shape's own numbers.
enum class DistributionShape {
  kConstant,         // a
  kNormal,           // a + b z
  kMovedLognormal,   // a + b exp(c z); b < 0 mirrors it
  kBoundedLogistic,  // a / (1 + exp(-(b + c z)))
  kUniform,          // a + (b - a) u
  kTriangular,       // between a and c, mode b
};

struct Distribution {
  DistributionKind kind = DistributionKind::kExact;
  double mean = 0.0;
  double lower = 0.0;  // as stated (triangular, uniform: computed)
  double upper = 0.0;
  double drawn_lower = 0.0;  // the 2.5 % and 97.5 % quantiles of what is drawn
  double drawn_upper = 0.0;
  double standard_deviation = 0.0;
  DistributionShape shape = DistributionShape::kConstant;
  double a = 0.0;
  double b = 0.0;
  double c = 0.0;

  bool is_exact() const { return shape == DistributionShape::kConstant; }
  // Value at the quantile u in (0, 1).
  double quantile(double u) const;
  bool operator==(const Distribution&) const = default;
};

Result<Distribution> exactly(double value);
Result<Distribution> normal(double mean, double lower, double upper);
// Mean and the ratio of the bounds are met; all three must be above zero.
Result<Distribution> lognormal(double mean, double lower, double upper);
Result<Distribution> triangular(double minimum, double mode, double maximum);
Result<Distribution> uniform(double minimum, double maximum);
// A value with its 95 % range and no kind.
Result<Distribution> ranged(double mean, double lower, double upper, SignRule sign);
// The same quantity in another unit: factor above zero.
Distribution scaled(const Distribution& distribution, double factor);

// Turns uniforms in (0, 1) into values, in place; the loop of the Monte Carlo.
void transform(const Distribution& distribution, std::span<double> uniforms);

}  // namespace olivine
