#include <utility>

#include "grid/features/online_rows.h"

namespace olivine::features {
namespace {

class SqliteRows final : public OnlineRows {
 public:
  SqliteRows(StoreFile& file, std::int64_t view) : file_(file), view_(view) {}

  Status push(const std::vector<OnlinePush>& pushes) override {
    OLIVINE_TRY(StoreTransaction transaction, StoreTransaction::begin(file_));
    OLIVINE_TRY(Query insert,
                Query::of(file_,
                          "INSERT INTO online_row(view, entity, event_ns, ingest_ns, cells) VALUES(?1,?2,?3,?4,?5)"
                          " ON CONFLICT DO UPDATE SET cells = excluded.cells"));
    OLIVINE_TRY(Query state,
                Query::of(file_,
                          "INSERT INTO online_state(view, entity, last_ingest_ns, kept_after_ns) VALUES(?1,?2,?3,?4)"
                          " ON CONFLICT DO UPDATE SET last_ingest_ns = max(last_ingest_ns, excluded.last_ingest_ns),"
                          " kept_after_ns = max(kept_after_ns, excluded.kept_after_ns)"));
    OLIVINE_TRY(Query prune,
                Query::of(file_, "DELETE FROM online_row WHERE view = ?1 AND entity = ?2 AND event_ns <= ?3"));
    for (const OnlinePush& one : pushes) {
      for (const OnlineRow& row : one.rows)
        OLIVINE_CHECK_STATUS(
            insert.bind(view_).bind(one.entity).bind(row.event_ns).bind(row.ingest_ns).bind(row.cells).run());
      OLIVINE_CHECK_STATUS(state.bind(view_).bind(one.entity).bind(one.last_ingest_ns).bind(one.kept_after_ns).run());
      OLIVINE_CHECK_STATUS(prune.bind(view_).bind(one.entity).bind(one.kept_after_ns).run());
    }
    return transaction.commit();
  }

  Result<std::optional<KeptRows>> read(const std::string& entity) override {
    KeptRows kept;
    {
      OLIVINE_TRY(Query query,
                  Query::of(file_, "SELECT kept_after_ns FROM online_state WHERE view = ?1 AND entity = ?2"));
      OLIVINE_TRY(const bool known, query.bind(view_).bind(entity).next());
      if (!known) return std::optional<KeptRows>();
      kept.kept_after_ns = query.integer(0);
    }
    OLIVINE_TRY(Query query, Query::of(file_,
                                       "SELECT event_ns, ingest_ns, cells FROM online_row WHERE view = ?1 AND entity = "
                                       "?2 ORDER BY event_ns, ingest_ns"));
    query.bind(view_).bind(entity);
    while (true) {
      OLIVINE_TRY(const bool row, query.next());
      if (!row) return std::optional<KeptRows>(std::move(kept));
      kept.rows.push_back({query.integer(0), query.integer(1), query.cells(2)});
    }
  }

  Result<bool> changed_by_others() override {
    OLIVINE_TRY(Query query, Query::of(file_, "PRAGMA data_version"));  // moves with commits of other connections only
    OLIVINE_TRY(const bool row, query.next());
    const std::int64_t version = row ? query.integer(0) : -1, before = std::exchange(version_, version);
    return version != before;
  }

 private:
  StoreFile& file_;
  std::int64_t view_, version_ = -1;
};

}  // namespace

std::unique_ptr<OnlineRows> sqlite_rows(StoreFile& file, std::int64_t view_number) {
  return std::make_unique<SqliteRows>(file, view_number);
}

}  // namespace olivine::features
