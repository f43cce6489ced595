// Materialise: features computed on a grid of times and kept in the store, so that many read what one computed.
//
// Idempotent: a feature at t depends on what was known at t and nothing later, so computing it again gives the same bytes,
// late rows or not. The watermark says up to where the rows are complete; rows and watermark are committed together, chunk by
// chunk, so a process that is killed leaves a valid store and the next one goes on behind the last chunk. A time counts as
// final once the source has a row with that ingest time or a later one; times beyond are refused, because rows that are
// still to come could change them.
//
//   stored [00:00, 12:00), source known to 18:20, step 1 h   ->  computes 12:00 ... 18:00, stored [00:00, 19:00)
//   again                                                     ->  nothing to do
//   begin 06:00, backfill                                     ->  06:00 ... computed again; says how many differ (0)
//
// Units: UTC ns. Errors: kInvalid for a grid that does not meet the stored one, a gap, a time that is not final, and for a
// stored row that comes out different without `backfill` (the source's past was rewritten). Threads: one user.
// Lifetime: the file outlives the call.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "grid/features/registry.h"
#include "grid/features/rows.h"

namespace olivine::features {

struct Materialised {  // what is stored: times begin, begin + step, ... < end, each for every entity known then
  std::int64_t begin_ns = 0, end_ns = 0, step_ns = 0;
  bool operator==(const Materialised&) const = default;
};

struct MaterialiseOptions {
  std::optional<std::int64_t> begin_ns,
      end_ns;                           // default: behind what is stored (else the first event), all that is final
  std::optional<std::int64_t> step_ns;  // default: the stored step, else 1 h
  bool backfill = false;                // rows that come out different are written again
  std::size_t chunk_rows = 10'000;
  std::function<void(bool committed)> progress;  // before and after each chunk's commit
};

struct MaterialiseReport {
  std::size_t added = 0, unchanged = 0, changed = 0;
  Materialised stored;
};

Result<MaterialiseReport> materialise(StoreFile& file, const RegisteredView& registered, const Rows& rows,
                                      const MaterialiseOptions& options);
Result<std::optional<Materialised>> materialised(StoreFile& file, const RegisteredView& registered);
// The stored features with begin <= time < end, by time and entity.
struct StoredFeatures {
  Spine spine;
  Frame frame;
};
Result<StoredFeatures> stored_features(StoreFile& file, const RegisteredView& registered, std::int64_t begin_ns,
                                       std::int64_t end_ns);

}  // namespace olivine::features
