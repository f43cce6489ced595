// The options of `olivine estimate` before anything has run, and where they are declared to the parser.
//
// Units: as typed. Errors: as options.h. Threads: pure. Lifetime: values.
#pragma once

#include <optional>
#include <string>

namespace CLI {
class App;
}

namespace olivine::cli {

struct Options;

struct EstimateAheadOptions {
  std::string gpus, instance, hours, mfu, load, at, provider, region, write;
  int count = 1;
  bool force = false;
  std::optional<double> params, tokens, requests, power_w;
  // Some work or hardware is named, so that this is what is asked for.
  bool given() const { return !gpus.empty() || !instance.empty() || !hours.empty() || params || tokens || requests; }
};

// Adds them to the command `estimate`.
void add_estimate_ahead(CLI::App& estimate, Options& options);

}  // namespace olivine::cli
