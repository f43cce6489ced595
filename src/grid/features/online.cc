#include "grid/features/online.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/text.h"
#include "grid/features/civil_time.h"

namespace olivine::features {

Result<std::unique_ptr<OnlineView>> OnlineView::open(StoreFile& file, const RegisteredView& registered,
                                                     std::unique_ptr<OnlineRows> rows) {
  if (rows == nullptr) rows = sqlite_rows(file, registered.number);
  return std::unique_ptr<OnlineView>(new OnlineView(std::move(rows), registered));
}

Status OnlineView::push(const Rows& rows) {
  const auto wanted = columns_of(view_.view);
  if (rows.columns != wanted)
    return fail(ErrorKind::kInvalid,
                fmt::format("rows for view {} must have the columns that it reads", view_.view.id()));
  const std::int64_t reach = reach_ns(view_.view);
  std::vector<OnlinePush> news(rows.entities.size());
  for (std::size_t e = 0; e < news.size(); ++e) news[e] = {rows.entities[e], -kMostTimeNs, 0, {}};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::int64_t& last = news[rows.entity[i]].last_ingest_ns;
    last = std::max(last, rows.ingest_ns[i]);
  }
  for (OnlinePush& one : news) one.kept_after_ns = one.last_ingest_ns - reach;
  OnlineRow row{0, 0, std::vector<double>(wanted.size())};
  const auto take = [&](std::size_t i) {
    row.event_ns = rows.event_ns[i];
    row.ingest_ns = rows.ingest_ns[i];
    for (std::size_t c = 0; c < wanted.size(); ++c) row.cells[c] = rows.values[c][i];
  };
  for (std::size_t i = 0; i < rows.size(); ++i) {
    OnlinePush& one = news[rows.entity[i]];
    if (rows.event_ns[i] <= one.kept_after_ns) continue;  // would be pruned at once
    take(i);
    one.rows.push_back(row);
  }
  std::erase_if(news, [](const OnlinePush& one) { return one.last_ingest_ns == -kMostTimeNs; });
  OLIVINE_CHECK_STATUS(rows_->push(news));
  for (std::size_t i = 0; i < rows.size(); ++i) {  // only now: what is in memory is in the store
    const auto state = states_.find(rows.entities[rows.entity[i]]);
    if (state == states_.end()) continue;
    take(i);
    state->second.push(row);
  }
  return {};
}

Result<EntityState*> OnlineView::state_for(const std::string& entity, std::int64_t time_ns) {
  if (const auto known = states_.find(entity); known != states_.end()) {
    if (known->second.time_ns() <= time_ns) return &known->second;
    states_.erase(known);  // back in time: begin again from the rows kept
  }
  OLIVINE_TRY(const auto kept, rows_->read(entity));
  if (!kept)
    return fail(ErrorKind::kNotFound,
                fmt::format("view {} has no rows of \"{}\"; olivine features materialize brings some", view_.view.id(),
                            printable(entity)));
  if (const std::int64_t first_ns = kept->kept_after_ns + reach_ns(view_.view); time_ns < first_ns)
    return fail(ErrorKind::kInvalid,
                fmt::format("view {} answers online from {} on; ask for an older time with --spine, from the source",
                            view_.view.id(), timestamp_text(first_ns)));
  EntityState& state = states_.emplace(entity, EntityState(view_.view)).first->second;
  for (const OnlineRow& row : kept->rows) state.push(row);
  return &state;
}

Result<std::vector<double>> OnlineView::get(const std::string& entity, std::int64_t time_ns) {
  OLIVINE_TRY(const bool changed, rows_->changed_by_others());
  if (changed) states_.clear();
  OLIVINE_TRY(EntityState* const state, state_for(entity, time_ns));
  return state->at(time_ns);
}

}  // namespace olivine::features
