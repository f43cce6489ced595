// How much longer than expected a job may take: the factor that the deadline guard keeps free, from past jobs of its kind.
//
// Split conformal prediction: of n past ratios (took / expected) the ceil((n + 1)(1 - miss))-th smallest. If the next job is
// exchangeable with them, it takes longer with a probability of at most `miss`, whatever the distribution.
//
//   19 ratios 0.91 .. 1.09 by 0.01, miss 0.05: the 19th, 1.09
//
// Where the past is too short to promise that, its largest ratio is kept room for, and promises 1 / (n + 1) of misses.
//
// Units: ratios, probability. Errors: empty where n < 1/miss - 1: too few to promise anything. Threads: pure.
// Lifetime: values. Source: Vovk, Gammerman and Shafer (2005); Papadopoulos et al. (2002).
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "base/time.h"

namespace olivine {

// At least 1: nobody plans on being early.
std::optional<double> conformal_work_factor(std::span<const double> ratios, double miss);

// Took / expected of past jobs, the oldest first. What was expected is `said`, or the longest of the `looks` jobs before, which
// the first job lacks: it gives no ratio. Jobs of no length are left out.
//   1 h, 2 h, 1 h with 5 looks: 2/1, 1/2       1 h, 2 h, 1 h, where 2 h are said: 1/2, 2/2, 1/2
std::vector<double> past_ratios(std::span<const Duration> took, std::optional<Duration> said, std::size_t looks);

struct WorkReserve {
  double factor = 1.0;        // of the expected work, in all
  double most_missed = 0.05;  // share of jobs that take longer, if they are like the past ones
};
std::optional<WorkReserve> work_reserve(std::span<const double> ratios, double miss);  // empty: no ratio

}  // namespace olivine
