// The commands about grids, features and plans are a program of their own, libexec/olivine-grid, made of the same sources:
// `olivine run` sits in memory as long as the work does, and pages of code that it never runs would sit there with it.
// `olivine grid ...` becomes that program with the same arguments.
//
// Units: none. Errors: exit codes as everywhere. Threads: one. Lifetime: of main.
#pragma once

#include "apps/cli/app.h"

namespace olivine::cli {

// In olivine: becomes libexec/olivine-grid. In olivine-grid: carries the command out.
int grid_program(App& app);

}  // namespace olivine::cli
