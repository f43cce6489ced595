#include "grid/features/materialise.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstring>
#include <numeric>
#include <unordered_map>

#include "grid/features/civil_time.h"
#include "grid/features/compute.h"

namespace olivine::features {
namespace {

tl::unexpected<Error> refuse(const RegisteredView& registered, const std::string& why) {
  return fail(ErrorKind::kInvalid, fmt::format("view {}: {}", registered.view.id(), why));
}

// The first time on the grid from `origin` that is not before `time`.
std::int64_t on_grid(std::int64_t time_ns, std::int64_t origin_ns, std::int64_t step_ns) {
  const std::int64_t rest = ((time_ns - origin_ns) % step_ns + step_ns) % step_ns;
  return rest == 0 ? time_ns : time_ns + step_ns - rest;
}

// The times to compute, or why not.
Result<Materialised> planned(const RegisteredView& registered, const std::optional<Materialised>& stored,
                             const Rows& rows, const MaterialiseOptions& options) {
  const std::int64_t step = options.step_ns.value_or(stored ? stored->step_ns : kNsPerHour);
  if (step <= 0) return refuse(registered, "the step must be longer than nothing");
  if (stored && step != stored->step_ns)
    return refuse(registered, fmt::format("its rows have a step of {}, not {}", duration_text(stored->step_ns),
                                          duration_text(step)));
  const std::int64_t origin = stored ? stored->begin_ns : 0;
  const std::int64_t known_ns = rows.last_ingest_ns();
  Materialised plan{options.begin_ns.value_or(stored ? stored->end_ns : on_grid(rows.first_event_ns(), 0, step)), 0,
                    step};
  plan.end_ns = options.end_ns.value_or(std::max(plan.begin_ns, on_grid(known_ns + 1, origin, step)));
  if (stored && on_grid(plan.begin_ns, origin, step) != plan.begin_ns)
    return refuse(registered, fmt::format("{} is not on its grid, {} and every {}", timestamp_text(plan.begin_ns),
                                          timestamp_text(origin), duration_text(step)));
  const std::int64_t times = plan.end_ns > plan.begin_ns ? (plan.end_ns - plan.begin_ns - 1) / step + 1 : 0;
  plan.end_ns = plan.begin_ns + times * step;
  if (times > 0 && plan.end_ns - step > known_ns)
    return refuse(
        registered,
        fmt::format("{} is not final: the source is known to {} (its last ingest time), and what comes could change it",
                    timestamp_text(plan.end_ns - step), timestamp_text(known_ns)));
  if (stored && times > 0 && (plan.begin_ns > stored->end_ns || plan.end_ns < stored->begin_ns))
    return refuse(registered, fmt::format("a gap would stay: stored is {} to {}; begin or end there",
                                          timestamp_text(stored->begin_ns), timestamp_text(stored->end_ns)));
  return plan;
}

// Every entity at every time, by time, then by name.
Spine grid_spine(const Rows& rows, const Materialised& plan) {
  Spine spine;
  spine.entities = rows.entities;
  std::sort(spine.entities.begin(), spine.entities.end());
  for (std::int64_t t = plan.begin_ns; t < plan.end_ns; t += plan.step_ns)
    for (std::uint32_t e = 0; e < spine.entities.size(); ++e) spine.entity.push_back(e), spine.time_ns.push_back(t);
  return spine;
}

class Writer {
 public:
  static Result<Writer> of(StoreFile& file, const RegisteredView& registered, bool backfill) {
    OLIVINE_TRY(Query find,
                Query::of(file, "SELECT cells FROM feature_row WHERE view = ?1 AND time_ns = ?2 AND entity = ?3"));
    OLIVINE_TRY(Query put, Query::of(file,
                                     "INSERT INTO feature_row(view, time_ns, entity, cells) VALUES(?1,?2,?3,?4)"
                                     " ON CONFLICT DO UPDATE SET cells = excluded.cells"));
    OLIVINE_TRY(Query mark, Query::of(file,
                                      "INSERT INTO watermark(view, begin_ns, end_ns, step_ns) VALUES(?1,?2,?3,?4)"
                                      " ON CONFLICT DO UPDATE SET begin_ns = min(begin_ns, excluded.begin_ns),"
                                      " end_ns = max(end_ns, excluded.end_ns)"));
    return Writer(registered, backfill, std::move(find), std::move(put), std::move(mark));
  }
  Status row(std::int64_t time_ns, const std::string& entity, const std::vector<double>& cells) {
    OLIVINE_TRY(const bool there, find_.bind(registered_.number).bind(time_ns).bind(entity).next());
    if (there) {
      const auto old = find_.cells(0);
      OLIVINE_CHECK_STATUS(find_.run());
      const bool same = old.size() == cells.size() &&
                        (cells.empty() || std::memcmp(old.data(), cells.data(), cells.size() * sizeof(double)) == 0);
      if (same) return ++report.unchanged, Status{};
      if (!backfill_)
        return refuse(
            registered_,
            fmt::format(
                "the features of {} at {} come out different from those stored: the source's past was rewritten; "
                "--backfill writes them again",
                entity, timestamp_text(time_ns)));
    }
    ++(there ? report.changed : report.added);
    return put_.bind(registered_.number).bind(time_ns).bind(entity).bind(cells).run();
  }
  Status mark(const Materialised& span) {
    return mark_.bind(registered_.number).bind(span.begin_ns).bind(span.end_ns).bind(span.step_ns).run();
  }
  MaterialiseReport report;

