// The tree below a formula, down to settings, rows of tables and data sets: what `olivine account --explain FIGURE` prints.
//
//   carbon of training = 24.7 t
//   └─ product: energy x intensity
//      ├─ ...
//
// Units: text carries them. Errors: as evaluate_means. Threads: pure. Lifetime: values.
#pragma once

#include <string>

#include "account/uncertainty/formula.h"
#include "provenance/graph.h"

namespace olivine {

// Adds everything below `id` to `out` and returns the id of its root there.
Result<ProvenanceId> provenance_of(const FormulaGraph& graph, FormulaId id, ProvenanceGraph& out);

}  // namespace olivine
