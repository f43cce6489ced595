#include "grid/features/registry.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "provenance/graph.h"

namespace olivine::features {
namespace {

constexpr const char* kSelect = "SELECT number, hash, definition, applied_ns FROM view ORDER BY name, version";

Result<RegisteredView> view_at(const StoreFile& file, const Query& query) {
  RegisteredView registered;
  registered.number = query.integer(0);
  registered.hash = query.text(1);
  registered.applied = {query.integer(3)};
  OLIVINE_TRY(registered.view, view_from_canonical(query.text(2)));
  if (hash_of(registered.view) != registered.hash)
    return fail(
        ErrorKind::kCorrupt,
        fmt::format(
            "feature store {}: the definition of {} is not the one that was applied (its hash differs); restore a copy",
            file.path(), registered.view.id()));
  return registered;
}

Result<Applied> apply_one(StoreFile& file, const std::vector<RegisteredView>& known, const FeatureView& view,
                          WallTime now) {
  OLIVINE_CHECK_STATUS(check(view));
  const std::string hash = hash_of(view), definition = canonical_text(view);
  for (const RegisteredView& other : known) {
    if (other.view.id() != view.id()) continue;
    if (other.hash == hash) return Applied{view.id(), hash, false};
    return fail(ErrorKind::kInvalid, fmt::format("view {} is in use and cannot change ({}); give it another version",
                                                 view.id(), differences(other.view, view)));
  }
  OLIVINE_TRY(Query insert,
              Query::of(file, "INSERT INTO view(name, version, hash, definition, applied_ns) VALUES(?1,?2,?3,?4,?5)"));
  OLIVINE_CHECK_STATUS(insert.bind(view.name).bind(view.version).bind(hash).bind(definition).bind(now.ns).run());
  return Applied{view.id(), hash, true};
}

}  // namespace

Result<std::vector<Applied>> apply_views(StoreFile& file, const std::vector<FeatureView>& views, WallTime now,
                                         bool commit) {
  OLIVINE_TRY(StoreTransaction transaction, StoreTransaction::begin(file));
  OLIVINE_TRY(const auto known, registered_views(file));
  std::vector<Applied> applied;
  for (const FeatureView& view : views) {
    OLIVINE_TRY(Applied one, apply_one(file, known, view, now));
    applied.push_back(std::move(one));
  }
  if (commit) OLIVINE_CHECK_STATUS(transaction.commit());
  return applied;
}

Result<std::vector<RegisteredView>> registered_views(StoreFile& file) {
  OLIVINE_TRY(Query query, Query::of(file, kSelect));
  std::vector<RegisteredView> views;
  while (true) {
    OLIVINE_TRY(const bool row, query.next());
    if (!row) return views;
    OLIVINE_TRY(RegisteredView view, view_at(file, query));
    views.push_back(std::move(view));
  }
}

Result<RegisteredView> find_view(StoreFile& file, std::string_view id) {
  OLIVINE_TRY(auto views, registered_views(file));
  RegisteredView* found = nullptr;
  std::vector<std::string> known;
  for (RegisteredView& each : views) {
    known.push_back(each.view.id());
    if (each.view.id() == id || each.view.name == id) found = &each;  // versions ascend: the last is the highest
  }
  if (found != nullptr) return std::move(*found);
  std::vector<std::string> names = known;
  for (const RegisteredView& each : views) names.push_back(each.view.name);
  const std::string near = nearest(id, names);
  return fail(ErrorKind::kNotFound,
              fmt::format("no feature view \"{}\" in {}; {}", printable(id), file.path(),
                          !near.empty()   ? "did you mean " + near + "?"
                          : known.empty() ? std::string("olivine features apply FILE.toml adds some")
                                          : fmt::format("there are: {}", fmt::join(known, ", "))));
}

Result<std::string> keep_snapshot(StoreFile& file, const Snapshot& snapshot) {
  const std::string hash = content_hash(snapshot.content);
  OLIVINE_TRY(StoreTransaction transaction, StoreTransaction::begin(file));
  {
    OLIVINE_TRY(Query query, Query::of(file, "SELECT hash FROM snapshot WHERE name = ?1"));
    OLIVINE_TRY(const bool there, query.bind(snapshot.name).next());
    if (there && query.text(0) == hash) return hash;
    if (there)
      return fail(
          ErrorKind::kInvalid,
          fmt::format("snapshot \"{}\" holds other content ({}, now {}); a snapshot never changes: take another name",
                      printable(snapshot.name), query.text(0), hash));
  }
  OLIVINE_TRY(Query insert,
              Query::of(file, "INSERT INTO snapshot(name, hash, recipe, content, made_ns) VALUES(?1,?2,?3,?4,?5)"));
  OLIVINE_CHECK_STATUS(
      insert.bind(snapshot.name).bind(hash).bind(snapshot.recipe).bind(snapshot.content).bind(snapshot.made.ns).run());
  OLIVINE_CHECK_STATUS(transaction.commit());
  return hash;
}

Result<std::vector<Snapshot>> snapshot_names(StoreFile& file) {
  OLIVINE_TRY(Query query, Query::of(file, "SELECT name, hash, recipe, made_ns FROM snapshot ORDER BY name"));
  std::vector<Snapshot> snapshots;
  while (true) {
    OLIVINE_TRY(const bool row, query.next());
    if (!row) return snapshots;
    snapshots.push_back({query.text(0), query.text(1), query.text(2), "", {query.integer(3)}});
  }
}

Result<Snapshot> find_snapshot(StoreFile& file, const std::string& name) {
  OLIVINE_TRY(Query query, Query::of(file, "SELECT hash, recipe, content, made_ns FROM snapshot WHERE name = ?1"));
  OLIVINE_TRY(const bool there, query.bind(name).next());
  if (!there)
    return fail(ErrorKind::kNotFound,
                fmt::format("no snapshot \"{}\" in {}; olivine features ls names them", printable(name), file.path()));
  Snapshot snapshot{name, query.text(0), query.text(1), query.text(2), {query.integer(3)}};
  if (content_hash(snapshot.content) != snapshot.hash)
    return fail(ErrorKind::kCorrupt,
                fmt::format("feature store {}: snapshot \"{}\" is damaged (its hash differs); restore a copy",
                            file.path(), printable(name)));
  return snapshot;
}

}  // namespace olivine::features
