// Intensities of generation mixes, ready to be stored: production of each zone, and consumption by flow tracing of each zone that
// trades (signals/flow_tracing.h).
//
//   A 100 MW hydro exporting 50 MW to B, B 50 MW coal; hydro 0, coal 800  ->  consumption in A 0, in B 400 g/kWh   (METHODS 9)
//
// Without stated factors those of IPCC AR5 serve, for both boundaries; direct biomass counts 0, the convention of inventories. Storage
// without a factor is left out: its energy was counted when it was stored. Values are kept to 0.01 g/kWh: generation is known to a MW.
// Only the exchanges that are given count: a note names the neighbours. What a neighbour without a mix sends leaves the receiver
// unknown at that time: a gap, counted by reason in a note.
//
// Units: g/kWh. Errors: kInvalid names zone, column and fix. Threads: pure. Lifetime: values.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "grid/signals/fuels.h"
#include "grid/signals/generation_mix.h"
#include "grid/store/series_file.h"

namespace olivine {

struct MixIntensityOptions {
  std::vector<FuelFactor> factors;        // stated, of one boundary; empty: AR5
  std::optional<Boundary> boundary;       // of AR5 only this one
  std::optional<std::string> accounting;  // only "production" or only "consumption"
  int decimals = 2;                       // of the values kept
};
struct MixIntensities {
  std::vector<StoredSeries> series;   // of a zone and boundary production before consumption
  std::vector<std::string> left_out;  // series without a single number, with the reason
};

// Series by series to whom it may concern, so that those of a large file are not held at once; what was left out comes back.
using TakeSeries = std::function<Status(StoredSeries)>;
Result<std::vector<std::string>> take_intensities_of_mixes(std::vector<GenerationMix> mixes,
                                                           const MixIntensityOptions& options, const TakeSeries& take);
Result<MixIntensities> intensities_of_mixes(std::vector<GenerationMix> mixes, const MixIntensityOptions& options);

}  // namespace olivine
