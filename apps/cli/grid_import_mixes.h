// grid import of generation and exchanges: files in, intensities of production and consumption in the store.
//
// Units: as the files. Errors: as the readers and the store. Threads: one. Lifetime: within the call.
#pragma once

#include <string>
#include <vector>

#include "apps/cli/app.h"
#include "grid/store/series_store.h"

namespace olivine::cli {

std::string base_name(const std::string& path);
// Whether the files hold generation or exchanges: all of them or none; kInvalid otherwise.
Result<bool> are_mixes(const App& app);
int import_mixes_command(App& app);

// The bytes of a series under its zone's own key, by which everything else looks it up: "PJM" is kept as US-MIDA-PJM, and says so. A name
// that no table knows stays.
Result<std::string> packed(StoredSeries series, WallTime imported_at);
// Writes one data set after the other; an error says how many are kept whole.
Result<std::vector<Dataset>> keep_packed(SeriesStore& store, const std::vector<std::string>& packed);

}  // namespace olivine::cli
