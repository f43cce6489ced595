// Registry: the feature views that a store knows. A version, once applied, never changes.
//
//   apply {load@1}           added
//   apply {load@1}           unchanged
//   apply {load@1, ttl 24h}  kInvalid: "view load@1 is in use and cannot change (ttl: 48h -> 24h); give it version 2"
//
// Units: wall time in UTC. Errors: kInvalid as above; kNotFound names the nearest view. All views of one apply are taken, or
// none. Threads: one user. Lifetime: values; the file outlives the call.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "grid/features/store_file.h"
#include "grid/features/view.h"

namespace olivine::features {

struct RegisteredView {
  std::int64_t number = 0;  // the store's own
  FeatureView view;
  std::string hash;
  WallTime applied;
};

struct Applied {
  std::string id, hash;
  bool added = false;  // else it was there already, the same
};

// `commit` false: says what would happen and keeps nothing.
Result<std::vector<Applied>> apply_views(StoreFile& file, const std::vector<FeatureView>& views, WallTime now,
                                         bool commit);
Result<std::vector<RegisteredView>> registered_views(StoreFile& file);  // by name and version
// "load@2", or "load" for its highest version.
Result<RegisteredView> find_view(StoreFile& file, std::string_view id);

// A training set under a name that always means the same bytes.
struct Snapshot {
  std::string name, hash, recipe, content;
  WallTime made;
};
// The content hash of the snapshot; kInvalid when the name stands for other content.
Result<std::string> keep_snapshot(StoreFile& file, const Snapshot& snapshot);
Result<std::vector<Snapshot>> snapshot_names(StoreFile& file);  // by name, without their content
Result<Snapshot> find_snapshot(StoreFile& file,
                               const std::string& name);  // kCorrupt when the bytes are not those of the hash

}  // namespace olivine::features
