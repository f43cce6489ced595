// How a run of the ledger begins, be it a command of ours or a job of somebody else's scheduler: what was typed, and who keeps the record.
//
//   RunStart start = run_start(app, app.clock.now(), app.options.child);
//   start.name = ...; start.machine_json = ...; start.context_json = ...;    // these are the caller's
//
// Units: by type. Errors: none. Threads: one. Lifetime: values.
#pragma once

#include <string>
#include <vector>

#include "apps/cli/app.h"

namespace olivine::cli {

// `command` is redacted here, and left away but for its first word where the settings say so.
RunStart run_start(const App& app, const Now& now, const std::vector<std::string>& command);

}  // namespace olivine::cli
