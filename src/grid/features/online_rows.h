// OnlineRows: where an online view keeps the rows of its entities. SQLite (beside the definitions) or Redis (redis_rows.h).
//
// Both keep the same bytes, so the answers are the same bit for bit.
//
// Units: UTC ns; cells as Rows. Errors: of the place. Threads: one user. Lifetime: within the file or connection.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "grid/features/store_file.h"

namespace olivine::features {

struct OnlineRow {
  std::int64_t event_ns = 0, ingest_ns = 0;
  std::vector<double> cells;  // of columns_of(view)
};

// The news of one entity: rows to add (the same event and ingest time again: its cells replace the old ones), and what may go.
struct OnlinePush {
  std::string entity;
  std::int64_t last_ingest_ns = 0, kept_after_ns = 0;  // rows with an event time up to kept_after_ns go
  std::vector<OnlineRow> rows;
};
struct KeptRows {
  std::int64_t kept_after_ns = 0;  // the latest of all pushes
  std::vector<OnlineRow> rows;     // by event, then ingest time
};

class OnlineRows {
 public:
  virtual ~OnlineRows() = default;
  virtual Status push(const std::vector<OnlinePush>& pushes) = 0;               // all or nothing
  virtual Result<std::optional<KeptRows>> read(const std::string& entity) = 0;  // absent: nothing was ever pushed of it
  // Whether somebody else may have pushed since this was last asked: then what was read before may be old.
  virtual Result<bool> changed_by_others() = 0;
};

std::unique_ptr<OnlineRows> sqlite_rows(StoreFile& file, std::int64_t view_number);

}  // namespace olivine::features
