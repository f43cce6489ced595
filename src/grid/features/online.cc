#include "grid/features/online.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/text.h"
#include "grid/features/civil_time.h"

namespace olivine::features {

namespace {

// The statements of one push, prepared once.
struct OnlineWriter {
  static Result<OnlineWriter> of(StoreFile& file) {
    OLIVINE_TRY(Query insert,
                Query::of(file,
                          "INSERT INTO online_row(view, entity, event_ns, ingest_ns, cells) VALUES(?1,?2,?3,?4,?5)"
                          " ON CONFLICT DO UPDATE SET cells = excluded.cells"));
    OLIVINE_TRY(Query state,
                Query::of(file,
                          "INSERT INTO online_state(view, entity, last_ingest_ns, kept_after_ns) VALUES(?1,?2,?3,?4)"
                          " ON CONFLICT DO UPDATE SET last_ingest_ns = max(last_ingest_ns, excluded.last_ingest_ns),"
                          " kept_after_ns = max(kept_after_ns, excluded.kept_after_ns)"));
    OLIVINE_TRY(Query prune,
                Query::of(file, "DELETE FROM online_row WHERE view = ?1 AND entity = ?2 AND event_ns <= ?3"));
    return OnlineWriter{std::move(insert), std::move(state), std::move(prune)};
  }
  Query insert, state, prune;
};

}  // namespace

Result<std::unique_ptr<OnlineView>> OnlineView::open(StoreFile& file, const RegisteredView& registered) {
  return std::unique_ptr<OnlineView>(new OnlineView(file, registered));
}

Status OnlineView::push(const Rows& rows) {
  const auto wanted = columns_of(view_.view);
  if (rows.columns != wanted)
    return fail(ErrorKind::kInvalid,
                fmt::format("rows for view {} must have the columns that it reads", view_.view.id()));
  OLIVINE_TRY(StoreTransaction transaction, StoreTransaction::begin(file_));
  OLIVINE_TRY(OnlineWriter writer, OnlineWriter::of(file_));
  std::vector<std::int64_t> last(rows.entities.size(), -kMostTimeNs);
  for (std::size_t i = 0; i < rows.size(); ++i)
    last[rows.entity[i]] = std::max(last[rows.entity[i]], rows.ingest_ns[i]);
  const std::int64_t reach = reach_ns(view_.view);
  OnlineRow row{0, 0, std::vector<double>(wanted.size())};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows.event_ns[i] <= last[rows.entity[i]] - reach) continue;  // would be pruned at once
    row.event_ns = rows.event_ns[i];
    row.ingest_ns = rows.ingest_ns[i];
    for (std::size_t c = 0; c < wanted.size(); ++c) row.cells[c] = rows.values[c][i];
    OLIVINE_CHECK_STATUS(writer.insert.bind(view_.number)
                             .bind(rows.entities[rows.entity[i]])
                             .bind(row.event_ns)
                             .bind(row.ingest_ns)
                             .bind(row.cells)
                             .run());
  }
  for (std::size_t e = 0; e < rows.entities.size(); ++e) {
    if (last[e] == -kMostTimeNs) continue;
    const std::int64_t kept_after = last[e] - reach;
    OLIVINE_CHECK_STATUS(writer.state.bind(view_.number).bind(rows.entities[e]).bind(last[e]).bind(kept_after).run());
    OLIVINE_CHECK_STATUS(writer.prune.bind(view_.number).bind(rows.entities[e]).bind(kept_after).run());
  }
  OLIVINE_CHECK_STATUS(transaction.commit());
  for (std::size_t i = 0; i < rows.size(); ++i) {  // only now: what is in memory is in the file
    const auto state = states_.find(rows.entities[rows.entity[i]]);
    if (state == states_.end()) continue;
    for (std::size_t c = 0; c < wanted.size(); ++c) row.cells[c] = rows.values[c][i];
    row.event_ns = rows.event_ns[i];
    row.ingest_ns = rows.ingest_ns[i];
    state->second.push(row);
  }
  return {};
}

Result<EntityState*> OnlineView::state_for(const std::string& entity, std::int64_t time_ns) {
  if (const auto known = states_.find(entity); known != states_.end()) {
    if (known->second.time_ns() <= time_ns) return &known->second;
    states_.erase(known);  // back in time: begin again from the rows kept
  }
  {
    OLIVINE_TRY(Query query,
                Query::of(file_, "SELECT kept_after_ns FROM online_state WHERE view = ?1 AND entity = ?2"));
    OLIVINE_TRY(const bool known, query.bind(view_.number).bind(entity).next());
    if (!known)
      return fail(ErrorKind::kNotFound,
                  fmt::format("view {} has no rows of \"{}\"; olivine features materialize brings some",
                              view_.view.id(), printable(entity)));
    if (const std::int64_t first_ns = query.integer(0) + reach_ns(view_.view); time_ns < first_ns)
      return fail(ErrorKind::kInvalid,
                  fmt::format("view {} answers online from {} on; ask for an older time with --spine, from the source",
                              view_.view.id(), timestamp_text(first_ns)));
  }
  EntityState& state = states_.emplace(entity, EntityState(view_.view)).first->second;
  OLIVINE_TRY(Query query, Query::of(file_,
                                     "SELECT event_ns, ingest_ns, cells FROM online_row WHERE view = ?1 AND entity = "
                                     "?2 ORDER BY event_ns, ingest_ns"));
  query.bind(view_.number).bind(entity);
  while (true) {
    OLIVINE_TRY(const bool row, query.next());
    if (!row) return &state;
    state.push({query.integer(0), query.integer(1), query.cells(2)});
  }
}

Result<std::vector<double>> OnlineView::get(const std::string& entity, std::int64_t time_ns) {
  OLIVINE_TRY(EntityState* const state, state_for(entity, time_ns));
  return state->at(time_ns);
}

}  // namespace olivine::features
