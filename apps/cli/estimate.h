// The modes of `olivine estimate`.
//
// Units: none. Errors: exit codes as options.h. Threads: one. Lifetime: none.
#pragma once

#include "apps/cli/app.h"

namespace olivine::cli {

// --gpus, --instance: before anything has run.
int estimate_ahead(App& app);
// --after-epochs: from the first epochs of a run.
int estimate_from_epochs(App& app);

}  // namespace olivine::cli
