// Thresholds with a worst case, for k slots of work, prices within [low, high] and a cost b at every edge.
//
// Off, the next slot of work is taken at or below lower[i]; on, at or below lower[i] + 2 b = upper[i]; i counts the slots done.
//
//   published   Lechowicz et al., "The Online Pause and Resume Problem" (2023), DTPR for minimisation, U = high, L = low:
//               upper[i] = U - (U - U/a - 2b (1/(ka) - 1/k + 1)) (1 + 1/(ka))^i,
//               a the root of  (U - L - 2b) / (U (1 - 1/a) - 2b (1 - 1/k + 1/(ka))) = (1 + 1/(ka))^k
//
// Is `a` a bound? Its argument takes the least cost to be at least k times the lowest price that was not taken. With one unit a
// slot a price that was taken may have been lower, once: k = 2, L = 1, U = 100, b = 0 gives a = 8.82 and thresholds 11.3 and 6.3; on
// prices 1, 6.5, 100 the policy takes 1 and is forced to take 100: 101 against 7.5, 13.5 times as much. So we print a bound
// that we can prove for any band of thresholds: below lower[i] it runs, above upper[i] it does not, between it may do either.
//
//   bound = max over j = 0 .. k (slots taken freely), m = 0 .. min(j, k - 1) (of these, at L) and q in {L, U} (of what is forced) of
//           (m (L + 2b) + the (j - m) largest c[i] of i < j + (k - j) q + 2b [j < k])  /  (n L + (k - n) lower[j] + 2b)
//
//   n = m, with what is forced at L m + k - j; lower[k] stands for L. c[i] is the most that a free slot costs with its edges:
//   upper[i] + 2b, or lower[i] + 2b where upper is only for who runs already (no new edges). What is forced is one run. The
//   least cost: some of the slots that were run, at what they cost, the rest at prices not taken, which are above lower[j]; a
//   quotient of functions linear in each price is largest at an end. lower must not rise with i.
//
// A job that may not pause sees one price, that of its start, and then runs k slots whatever they cost. A start at T = lower[0] or below
// costs at most T + (k - 1) U; one that the deadline forces comes after prices above T only, so that every slot of the least run is either
// above T or one of the forced run. `upper` in place of T where an advice may start the job up to there:
//
//   bound in one run = max((upper + (k - 1) U + 2b) / (k L + 2b),  (k U + 2b) / (k T + 2b));  least where both are equal, the root T of
//                      (T + (k - 1) U + 2b) (k T + 2b) = (k U + 2b) (k L + 2b);  k = 1, b = 0: the root of U L
//
//   band   of trust t in 0 .. 1: g = (U/L)^((1 + t) / 2), lower = U/g, upper = L g: one threshold, the root of U L, at 0; every
//          price at 1. Its bound is the formula's.
//
// Units: of the prices. Errors: kInvalid unless 0 < low <= high and both are finite. Threads: pure. Lifetime: values.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "base/result.h"

namespace olivine {

struct PriceLimits {
  double low = 0.0, high = 0.0;
};

struct Band {
  std::vector<double> lower, upper;  // one for each slot of work
  bool hysteresis = false;           // upper is for who runs already; else what lies between is free
};

Result<double> published_ratio(std::size_t work, PriceLimits limits, double edge_cost);
Result<Band> published_thresholds(std::size_t work, PriceLimits limits, double edge_cost);
// The double threshold whose bound is least among those that we can prove: lower and upper 2b apart.
Result<Band> proven_thresholds(std::size_t work, PriceLimits limits, double edge_cost);
Result<Band> trust_band(std::size_t work, PriceLimits limits, double trust);
double worst_case(const Band& band, PriceLimits limits, double edge_cost);
// Of `work` slots without a pause.
Result<Band> proven_start(std::size_t work, PriceLimits limits, double edge_cost);
double worst_case_in_one_run(const Band& band, std::size_t work, PriceLimits limits, double edge_cost);

}  // namespace olivine
