// The intensities of a simulation as a grid service would have told them, by way of `olivine grid serve-replay` and the client of
// `grid fetch`: what happened, asked once it is over, and what was said in each slot of it and of later ones.
//
// Units: g/kWh of slots. Errors: as replayed_service.h, for what happened. A slot's question that fails is no error: nothing is known in that
// slot, and the requests count it. Threads: one; the requests go out in the order of time. Lifetime: values.
#pragma once

#include <string>
#include <vector>

#include "apps/cli/simulate_rows.h"
#include "planning/simulation/simulate.h"

namespace olivine::cli {

struct ReplayQuestion {
  std::string url;  // as serve-replay prints it
  std::vector<std::string> zones;
  std::vector<Signal> signals;
  WallTime begin;
  Duration slot;
  std::size_t slots = 0;
  bool said = false;  // also what was said in each slot
};

struct ReplayAnswers {
  std::string provider;
  std::vector<SimulatedZone> zones;
  std::vector<std::string> sources;       // one line each, for the reader
  std::vector<ServiceRequests> requests;  // of what was said
};
Result<ReplayAnswers> replay_answers(const ReplayQuestion& question);

}  // namespace olivine::cli
