// Monte Carlo propagation of distributions (JCGM 101:2008, GUM supplement 1): every input is drawn by its name, every formula
// evaluated for each draw, and the outputs' quantiles are the 95 % range. It governs where first order and it differ.
//
// Results depend on seed, names and the number of samples only, not on batch size or threads (draws.h). Outputs of two graphs
// that were drawn with one seed may be subtracted sample by sample: shared inputs moved together.
// An output with an unknown part has known = false, and its numbers are those of the known part.
//
//   METHODS 16: E 100 +- 10 and 80 +- 8 kWh, common intensity 400 +- 80: sum 72,000 +- 15,284 g, difference 8,000 +- 5,367 g.
//
// Units: coherent. Errors: kInvalid names an output whose draws are not finite (a divisor that reaches zero).
// Threads: pure. Lifetime: values. Cost: samples x outputs doubles are kept while quantiles are taken, at most 256 MiB at a time.
#pragma once

#include <span>
#include <vector>

#include "account/uncertainty/formula.h"
#include "units/estimate.h"

namespace olivine {

struct MonteCarloSettings {
  std::size_t samples = 100'000;
  std::uint64_t seed = 1;
  std::size_t batch = 0;      // 0: chosen for the caches
  bool keep_samples = false;  // in the order of the draws
};

struct MonteCarloFigure {
  bool known = true;
  double mean = 0.0;
  double standard_deviation = 0.0;
  double lower = 0.0;  // 2.5 % quantile
  double median = 0.0;
  double upper = 0.0;  // 97.5 % quantile
  std::vector<double> samples{};
};

Result<std::vector<MonteCarloFigure>> monte_carlo(const FormulaGraph& graph, std::span<const FormulaId> outputs,
                                                  const MonteCarloSettings& settings);
// Mean, deviation and quantiles of draws (their order is lost unless keep is set).
MonteCarloFigure figure_of_samples(std::vector<double> samples, bool keep);

// GUM supplement 1, clause 8: do the first-order bounds agree with Monte Carlo's to the last of `digits` significant digits of the
// standard uncertainty?
struct RangeAgreement {
  double lower_difference = 0.0;  // |first order - Monte Carlo|
  double upper_difference = 0.0;
  double tolerance = 0.0;
  bool agrees = false;
};
RangeAgreement compare_ranges(const Spread& first_order, const MonteCarloFigure& monte_carlo, int digits = 1);

}  // namespace olivine
