// The model registry: trained models as immutable files whose name is the hash of their content.
//
//   DIR/3f0c...e1.json    {"schema": "olivine.forecast_model/1", "zone": ..., "leads": [...], ...}
//
// A file says what was trained on what: zone, span, hash of the data, features, seed, settings' outcome (all coefficients and
// trees), XGBoost's version. The same data and seed give the same file. A changed byte is noticed: the name no longer fits.
//
// Units: log(g/kWh). Errors: kCorrupt when content and name differ or the file is no model, with the file; kUnsupported for
// another version. Threads: one user of the FileSystem. Lifetime: values.
#pragma once

#include <string>
#include <string_view>

#include "base/file_system.h"
#include "grid/forecast/forecast.h"

namespace olivine {

std::string model_json(const ModelRecord& record);
// "HASH.json" for this content.
std::string model_file_name(std::string_view json);
Result<ModelRecord> parse_model(std::string_view name, std::string_view json);
// Checks the content against the file's name.
Result<ModelRecord> read_model(FileSystem& files, const std::string& path);

// What the kept models say for the day of the grid after the last known one plus `lead`: [ridge, trees, trees_on_ridge], the latter two
// only with a library. kInvalid when the grid's features are not those of the record.
Result<std::vector<std::vector<double>>> predict_with(const ModelRecord& record, const DayGrid& grid, std::size_t lead,
                                                      const BoostedTrees::Library& library);

}  // namespace olivine
