// What matters most: the tornado and the uncertainty budget of a figure.
//
// The tornado moves one input at a time to its bounds and computes the formula again, the others at their means: no linearity is
// assumed. The budget shares out the first-order variance: (c_i u_i)^2 / sum (c_j u_j)^2 with c the derivative and u the
// standard deviation of what is drawn (JCGM 100:2008, 5.1 and H.1).
//
// Units: coherent. Errors: as first_order. Threads: pure. Lifetime: values.
#pragma once

#include "account/uncertainty/formula.h"

namespace olivine {

struct TornadoBar {
  std::size_t input = 0;  // place in graph.inputs()
  std::string name;
  double at_lower = 0.0;  // the output with this input at its lower bound
  double at_upper = 0.0;
  double swing() const { return at_upper > at_lower ? at_upper - at_lower : at_lower - at_upper; }
};

// Widest first; at most `limit` bars, chosen among the inputs with the largest variance shares.
Result<std::vector<TornadoBar>> tornado(const FormulaGraph& graph, FormulaId id, std::size_t limit = 20);

struct BudgetLine {
  std::size_t input = 0;  // place in graph.inputs(): its distribution, source, group, basis
  std::string name;
  double sensitivity = 0.0;           // derivative at the means
  double standard_uncertainty = 0.0;  // of the input
  double variance_share = 0.0;        // 0..1; sums to 1 over the lines
};

// Largest share first; inputs that are exact or have no influence are left out.
Result<std::vector<BudgetLine>> uncertainty_budget(const FormulaGraph& graph, FormulaId id);

}  // namespace olivine
