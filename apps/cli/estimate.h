// The modes of `olivine estimate`.
//
// Units: none. Errors: exit codes as options.h. Threads: one. Lifetime: none.
#pragma once

#include "apps/cli/app.h"

namespace olivine::cli {

// --after-epochs: from the first epochs of a run.
int estimate_from_epochs(App& app);

}  // namespace olivine::cli
