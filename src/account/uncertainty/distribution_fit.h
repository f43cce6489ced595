// Fits the skewed shapes of distribution.h to a mean and two quantiles; the mathematics is in docs/methods/uncertainty.md.
//
// Moved lognormal a + b exp(s z): with k = 1.96, the arms u = upper - mean and d = mean - lower stand in the ratio
//   r(s) = (e^{ks} - e^{s^2/2}) / (e^{s^2/2} - e^{-ks}),
// which rises from 1 at s = 0 to 5.8 at s near k: ranges more skewed than that are met in the mean only, their bounds as near as
// that shape comes (least squares of the arms' relative errors).
// Bounded logistic a / (1 + exp(-(b + c z))): for each end a above the upper bound, b and c follow from the two quantiles;
// the mean falls as a rises, down to the lognormal's at a without end. Bisection on ln(a / upper - 1).
//
// Units: the caller's. Errors: none (the caller has checked the range). Threads: pure. Lifetime: values.
#pragma once

#include "account/uncertainty/distribution.h"

namespace olivine {

inline constexpr double kBoundScore = 1.959963984540054;  // normal quantile of 0.975

// Shape, kind, mean and stated bounds; lower < upper.
Distribution fit_skewed(double mean, double lower, double upper, SignRule sign);
// Standard deviation of the shape.
double deviation_of(const Distribution& distribution);

}  // namespace olivine
