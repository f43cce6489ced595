// features get: the online answer, a training set, stored rows, a snapshot; and what the features commands share.
#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "apps/cli/features_files.h"
#include "apps/cli/features_options.h"
#include "base/text.h"
#include "base/time.h"
#include "grid/features/civil_time.h"
#include "grid/features/compute.h"
#include "grid/features/materialise.h"
#include "grid/features/online.h"
#include "grid/features/parquet.h"
#include "grid/features/redis_rows.h"
#include "provenance/graph.h"

namespace olivine::cli {

using namespace features;  // NOLINT: this file is about nothing else

Result<std::unique_ptr<StoreFile>> open_features(const App& app) {
  if (!app.options.of<FeaturesOptions>().store.empty()) return StoreFile::open(app.options.of<FeaturesOptions>().store);
  return StoreFile::open(app.data_path("features/store.sqlite"));
}

Result<std::unique_ptr<OnlineView>> open_online(const App& app, StoreFile& file, const RegisteredView& view) {
  const std::string& url = app.options.of<FeaturesOptions>().online;
  if (url.empty()) return OnlineView::open(file, view);
  const auto place = redis_place(url);
  if (!place) return with_context(place.error(), "--online");
  OLIVINE_TRY(auto rows, redis_rows(*place, app.variable("OLIVINE_REDIS_PASSWORD"), view));
  return OnlineView::open(file, view, std::move(rows));
}

namespace {

Result<std::unique_ptr<DuckDb>> load_duckdb(const App& app) { return DuckDb::load(app.variable("OLIVINE_DUCKDB")); }

}  // namespace

Result<std::string> read_table(const App& app, const std::string& path, const std::vector<std::string>& text_columns,
                               const std::vector<std::string>& number_columns) {
  if (!is_parquet(path)) return read_text(app.files, path, std::size_t{1} << 30);
  OLIVINE_TRY(const auto duck, load_duckdb(app));
  return csv_from_parquet(*duck, path, text_columns, number_columns);
}

Result<Rows> source_rows(const App& app, const FeatureView& view, const std::vector<std::string>& sources) {
  std::string path;
  for (const std::string& source : sources) {
    if (source.starts_with(view.source + "=")) path = source.substr(view.source.size() + 1);
    if (sources.size() == 1 && source.find('=') == std::string::npos) path = source;
  }
  if (path.empty())
    return fail(ErrorKind::kInvalid,
                fmt::format("view {} reads the source \"{}\": say which file that is, --source {}=FILE", view.id(),
                            printable(view.source), printable(view.source)));
  OLIVINE_TRY(const std::string csv,
              read_table(app, path, {view.entity, view.event_time, view.ingest_time}, columns_of(view)));
  return rows_from_csv(csv, path, view);
}

Result<std::optional<std::int64_t>> time_option(const std::string& flag, const std::string& text) {
  if (text.empty()) return std::optional<std::int64_t>();
  const auto time = parse_timestamp(text);
  if (!time) return with_context(time.error(), flag);
  return std::optional<std::int64_t>(*time);
}

Result<std::optional<std::int64_t>> duration_option(const std::string& flag, const std::string& text) {
  if (text.empty()) return std::optional<std::int64_t>();
  const auto duration = parse_duration(text);
  if (!duration) return with_context(duration.error(), flag);
  return std::optional<std::int64_t>(duration->ns);
}

namespace {

using Json = nlohmann::ordered_json;

Result<int> put_csv(const App& app, const std::string& csv) {
  const std::string& path = app.options.of<FeaturesOptions>().output;
  if (path.empty()) return print(csv);
  if (is_parquet(path)) {
    OLIVINE_TRY(const auto duck, load_duckdb(app));
    OLIVINE_CHECK_STATUS(parquet_from_csv(*duck, csv, path));
    return 0;
  }
  OLIVINE_CHECK_STATUS(write_file(path, csv));
  return 0;
}

Result<std::vector<RegisteredView>> asked_views(const App& app, StoreFile& file) {
  std::vector<RegisteredView> views;
  for (const std::string& id : app.options.of<FeaturesOptions>().views) {
    OLIVINE_TRY(RegisteredView view, find_view(file, id));
    views.push_back(std::move(view));
  }
  if (views.empty())
    return fail(ErrorKind::kInvalid, "say which view: olivine features get VIEW ...; olivine features ls names them");
  return views;
}

Result<int> get_online(App& app, StoreFile& file) {
  const FeaturesOptions& o = app.options.of<FeaturesOptions>();
  OLIVINE_TRY(const auto views, asked_views(app, file));
  OLIVINE_TRY(const auto at, time_option("--at", o.at));
  const std::int64_t time_ns = at.value_or(app.clock.now().wall.ns);
  Json json{{"schema", "olivine.features.get/1"},
            {"entity", o.entity},
            {"time", timestamp_text(time_ns)},
            {"features", Json::array()}};
  std::string text;
  for (const RegisteredView& view : views) {
    OLIVINE_TRY(const auto online, open_online(app, file, view));
    OLIVINE_TRY(const auto values, online->get(o.entity, time_ns));
    for (std::size_t f = 0; f < values.size(); ++f) {
      const Feature& feature = view.view.features[f];
      const bool null = std::isnan(values[f]);
      json["features"].push_back({{"view", view.view.id()},
                                  {"name", feature.name},
                                  {"value", null ? Json(nullptr) : Json(values[f])},
                                  {"unit", feature.unit}});
      text += fmt::format("{:<28} {:>20} {}\n", feature.name, null ? "unknown" : shortest(values[f]),
                          printable(feature.unit));
    }
  }
  return app.options.json ? print_json(app, json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace))
                          : print(text);
}

// The features of all views beside one another, and how the table came about: hashes of views, sources and spine.
Result<int> get_training_set(App& app, StoreFile& file) {
  const FeaturesOptions& o = app.options.of<FeaturesOptions>();
  OLIVINE_TRY(const auto views, asked_views(app, file));
  const std::string& entity = views.front().view.entity;
  OLIVINE_TRY(const std::string spine_csv, read_table(app, o.spine, {entity, "time"}, {}));
  OLIVINE_TRY(const Spine spine, spine_from_csv(spine_csv, o.spine, entity));
  std::string recipe = fmt::format("spine {}", content_hash(spine_csv));
  std::set<std::string> names;
  Frame all;
  for (const RegisteredView& view : views) {
    if (view.view.entity != entity)
      return fail(ErrorKind::kInvalid, fmt::format("views {} and {} have different entities ({} and {})",
                                                   views.front().view.id(), view.view.id(), entity, view.view.entity));
    Rows rows;
    if (!columns_of(view.view).empty()) {
      OLIVINE_TRY(rows, source_rows(app, view.view, o.sources));
    }
    OLIVINE_TRY(Frame frame, compute(view.view, rows, spine));
    recipe += fmt::format("; {} {} of {} {}", view.view.id(), view.hash, view.view.source, hash_of(rows));
    for (std::size_t f = 0; f < frame.names.size(); ++f) {
      if (!names.insert(frame.names[f]).second)
        return fail(
            ErrorKind::kInvalid,
            fmt::format("two views have a feature {}; ask for them one by one, or name them apart", frame.names[f]));
      all.names.push_back(frame.names[f]);
      all.columns.push_back(std::move(frame.columns[f]));
    }
  }
  const std::string csv = csv_from_frame(spine, all, entity);
  if (!o.snapshot.empty()) {
    OLIVINE_TRY(const std::string hash, keep_snapshot(file, {o.snapshot, "", recipe, csv, app.clock.now().wall}));
    say(fmt::format("olivine: snapshot {} {}\n", printable(o.snapshot), hash));
  }
  return put_csv(app, csv);
}

Result<int> get_stored(App& app, StoreFile& file) {
  const FeaturesOptions& o = app.options.of<FeaturesOptions>();
  OLIVINE_TRY(const auto views, asked_views(app, file));
  if (views.size() != 1) return fail(ErrorKind::kInvalid, "stored features are of one view; --spine joins several");
  OLIVINE_TRY(const auto from, time_option("--from", o.from));
  OLIVINE_TRY(const auto to, time_option("--to", o.to));
  OLIVINE_TRY(const auto span, materialised(file, views.front()));
  if (!span)
    return fail(ErrorKind::kNotFound, fmt::format("view {} is not materialized; olivine features materialize {} "
                                                  "--source FILE, or ask with --entity or --spine",
                                                  views.front().view.id(), views.front().view.id()));
  OLIVINE_TRY(const auto stored,
              stored_features(file, views.front(), from.value_or(span->begin_ns), to.value_or(span->end_ns)));
  return put_csv(app, csv_from_frame(stored.spine, stored.frame, views.front().view.entity));
}

Result<int> get(App& app) {
  const FeaturesOptions& o = app.options.of<FeaturesOptions>();
  OLIVINE_TRY(const auto file, open_features(app));
  if (!o.entity.empty() && !o.spine.empty())
    return fail(ErrorKind::kInvalid, "--entity asks the online state, --spine the source: one of them");
  if (!o.online.empty() && o.entity.empty())
    return fail(ErrorKind::kInvalid, "--online is about the online state: add --entity NAME");
  if (app.options.json && o.entity.empty())
    return fail(ErrorKind::kInvalid, "--json goes with --entity; tables are CSV");
  if (!o.entity.empty()) return get_online(app, *file);
  if (!o.spine.empty()) return get_training_set(app, *file);
  if (o.snapshot.empty()) return get_stored(app, *file);
  OLIVINE_TRY(const Snapshot snapshot, find_snapshot(*file, o.snapshot));
  return put_csv(app, snapshot.content);
}

}  // namespace

int features_get_command(App& app) {
  const auto result = get(app);
  return result ? *result : report_error(result.error());
}

}  // namespace olivine::cli
