// The part of the command line that options_grid.cc adds. Units, errors, threads, lifetime: as options.h.
#pragma once

#include "apps/cli/options.h"

namespace CLI {
class App;
}

namespace olivine::cli {

void add_grid_services(CLI::App& grid, Options& options);

}  // namespace olivine::cli
