// The options of grid estimate-marginal, in a file of their own. Errors, Threads, Lifetime: as options.h.
#pragma once

#include "apps/cli/options.h"

namespace CLI {
class App;
}

namespace olivine::cli {

void add_estimate_marginal(CLI::App& grid, Options& o);

}  // namespace olivine::cli
