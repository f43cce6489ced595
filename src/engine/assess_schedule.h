// assess_schedule: what a plan saved, as figures whose origins `explain` shows: each span with its intensity, what starting at once would
// have met, and the formula between them.
//
//   saving  = 1 - sum over spans (length x intensity) / sum over "at once" (length x intensity)
//   saved_g = stated power x (the second sum - the first), only where a power is stated
//
// The planned saving is the planner's own, which counts what pauses cost. Nothing here is measured: the basis is modelled.
//
// Units: fractions, grams. Errors: none; what is not known has its reason. Threads: pure. Lifetime: values.
#pragma once

#include "report/run_record.h"

namespace olivine {

void assess_schedule(RunRecord& record);

}  // namespace olivine
