// What the commands of `olivine features` share: the store's place, sources as files, times as options.
//
// Units: UTC ns. Errors: kInvalid names the option and what to type. Threads: one. Lifetime: values.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "apps/cli/app.h"
#include "grid/features/online.h"
#include "grid/features/registry.h"
#include "grid/features/rows.h"

namespace olivine::cli {

// --store, else $XDG_DATA_HOME/olivine/features/store.sqlite.
Result<std::unique_ptr<features::StoreFile>> open_features(const App& app);
// The online state of the view: in the store, or in Redis with --online (password from OLIVINE_REDIS_PASSWORD).
Result<std::unique_ptr<features::OnlineView>> open_online(const App& app, features::StoreFile& file,
                                                          const features::RegisteredView& view);
// The rows of the view's source: "FILE", or of several the "NAME=FILE" with its name.
Result<features::Rows> source_rows(const App& app, const features::FeatureView& view,
                                   const std::vector<std::string>& sources);
Result<std::optional<std::int64_t>> time_option(const std::string& flag,
                                                const std::string& text);  // absent when not given
Result<std::optional<std::int64_t>> duration_option(const std::string& flag, const std::string& text);  // the same
// These columns as CSV: of a CSV file (all of it, at most 1 GiB) or of a Parquet file, through DuckDB.
Result<std::string> read_table(const App& app, const std::string& path, const std::vector<std::string>& text_columns,
                               const std::vector<std::string>& number_columns);

}  // namespace olivine::cli
