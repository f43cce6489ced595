// Online: the serving side of a feature view. Rows come one by one, answers are ready at once.
//
// EntityState keeps the newest row and the windows of one entity and moves on with time; a row that is not visible yet waits.
// OnlineView keeps the rows, in SQLite or Redis, as far as they can still matter (reach_ns), so that a restarted service goes on
// where it was: a push is one transaction, and the state is a function of the rows alone. Windows are exact (ExactSum), so the
// answer is bit for bit that of compute() over the whole source.
//
//   OLIVINE_TRY(auto online, OnlineView::open(file, registered));
//   online.push(rows);                      // again after a crash: the same rows change nothing
//   online.get("PJM", now);                 // one value a feature; NaN is null
//
// Several programs may push and ask: an answer knows every push that was done before it.
// A row pushed with an ingest time that was already asked about counts from now on: what was answered stays answered.
// Units: as Rows. Errors: kInvalid for a time whose rows are no longer kept. Threads: one user.
// Lifetime: the file outlives the view.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "grid/features/online_rows.h"
#include "grid/features/registry.h"
#include "grid/features/rows.h"

namespace olivine::features {

// The features of one entity, in memory, moving on with time.
class EntityState {
 public:
  explicit EntityState(const FeatureView& view);
  ~EntityState();
  EntityState(EntityState&&) noexcept;
  EntityState& operator=(EntityState&&) = delete;
  void push(const OnlineRow& row);
  std::vector<double> at(std::int64_t time_ns);  // not before the last time asked for
  std::int64_t time_ns() const { return time_ns_; }

 private:
  struct Lane;
  const FeatureView* view_;
  std::vector<std::string> columns_;
  std::vector<std::unique_ptr<Lane>> lanes_;  // one an offset
  std::int64_t time_ns_, pushed_ = 0;
};

class OnlineView {
 public:
  // In the file of the definitions, or where `rows` keeps them.
  static Result<std::unique_ptr<OnlineView>> open(StoreFile& file, const RegisteredView& registered,
                                                  std::unique_ptr<OnlineRows> rows = nullptr);
  Status push(const Rows& rows);  // one transaction
  Result<std::vector<double>> get(const std::string& entity, std::int64_t time_ns);
  const FeatureView& view() const { return view_.view; }

 private:
  OnlineView(std::unique_ptr<OnlineRows> rows, const RegisteredView& registered)
      : rows_(std::move(rows)), view_(registered) {}
  Result<EntityState*> state_for(const std::string& entity, std::int64_t time_ns);

  std::unique_ptr<OnlineRows> rows_;
  RegisteredView view_;
  std::map<std::string, EntityState> states_;
};

}  // namespace olivine::features
