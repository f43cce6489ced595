// assess: from the facts and the context of a run to its record: figures with range, coverage, basis and origin.
// A pure function, used at the end of a run, by show, explain, export and verify.
//
//   total = attributed + idle_charged;  operational = total x PUE x intensity;  + embodied
//
// Units: by type. Errors: kCorrupt when the stored description does not parse. Threads: pure. Lifetime: values.
#pragma once

#include "engine/context.h"
#include "engine/pipeline.h"
#include "ledger/ledger.h"

namespace olivine {

struct AssessmentInput {
  RunRow run;  // ids, times, exit
  MachineDescription machine;
  RunContext context;
  RunClosing closing;
  PipelineSummary summary;
  std::vector<GapFact> gaps;
};

RunRecord assess(const AssessmentInput& input);

// The pipeline run again over the stored segments.
struct Replay {
  MachineDescription machine;
  PipelineSummary summary;
  std::vector<EnergyFact> facts;
  std::vector<GapFact> gaps;
};
Result<Replay> replay(const StoredRun& stored);

// Replays a stored run: what assess needs.
Result<AssessmentInput> input_of(const StoredRun& stored);
// Replays a stored run and assesses it with the intensities that were kept with it.
Result<RunRecord> assess_stored(const StoredRun& stored);

}  // namespace olivine
