// First-order propagation (JCGM 100:2008, 5.1.2): each input's move to its bounds, times the formula's derivative, in quadrature.
// Exact for sums, good for narrow products; Monte Carlo governs (monte_carlo.h).
//
//   E 100 +- 10 kWh x intensity 400 +- 80 g/kWh: derivative 400 and 100, range 40,000 +- 8,944 g
//
// Derivatives come from one backward sweep (reverse accumulation: Griewank and Walther, Evaluating Derivatives, 2008, ch. 3).
// Of a minimum or maximum, the argument that decides at the means has the derivative 1.
//
// Units: coherent. Errors: as evaluate_mean; kInvalid for an output with an unknown part: a bound has no range.
// Threads: pure. Lifetime: values.
#pragma once

#include "account/uncertainty/formula.h"
#include "units/estimate.h"

namespace olivine {

// d output / d input at the means, by the input's place in graph.inputs(); 0 for inputs that it does not rest on.
Result<std::vector<double>> derivatives(const FormulaGraph& graph, FormulaId id);
Result<Spread> first_order(const FormulaGraph& graph, FormulaId id);

}  // namespace olivine
