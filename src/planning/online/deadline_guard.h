// How much longer than expected a job may take: the factor that the deadline guard keeps free, from past jobs of its kind.
//
// Split conformal prediction: of n past ratios (took / expected) the ceil((n + 1)(1 - miss))-th smallest. If the next job is
// exchangeable with them, it takes longer with a probability of at most `miss`, whatever the distribution.
//
//   19 ratios 0.91 .. 1.09 by 0.01, miss 0.05: the 19th, 1.09
//
// Units: ratios, probability. Errors: empty where n < 1/miss - 1: too few to promise anything. Threads: pure.
// Lifetime: values. Source: Vovk, Gammerman and Shafer (2005); Papadopoulos et al. (2002).
#pragma once

#include <optional>
#include <span>

namespace olivine {

// At least 1: nobody plans on being early.
std::optional<double> conformal_work_factor(std::span<const double> ratios, double miss);

}  // namespace olivine
