// ls, show, explain, verify, rm, export: commands that read the ledger.
#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "apps/cli/app.h"
#include "apps/cli/commands.h"
#include "engine/assess.h"
#include "engine/run_intensity.h"
#include "engine/verify.h"

namespace olivine::cli {

// With the intensities that are best now; what the run's end kept stays in the ledger.
Result<RunRecord> record_of(const App& app, Ledger& ledger, const std::string& run) {
  OLIVINE_TRY(const RunRow row, ledger.find(run));
  if (row.removed)
    return fail(ErrorKind::kNotFound,
                fmt::format("run {} was removed at {}", row.start.run_id, format_utc(*row.removed)));
  OLIVINE_TRY(const StoredRun stored, ledger.load(row.start.run_id));
  OLIVINE_TRY(AssessmentInput input, input_of(stored));
  input.closing.intensities = better_of(input, find_intensities({&app.files, app.grid_data_path()}, input));
  return assess(input);
}

namespace {

// A command in the middle of which errors are values: prints the error of a failed Result and returns its exit code.
template <class T>
int finish(const Result<T>& result) {
  return result ? static_cast<int>(*result) : report_error(result.error());
}

int status_code(const RunRecord& record) { return record.status == "interrupted" ? kExitIncomplete : 0; }

RunListEntry entry_of(const RunRow& row) {
  RunListEntry e;
  e.run_id = row.start.run_id;
  e.name = row.start.name;
  e.project = row.start.project;
  e.started_at = row.start.started.wall;
  e.status = row.removed ? "removed" : row.end ? row.end->status : "running";
  if (row.end) {
    e.duration_s = static_cast<double>(row.end->ended_mono_ns - row.start.started.mono.ns) * 1e-9;
    e.record_json = row.end->record_json;
  }
  return e;
}

Result<int> list(App& app) {
  auto opened = open_history(app);
  if (!opened && opened.error().kind == ErrorKind::kNotFound && app.options.json) return print_json(app, "[]");
  if (!opened) return tl::unexpected<Error>(opened.error());
  OLIVINE_TRY(const auto rows, (*opened)->runs());
  const auto project = app.options.settings.find("project");
  std::vector<RunListEntry> entries;
  for (const RunRow& row : rows) {
    if (row.removed && !app.options.all) continue;
    if (project != app.options.settings.end() && row.start.project != project->second) continue;
    entries.push_back(entry_of(row));
  }
  return app.options.json ? print_json(app, render_list_json(entries)) : print(render_list(entries, app.style(false)));
}

Result<int> show(App& app) {
  OLIVINE_TRY(const auto ledger, open_history(app));
  OLIVINE_TRY(const RunRecord record, record_of(app, *ledger, app.options.run));
  const int code =
      app.options.json ? print_json(app, render_json(record)) : print(render_details(record, app.style(false)));
  return code != 0 ? code : status_code(record);
}

Result<int> explain(App& app) {
  OLIVINE_TRY(const auto ledger, open_history(app));
  OLIVINE_TRY(const RunRecord record, record_of(app, *ledger, app.options.run));
  OLIVINE_TRY(const std::string text, explain_figure(record, app.options.figure, app.style(false)));
  return print(text);
}

std::string verify_json(const std::string& run_id, const std::vector<Difference>& differences) {
  nlohmann::ordered_json j{{"schema", "olivine.verify/1"}, {"run_id", run_id}, {"ok", differences.empty()}};
  j["differences"] = nlohmann::ordered_json::array();
  for (const Difference& d : differences)
    j["differences"].push_back({{"key", d.key}, {"stored", d.stored}, {"recomputed", d.recomputed}});
  return j.dump(2, ' ', false, nlohmann::json::error_handler_t::replace);
}

Result<int> verify(App& app) {
  OLIVINE_TRY(const auto ledger, open_history(app));
  OLIVINE_TRY(const RunRow row, ledger->find(app.options.run));
  if (row.removed)
    return fail(ErrorKind::kNotFound, "run " + row.start.run_id + " was removed; nothing is left to verify");
  OLIVINE_TRY(const auto faults, ledger->check());
  OLIVINE_TRY(const StoredRun stored, ledger->load(row.start.run_id));
  OLIVINE_TRY(auto differences, verify_run(stored));
  for (const std::string& fault : faults) differences.push_back({"ledger", fault, "sound"});
  OLIVINE_TRY(const AssessmentInput input, input_of(stored));
  const DatasetCheck datasets = check_datasets({&app.files, app.grid_data_path()}, input);
  for (const std::string& gone : datasets.gone) say("olivine: " + gone + "\n");
  differences.insert(differences.end(), datasets.differing.begin(), datasets.differing.end());
  int code = 0;
  if (app.options.json) {
    code = print_json(app, verify_json(row.start.run_id, differences));
  } else {
    std::string text;
    for (const Difference& d : differences)
      text += fmt::format("{}: stored {}, recomputed {}\n", d.key, d.stored, d.recomputed);
    if (differences.empty())
      text = fmt::format("run {}: {} facts from {} segments reproduced; record identical\n", row.start.run_id,
                         stored.facts.size(), stored.segments.size());
    code = print(text);
  }
  if (code != 0) return code;
  return differences.empty() ? 0 : kExitNo;
}

Result<int> remove(App& app) {
  OLIVINE_TRY(const auto ledger, open_ledger(app));
  for (const std::string& run : app.options.runs) {
    OLIVINE_TRY(const RunRow row, ledger->find(run));
    if (!row.end && owner_lives(app.files, app.roots().procfs, row.start.boot_id, row.start))
      return fail(ErrorKind::kInvalid, "run " + row.start.run_id + " is still running; wait for its end");
    OLIVINE_CHECK_STATUS(ledger->remove(row.start.run_id, app.clock.now().wall));
    say(fmt::format("removed run {}\n", row.start.run_id));
  }
  return 0;
}

Result<int> export_runs(App& app) {
  OLIVINE_TRY(const auto ledger, open_history(app));
  std::vector<std::string> ids = app.options.runs;
  if (ids.empty()) {
    OLIVINE_TRY(const auto rows, ledger->runs());
    for (const RunRow& row : rows)
      if (!row.removed) ids.push_back(row.start.run_id);
  }
  const bool csv = app.options.format == "csv";
  if (const int code = print(csv ? render_csv_header() : "["); code != 0) return code;
  bool first = true;
  for (const std::string& id : ids) {
    OLIVINE_TRY(const RunRecord record, record_of(app, *ledger, id));
    const std::string text = csv ? render_csv_row(record) : (first ? "\n" : ",\n") + render_json(record);
    if (const int code = print(text); code != 0) return code;
    first = false;
  }
  return csv ? 0 : print("\n]\n");
}

}  // namespace

int ls_command(App& app) { return finish(list(app)); }
int show_command(App& app) { return finish(show(app)); }
int explain_command(App& app) { return finish(explain(app)); }
int verify_command(App& app) { return finish(verify(app)); }
int rm_command(App& app) { return finish(remove(app)); }
int export_command(App& app) { return finish(export_runs(app)); }

}  // namespace olivine::cli
