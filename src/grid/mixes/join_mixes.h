// join_mixes: files of generation and of exchanges become one mix a zone, on one step, each with its exchanges.
//
//   BE generation (A75), flows BE to FR and FR to BE (A11), FR generation  ->  two mixes, each with the exchange BE-FR
//
// The same zone, flow or load in several files (months, say) is put together by time and column; two different values for one time are
// an error that names both files.
// Where steps differ, all come to the longest: means of complete parts. A net import is what came in less what went out: with one
// direction only it is not known. Of the two net reports of one exchange (EIA) a zone takes its own, else the neighbour's.
// Where load is given too, a note compares it with generation and exchanges.
//
// Units: MW. Errors: kInvalid names zone, column, time and fix. Threads: pure. Lifetime: values.
#pragma once

#include <vector>

#include "grid/mixes/mix_file.h"

namespace olivine {

Result<std::vector<GenerationMix>> join_mixes(std::vector<MixFile> files);

// The mix in longer steps; `step` is a multiple of its own.
GenerationMix coarsened(const GenerationMix& mix, Duration step);

}  // namespace olivine
