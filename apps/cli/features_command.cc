// features apply, ls, materialize, check: views and what the store holds of them.
#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <nlohmann/json.hpp>

#include "apps/cli/features_files.h"
#include "apps/cli/features_options.h"
#include "base/text.h"
#include "grid/features/civil_time.h"
#include "grid/features/cost.h"
#include "grid/features/materialise.h"
#include "grid/features/online.h"
#include "grid/features/quality.h"

namespace olivine::cli {
namespace {

using namespace features;  // NOLINT: this file is about nothing else
using Json = nlohmann::ordered_json;

std::string dumped(const Json& json) { return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace); }

Json json_or_null(const std::optional<double>& value) {
  Json json;  // null
  if (value.has_value()) json = value.value();
  return json;
}

Json cost_json(const FeatureCost& cost) {
  Json json{{"cpu_s", cost.cpu_s}, {"energy_j", nullptr}, {"basis", nullptr}, {"reason", cost.reason()}};
  if (cost.energy) {
    json["energy_j"] = in_joules(*cost.energy);
    json["basis"] = name_of(cost.basis);
  }
  return json;
}

double cpu_seconds() {
  timespec t{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

Json span_json(const std::optional<Materialised>& stored) {
  if (!stored) return nullptr;
  return {{"begin", timestamp_text(stored->begin_ns)},
          {"end", timestamp_text(stored->end_ns)},
          {"step_s", static_cast<double>(stored->step_ns) * 1e-9}};
}

std::string span_text(const std::optional<Materialised>& stored) {
  if (!stored) return "not materialized";
  return fmt::format("{} .. {} every {}", timestamp_text(stored->begin_ns), timestamp_text(stored->end_ns),
                     duration_text(stored->step_ns));
}

Result<int> apply(App& app) {
  OLIVINE_TRY(const std::string toml, read_text(app.files, app.options.text));
  OLIVINE_TRY(const auto views, parse_views(toml, app.options.text));
  OLIVINE_TRY(const auto file, open_features(app));
  OLIVINE_TRY(const auto applied,
              apply_views(*file, views, app.clock.now().wall, !app.options.of<FeaturesOptions>().dry_run));
  if (app.options.json) {
    Json json{{"schema", "olivine.features.apply/1"},
              {"dry_run", app.options.of<FeaturesOptions>().dry_run},
              {"views", Json::array()}};
    for (const Applied& a : applied) json["views"].push_back({{"view", a.id}, {"hash", a.hash}, {"added", a.added}});
    return print_json(app, dumped(json));
  }
  std::string text;
  for (const Applied& a : applied)
    text += fmt::format("{:<32} {}  {}\n", a.id, a.hash.substr(0, 12),
                        !a.added                                    ? "unchanged"
                        : app.options.of<FeaturesOptions>().dry_run ? "would be added"
                                                                    : "added");
  return print(text);
}

Result<int> list(App& app) {
  OLIVINE_TRY(const auto file, open_features(app));
  OLIVINE_TRY(const auto views, registered_views(*file));
  OLIVINE_TRY(const auto snapshots, snapshot_names(*file));
  Json json{{"schema", "olivine.features.ls/1"},
            {"store", file->path()},
            {"views", Json::array()},
            {"snapshots", Json::array()}};
  std::string text;
  for (const RegisteredView& r : views) {
    OLIVINE_TRY(const auto stored, materialised(*file, r));
    Json features = Json::array();
    for (const Feature& f : r.view.features)
      features.push_back({{"name", f.name}, {"transform", name_of(f.transform)}, {"unit", f.unit}});
    json["views"].push_back({{"view", r.view.id()},
                             {"hash", r.hash},
                             {"class", name_of(r.view.feature_class)},
                             {"description", r.view.description},
                             {"entity", r.view.entity},
                             {"source", r.view.source},
                             {"ttl_s", static_cast<double>(r.view.ttl_ns) * 1e-9},
                             {"lineage", r.view.lineage},
                             {"applied", timestamp_text(r.applied.ns)},
                             {"features", features},
                             {"materialized", span_json(stored)}});
    text += fmt::format("{:<28} {:<12} {:>3} features of {:<16} {}\n", r.view.id(), name_of(r.view.feature_class),
                        r.view.features.size(), printable(r.view.source), span_text(stored));
  }
  for (const Snapshot& s : snapshots) {
    json["snapshots"].push_back(
        {{"name", s.name}, {"hash", s.hash}, {"recipe", s.recipe}, {"made", timestamp_text(s.made.ns)}});
    text += fmt::format("snapshot {:<19} {}  {}\n", printable(s.name), s.hash, printable(s.recipe));
  }
  if (app.options.json) return print_json(app, dumped(json));
  if (text.empty())
    say(fmt::format("olivine: no feature view in {}; olivine features apply FILE.toml adds some\n", file->path()));
  return print(text);
}

Result<int> materialize(App& app) {
  const FeaturesOptions& o = app.options.of<FeaturesOptions>();
  OLIVINE_TRY(const auto file, open_features(app));
  OLIVINE_TRY(const RegisteredView view, find_view(*file, o.views.front()));
  OLIVINE_TRY(const Rows rows, source_rows(app, view.view, o.sources));
  MaterialiseOptions options;
  OLIVINE_TRY(options.begin_ns, time_option("--from", o.from));
  OLIVINE_TRY(options.end_ns, time_option("--to", o.to));
  OLIVINE_TRY(options.step_ns, duration_option("--step", o.step));
  options.backfill = o.backfill;
  OLIVINE_TRY(const auto online, open_online(app, *file, view));  // before anything is written: it may not be there
  const double before_s = cpu_seconds();
  OLIVINE_TRY(const MaterialiseReport report, materialise(*file, view, rows, options));
  OLIVINE_CHECK_STATUS(online->push(rows));
  const FeatureCost cost = feature_cost(cpu_seconds() - before_s, o.package_power_w);
  if (app.options.json) {
    return print_json(app, dumped({{"schema", "olivine.features.materialize/1"},
                                   {"view", view.view.id()},
                                   {"hash", view.hash},
                                   {"added", report.added},
                                   {"unchanged", report.unchanged},
                                   {"changed", report.changed},
                                   {"materialized", span_json(report.stored)},
                                   {"cost", cost_json(cost)}}));
  }
  return print(fmt::format("{}: {} rows added, {} unchanged, {} changed; {}\ncost: {:.3f} CPU s, energy {}\n",
                           view.view.id(), report.added, report.unchanged, report.changed, span_text(report.stored),
                           cost.cpu_s,
                           cost.energy ? fmt::format("{:.3g} J (user_stated power)", in_joules(*cost.energy))
                                       : fmt::format("unknown: {}", cost.reason())));
}

Result<QualityQuestion> question_of(const App& app, const Rows& rows) {
  const FeaturesOptions& o = app.options.of<FeaturesOptions>();
  OLIVINE_TRY(const auto step, duration_option("--step", o.step));
  OLIVINE_TRY(const auto from, time_option("--from", o.from));
  OLIVINE_TRY(const auto to, time_option("--to", o.to));
  OLIVINE_TRY(const auto split, time_option("--split", o.split));
  OLIVINE_TRY(const auto now, time_option("--now", o.now));
  QualityQuestion q{};
  q.step_ns = step.value_or(kNsPerHour);
  q.begin_ns = from.value_or(rows.first_event_ns());
  q.end_ns = to.value_or(rows.last_ingest_ns() + 1);
  q.split_ns = split.value_or(q.begin_ns + (q.end_ns - q.begin_ns) / 2);
  q.now_ns = now.value_or(app.clock.now().wall.ns);
  if (q.step_ns <= 0 || q.end_ns <= q.begin_ns)
    return fail(ErrorKind::kInvalid, "no time to check: --from must be before --to, --step longer than nothing");
  return q;
}

Result<int> check_view(App& app) {
  const FeaturesOptions& o = app.options.of<FeaturesOptions>();
  OLIVINE_TRY(const auto file, open_features(app));
  OLIVINE_TRY(const RegisteredView view, find_view(*file, o.views.front()));
  OLIVINE_TRY(const Rows rows, source_rows(app, view.view, o.sources));
  if (rows.size() == 0) return fail(ErrorKind::kInvalid, "the source has no rows");
  OLIVINE_TRY(const QualityQuestion question, question_of(app, rows));
  QualityLimits limits;
  limits.null_rate = o.max_null_rate.value_or(limits.null_rate);
  limits.psi = o.max_psi.value_or(limits.psi);
  OLIVINE_TRY(const auto findings, check_quality(view.view, rows, question, limits));
  const bool good = std::all_of(findings.begin(), findings.end(), [](const QualityFinding& f) { return f.good; });
  Json json{{"schema", "olivine.features.check/1"},
            {"view", view.view.id()},
            {"good", good},
            {"begin", timestamp_text(question.begin_ns)},
            {"split", timestamp_text(question.split_ns)},
            {"end", timestamp_text(question.end_ns)},
            {"findings", Json::array()}};
  std::string text;
  for (const QualityFinding& f : findings) {
    json["findings"].push_back({{"check", f.check},
                                {"subject", f.subject},
                                {"value", json_or_null(f.value)},
                                {"limit", json_or_null(f.limit)},
                                {"good", f.good},
                                {"note", f.note}});
    text += fmt::format("{:<4} {:<10} {:<28} {:>12} {:>10}  {}\n", f.good ? "ok" : "NO", f.check, printable(f.subject),
                        f.value ? fmt::format("{:.4g}", *f.value) : "unknown",
                        f.limit ? fmt::format("<= {:.4g}", *f.limit) : "", f.note);
  }
  const int printed = app.options.json ? print_json(app, dumped(json)) : print(text);
  return printed != 0 ? printed : good ? 0 : kExitNo;
}

int finished(const Result<int>& result) { return result ? *result : report_error(result.error()); }

}  // namespace

int features_apply_command(App& app) { return finished(apply(app)); }
int features_ls_command(App& app) { return finished(list(app)); }
int features_materialize_command(App& app) { return finished(materialize(app)); }
int features_check_command(App& app) { return finished(check_view(app)); }

}  // namespace olivine::cli
