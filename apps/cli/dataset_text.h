// Data sets of the series store as text and as JSON, for `grid import` and `grid data ls`.
//
// Units: as named. Errors: none. Threads: pure. Lifetime: values.
#pragma once

#include <string>
#include <vector>

#include "grid/store/series_file.h"

namespace olivine::cli {

std::string datasets_text(const std::vector<Dataset>& datasets);
// A JSON array (docs/schemas/grid_data.schema.json).
std::string datasets_json(const std::vector<Dataset>& datasets);

}  // namespace olivine::cli
