// The energy part of an assessment: components, their shares and ranges, totals. Used by assess only.
//
// Units: by type. Errors: none. Threads: pure. Lifetime: writes into the record's graph.
#pragma once

#include "engine/assess.h"

namespace olivine {

void assess_energy(const AssessmentInput& input, RunRecord& record);

// "1476 J", "unknown (at least 100 J)": for provenance nodes.
std::string value_text(const Figure<Energy>& figure);

}  // namespace olivine
