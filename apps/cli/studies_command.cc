// studies ls, show, run: published accounts computed again. Exit 1 when a row is out of its tolerance.
#include "account/studies/study.h"

#include <fmt/core.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "apps/cli/app.h"
#include "apps/cli/studies_options.h"
#include "base/text.h"
#include "report/text_layout.h"

namespace olivine::cli {
namespace {

using Json = nlohmann::ordered_json;

Json or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }
Json or_null(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

Json row_json(const StudyRow& row) {
  const ExpectedRow& e = row.expected;
  return {{"id", e.id},
          {"published", e.seen() ? Json(e.value) : Json(nullptr)},
          {"printed", e.seen() ? Json(e.printed) : Json(nullptr)},
          {"check", e.seen() ? Json(nullptr) : Json(e.value)},
          {"unit", e.unit},
          {"recomputed", or_null(row.recomputed)},
          {"difference", or_null(row.difference)},
          {"tolerance", e.tolerance.text},
          {"state", name_of(row.state)},
          {"mark", e.mark},
          {"source", or_null(e.source)},
          {"why", or_null(e.why)},
          {"reason", or_null(row.reason)}};
}

Json counts_json(const std::vector<StudyReport>& reports) {
  Json counts = Json::object();
  for (const StudyRowState state :
       {StudyRowState::kOk, StudyRowState::kSlip, StudyRowState::kOut, StudyRowState::kSkipped}) {
    std::size_t sum = 0;
    for (const StudyReport& report : reports) sum += report.count(state);
    counts[std::string(name_of(state))] = sum;
  }
  return counts;
}

std::string reports_json(const std::vector<StudyReport>& reports) {
  Json list = Json::array();
  for (const StudyReport& report : reports) {
    Json rows = Json::array();
    for (const StudyRow& row : report.rows) rows.push_back(row_json(row));
    list.push_back({{"name", report.name}, {"title", report.title}, {"counts", counts_json({report})}, {"rows", rows}});
  }
  return Json{{"schema", "olivine.studies/1"}, {"counts", counts_json(reports)}, {"studies", list}}.dump(
      2, ' ', false, Json::error_handler_t::replace);
}

std::string counts_text(const std::vector<StudyReport>& reports) {
  std::string text;
  const Json counts = counts_json(reports);
  for (const auto& [state, count] : counts.items())
    if (count.get<std::size_t>() > 0)
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count.get<std::size_t>(),
                          state == "slip"  ? "slips of the papers"
                          : state == "out" ? "out of tolerance"
                                           : state);
  return text.empty() ? "no rows" : text;
}

std::string report_text(const StudyReport& report, const TextStyle& style) {
  TextTable table({{"row", 44},
                   {"published", 16, true},
                   {"recomputed", 14, true},
                   {"unit", 8},
                   {"difference", 12, true},
                   {"tolerance", 10, true},
                   {"", 8},
                   {"why", 200}});
  for (const StudyRow& row : report.rows) {
    const ExpectedRow& e = row.expected;
    const std::string why = row.reason.empty() ? e.why : e.why.empty() ? row.reason : e.why + "; " + row.reason;
    table.add({e.id, e.seen() ? e.printed : "-", row.recomputed ? study_number(*row.recomputed) : "unknown",
               e.unit == "1" ? "" : e.unit, study_difference(row), e.tolerance.text, std::string(name_of(row.state)),
               why});
  }
  return fmt::format("{}\n{}  {}: {}\n\n", bold(report.title, style), table.render(style), report.name,
                     counts_text({report}));
}

Result<std::vector<Study>> wanted(const App& app) {
  if (app.options.all) return all_studies();
  if (app.options.of<StudiesOptions>().names.empty())
    return fail(ErrorKind::kInvalid, "studies run: name a study, or --all; olivine studies ls lists them");
  std::vector<Study> studies;
  for (const std::string& name : app.options.of<StudiesOptions>().names) {
    OLIVINE_TRY(Study study, find_study(name));
    studies.push_back(std::move(study));
  }
  return studies;
}

}  // namespace

int studies_ls_command(App& app) {
  const std::vector<Study> studies = all_studies();
  if (app.options.json) {
    Json list = Json::array();
    for (const Study& study : studies) {
      Json files = Json::array();
      for (const StudyFile& file : study.manifests) files.push_back(file.path.substr(file.path.find('/') + 1));
      list.push_back({{"name", study.name}, {"title", study.title}, {"manifests", files}});
    }
    return print_json(app, Json{{"schema", "olivine.studies_ls/1"}, {"studies", list}}.dump(2));
  }
  TextTable table({{"name", 24}, {"study", 100}});
  for (const Study& study : studies) table.add({study.name, study.title});
  return print(table.render(app.style(false)));
}

int studies_show_command(App& app) {
  const StudiesOptions& o = app.options.of<StudiesOptions>();
  const auto study = find_study(o.name);
  if (!study) return report_error(study.error());
  std::vector<std::string> known{"expected.csv", "README.md"};
  for (const StudyFile& file : study->manifests) {
    known.emplace_back(file.path.substr(file.path.find('/') + 1));
    if (known.back() == (o.file.empty() ? "account.toml" : o.file)) return print(std::string(file.text));
  }
  if (o.file == "expected.csv") return print(std::string(study->expected));
  if (o.file == "README.md") return print(std::string(study->readme));
  std::sort(known.begin(), known.end());
  return report_error({ErrorKind::kNotFound, fmt::format("study {} has no file \"{}\"; it has {}", study->name,
                                                         printable(o.file), joined(known, ", "))});
}

int studies_run_command(App& app) {
  const auto studies = wanted(app);
  if (!studies) return report_error(studies.error());
  std::vector<StudyReport> reports;
  for (const Study& study : *studies) {
    auto report = run_study(study, {app.files, app.options.of<StudiesOptions>().data});
    if (!report) return report_error(report.error());
    reports.push_back(std::move(*report));
  }
  int code = 0;
  if (app.options.json) {
    code = print_json(app, reports_json(reports));
  } else if (app.options.of<StudiesOptions>().markdown) {
    code = print(studies_markdown(reports));
  } else {
    std::string text;
    for (const StudyReport& report : reports) text += report_text(report, app.style(false));
    if (reports.size() > 1) text += fmt::format("{} studies: {}\n", reports.size(), counts_text(reports));
    code = print(text);
  }
  if (code != 0) return code;
  const bool out = std::any_of(reports.begin(), reports.end(),
                               [](const StudyReport& r) { return r.count(StudyRowState::kOut) > 0; });
  return out ? kExitNo : 0;
}

}  // namespace olivine::cli
