// Epochs: from the marks of a run and the energy at each to the record's epochs. Pure.
//
//   begin 1 at 10 s (100 J), end 1 at 20 s (300 J), begin 2 at 21 s (310 J), run ends at 35 s (600 J):
//   epoch 1: 200 J; epoch 2: 290 J, ended by the run; before 100 J, between 10 J, after 0 J: together 600 J
//
// An epoch that has no end of its own ends where the next begins, the last one where the run ends. Idle energy is charged
// to an epoch in the proportion in which it is charged to the run. The range: what is common to the run (a model, a gain)
// moves all epochs alike; how far a boundary may be off (boundary_meter.h) comes beside it.
//
// Units: ns, uJ. Errors: none. Threads: pure. Lifetime: values.
#pragma once

#include <optional>
#include <vector>

#include "engine/assess.h"

namespace olivine {

struct EpochSpan {
  std::int64_t number = 0;
  std::optional<std::int64_t> of;
  std::size_t begin = 0;           // index of the mark
  std::optional<std::size_t> end;  // absent: no mark ended it
  bool by_next = false;            // the end is the next one's beginning
};
std::vector<EpochSpan> epoch_spans(const std::vector<Mark>& marks);

// Fills record.marks. Call after assess_energy.
void assess_epochs(const AssessmentInput& input, RunRecord& record);

}  // namespace olivine
