// Scopes: what the parts of a program used, as the program names them: "serve", in it "serve/decode". Energy visible to
// applications as in Anderson et al., "Treehouse: A Case For Carbon-Aware Datacenter Software" (2022), section 3: a bill for
// each part, the parts within it included, and the bills add up to the meter.
//
//   open    A from 0 to 10 s, B within A from 4 to 6 s; the run 10 W for 20 s
//   bills   A 80 J of its own, 100 J with B; B 20 J; outside of scopes 100 J; together 200 J
//
// Between two marks the run's energy (with the idle energy charged to it) is shared as the run's CPU time is:
//  1. What a thread used, between each two of its marks, is that of its innermost open scope, whether others are open within that one
//     elsewhere or not; of several (tasks) in equal parts. A command says what it used with all that it started: a mean over its life,
//     counted while it is innermost. If more is said than the run used, all get less in proportion.
//  2. What the run used beyond that goes to those innermost open scopes (open_scopes.h) whose CPU time is not known, in equal parts; if
//     there is none of these, to all innermost open ones: their child processes and their libraries' threads.
//  3. Where the run's CPU time is not known, or was none, the innermost open ones have equal parts.
//  4. Outside of scopes is what was used while none was open.
//
//   10 W for 10 s, the run used 40 s of CPU time: A, a thread that used 10 s, and T, a task: A 25 J, T 75 J. A alone: 100 J
//
// A GPU's energy follows the same shares: which scope gave it work is not known (docs/methods/scopes.md).
//
// A scope that has no end was open until the run's end, or until Olivine saw that its process had died, and is counted as such. One
// whose parent is not of this run (another machine's, W3C trace context) begins a path of its own. In records before marks named
// threads a scope's CPU time is a command's in the sense of 1.
//
// Ranges: run_levels.h, PartOfRun.
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
