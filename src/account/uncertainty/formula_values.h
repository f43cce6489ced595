// The arithmetic of one node on plain numbers, shared by the evaluation at the means, the moves of the tornado and the sweeps of
// derivatives. Unknown parts count as what is known of them: nothing in a sum.
//
// Units: coherent. Errors: none; numbers may turn out not finite. Threads: pure. Lifetime: values.
#pragma once

#include <span>
#include <vector>

#include "account/uncertainty/formula.h"

namespace olivine {

// Value of a node other than an input from its arguments' values, which stand in `values` by id.
double known_value(const FormulaNode& node, std::span<const double> values);
// By id: whether a node has an unknown part.
std::vector<bool> nodes_with_unknown(const FormulaGraph& graph);
// Values of the nodes `order` (ascending, closed below) with the inputs at `inputs`; `values` has a place for every id.
void evaluate_at(const FormulaGraph& graph, std::span<const FormulaId> order, std::span<const double> inputs,
                 std::span<double> values);
std::vector<double> input_means(const FormulaGraph& graph);

}  // namespace olivine
