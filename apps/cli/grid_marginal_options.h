// The options of grid estimate-marginal, in a file of their own. Errors, Threads, Lifetime: as options.h.
#pragma once

#include "apps/cli/options.h"

namespace CLI {
class App;
}

namespace olivine::cli {

struct App;

struct MarginalArguments {  // grid estimate-marginal, as typed
  std::string file, factors, regressors, by, boundary = "direct", zone;
};

void add_estimate_marginal(CLI::App& grid, Options& o);

int grid_estimate_marginal_command(App& app);

}  // namespace olivine::cli
