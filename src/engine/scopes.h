// Scopes: what the parts of a program used, as the program names them: "serve", in it "serve/decode". Energy visible to
// applications as in Anderson et al., "Treehouse: A Case For Carbon-Aware Datacenter Software" (2022), section 3: a bill for
// each part, the parts within it included, and the bills add up to the meter.
//
//   open    A from 0 to 10 s, B within A from 4 to 6 s; the run 10 W for 20 s
//   bills   A 80 J of its own, 100 J with B; B 20 J; outside of scopes 100 J; together 200 J
//
// Between two marks the run's energy (with the idle energy charged to it) goes to the innermost scopes that are open:
//  - each by the CPU time that it said it used, as a mean over its life; what the run used beyond that is outside;
//  - one that does not say its CPU time gets what the others leave, several of them share it equally;
//  - where the run's CPU time is not known, or was none, the innermost open ones share equally.
// A GPU's energy follows the same shares: which scope gave it work is not known (docs/methods/scopes.md).
//
// A scope that has no end was open until the run's end and is counted as such. One whose parent is not of this run (another
// machine's, W3C trace context) begins a path of its own.
//
// Units: ns, J. Errors: none. Threads: pure. Lifetime: values.
#pragma once

#include "engine/assess.h"

namespace olivine {

inline constexpr std::size_t kDeepestScope = 16;      // what is deeper is in the row of its ancestor there
inline constexpr std::size_t kMostScopeRows = 1'000;  // further paths are one row
inline constexpr std::size_t kMostTraces = 100;       // those that used most

// Fills record.scopes. Call after assess_energy.
void assess_scopes(const AssessmentInput& input, RunRecord& record);

}  // namespace olivine