 private:
  Writer(const RegisteredView& registered, bool backfill, Query find, Query put, Query mark)
      : registered_(registered),
        backfill_(backfill),
        find_(std::move(find)),
        put_(std::move(put)),
        mark_(std::move(mark)) {}
  const RegisteredView& registered_;
  bool backfill_;
  Query find_, put_, mark_;
};

// Below a stored begin the watermark may only move once the rows meet it, or a kill would leave a gap: such a backfill is
// written from its end to its begin.
Status write_chunks(StoreFile& file, Writer& writer, const Spine& spine, const Frame& frame, const Materialised& plan,
                    bool backwards, const MaterialiseOptions& options) {
  const std::size_t entities = spine.entities.size(), times = entities == 0 ? 0 : spine.size() / entities;
  const std::size_t chunk = std::max<std::size_t>(1, options.chunk_rows / std::max<std::size_t>(1, entities));
  std::vector<double> cells(frame.columns.size());
  for (std::size_t done = 0; done < times; done += chunk) {
    const std::size_t n = std::min(chunk, times - done), first = backwards ? times - done - n : done;
    OLIVINE_TRY(StoreTransaction transaction, StoreTransaction::begin(file));
    for (std::size_t row = first * entities; row < (first + n) * entities; ++row) {
      for (std::size_t c = 0; c < cells.size(); ++c) cells[c] = frame.columns[c][row];
      OLIVINE_CHECK_STATUS(writer.row(spine.time_ns[row], spine.entities[spine.entity[row]], cells));
    }
    const std::int64_t begin_ns = plan.begin_ns + static_cast<std::int64_t>(first) * plan.step_ns;
    OLIVINE_CHECK_STATUS(writer.mark({begin_ns, begin_ns + static_cast<std::int64_t>(n) * plan.step_ns, plan.step_ns}));
    if (options.progress) options.progress(false);
    OLIVINE_CHECK_STATUS(transaction.commit());
    if (options.progress) options.progress(true);
  }
  return {};
}

}  // namespace

Result<MaterialiseReport> materialise(StoreFile& file, const RegisteredView& registered, const Rows& rows,
                                      const MaterialiseOptions& options) {
  if (rows.size() == 0) return refuse(registered, "the source has no rows");
  OLIVINE_TRY(const auto stored, materialised(file, registered));
  OLIVINE_TRY(const Materialised plan, planned(registered, stored, rows, options));
  if (stored && plan.begin_ns < stored->begin_ns &&
      plan.end_ns > stored->end_ns) {  // forwards first, then down to the begin
    MaterialiseOptions part = options;
    part.begin_ns = stored->end_ns;
    OLIVINE_TRY(const MaterialiseReport ahead, materialise(file, registered, rows, part));
    part.begin_ns = plan.begin_ns, part.end_ns = stored->end_ns;
    OLIVINE_TRY(MaterialiseReport report, materialise(file, registered, rows, part));
    report.added += ahead.added, report.unchanged += ahead.unchanged, report.changed += ahead.changed;
    return report;
  }
  const Spine spine = grid_spine(rows, plan);
  OLIVINE_TRY(const Frame frame, compute(registered.view, rows, spine));
  OLIVINE_TRY(Writer writer, Writer::of(file, registered, options.backfill));
  const bool backwards = stored && plan.begin_ns < stored->begin_ns;
  OLIVINE_CHECK_STATUS(write_chunks(file, writer, spine, frame, plan, backwards, options));
  OLIVINE_TRY(const auto now_stored, materialised(file, registered));
  writer.report.stored = now_stored.value_or(plan);
  return writer.report;
}

Result<std::optional<Materialised>> materialised(StoreFile& file, const RegisteredView& registered) {
  OLIVINE_TRY(Query query, Query::of(file, "SELECT begin_ns, end_ns, step_ns FROM watermark WHERE view = ?1"));
  OLIVINE_TRY(const bool there, query.bind(registered.number).next());
  if (!there) return std::optional<Materialised>();
  return std::optional<Materialised>({query.integer(0), query.integer(1), query.integer(2)});
}

Result<StoredFeatures> stored_features(StoreFile& file, const RegisteredView& registered, std::int64_t begin_ns,
                                       std::int64_t end_ns) {
  OLIVINE_TRY(
      Query query,
      Query::of(file,
                "SELECT time_ns, entity, cells FROM feature_row WHERE view = ?1 AND time_ns >= ?2 AND time_ns < ?3"
                " ORDER BY time_ns, entity"));
  query.bind(registered.number).bind(begin_ns).bind(end_ns);
  StoredFeatures stored;
  for (const Feature& f : registered.view.features) stored.frame.names.push_back(f.name);
  stored.frame.columns.resize(stored.frame.names.size());
  std::unordered_map<std::string, std::uint32_t> ids;
  while (true) {
    OLIVINE_TRY(const bool row, query.next());
    if (!row) return stored;
    const std::string entity = query.text(1);
    const auto [place, is_new] = ids.try_emplace(entity, static_cast<std::uint32_t>(ids.size()));
    if (is_new) stored.spine.entities.push_back(entity);
    stored.spine.entity.push_back(place->second);
    stored.spine.time_ns.push_back(query.integer(0));
    const auto cells = query.cells(2);
    if (cells.size() != stored.frame.columns.size())
      return fail(ErrorKind::kCorrupt, fmt::format("feature store {}: a row of {} has {} cells, not {}", file.path(),
                                                   registered.view.id(), cells.size(), stored.frame.columns.size()));
    for (std::size_t c = 0; c < cells.size(); ++c) stored.frame.columns[c].push_back(cells[c]);
  }
}

}  // namespace olivine::features
