#include "account/studies/study.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "account/expression/quantity_text.h"
#include "account/lifecycle/account.h"
#include "account/manifest/manifest.h"
#include "account/studies/tracker_log.h"
#include "base/text.h"

namespace olivine {
namespace {

// The logs' local time (shared with the logs: America/Los_Angeles in summer).
constexpr double kTrackerUtcOffsetHours = -7.0;

std::string title_of(std::string_view readme) {
  const std::string_view line = trim(readme.substr(0, readme.find('\n')));
  return std::string(line.starts_with("# ") ? line.substr(2) : line);
}

std::string_view stem_of(std::string_view path) {
  const std::string_view name = path.substr(path.find('/') + 1);
  return name.substr(0, name.rfind('.'));
}

class Evaluation {
 public:
  Evaluation(const Study& study, const StudyInputs& inputs) : study_(study), inputs_(inputs) {}

  Result<StudyAnswer> answer(const ExpectedRow& row) {
    if (row.from_log()) return answer_from_log(row);
    const auto found = accounts_.find(row.manifest);
    if (found == accounts_.end()) {
      OLIVINE_TRY(Account account, evaluated(row.manifest));
      return figure_of(accounts_.emplace(row.manifest, std::move(account)).first->second, row);
    }
    return figure_of(found->second, row);
  }

 private:
  Result<Account> evaluated(const std::string& stem) const {
    for (const StudyFile& file : study_.manifests) {
      if (stem_of(file.path) != stem) continue;
      OLIVINE_TRY(const Manifest manifest, parse_manifest(file.text, "studies/" + std::string(file.path)));
      AccountOptions options;
      options.samples = 0;  // papers print values, not ranges
      return evaluate_account(manifest, {}, options);
    }
    return fail(ErrorKind::kNotFound, fmt::format("study {} has no {}.toml", study_.name, printable(stem)));
  }

  Result<StudyAnswer> figure_of(const Account& account, const ExpectedRow& row) const {
    const AccountFigure* figure = account.find("figure." + row.figure);
    if (figure == nullptr) figure = account.find(row.figure);
    if (figure == nullptr) return fail(ErrorKind::kNotFound, fmt::format("study {}: {} has no figure {}", study_.name, row.manifest, row.figure));
    const MeasureUnit plain{"1", 1.0, kPlainNumber};
    MeasureUnit unit = plain;
    if (row.unit != "1") {
      OLIVINE_TRY(unit, parse_measure_unit(row.unit, {.currency = account.currency}));
    }
    if (!(unit.dimension == figure->dimension))
      return fail(ErrorKind::kInvalid, fmt::format("study {}: {} is in {}, not in {}", study_.name, row.id, figure->unit, row.unit));
    if (!figure->value) return StudyAnswer{std::nullopt, figure->reason, false};
    return StudyAnswer{*figure->value * figure->factor / unit.factor, "", false};
  }

  Result<StudyAnswer> answer_from_log(const ExpectedRow& row) {
    const std::string folder = inputs_.data_folder + "/impact_tracker";
    if (inputs_.data_folder.empty()) return StudyAnswer{std::nullopt, "needs the raw logs: name the folder of impact_tracker with --data", true};
    if (!logs_) {
      auto runs = read_tracker_folder(inputs_.files, folder, kTrackerUtcOffsetHours);
      if (!runs && runs.error().kind == ErrorKind::kNotFound) return StudyAnswer{std::nullopt, fmt::format("there are no raw logs in {}", printable(folder)), true};
      if (!runs) return tl::unexpected<Error>(std::move(runs).error());
      logs_ = std::move(*runs);
    }
    OLIVINE_TRY(const double value, tracker_figure(*logs_, row.manifest.substr(4), row.figure));
    return StudyAnswer{value, "", false};
  }

  const Study& study_;
  const StudyInputs& inputs_;
  std::map<std::string, Account, std::less<>> accounts_;
  std::optional<std::vector<TrackerRun>> logs_;
};

std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '|' ? std::string("\\|") : std::string(1, c);
  return out;
}

}  // namespace

std::vector<Study> all_studies(std::span<const StudyFile> files) {
  std::vector<Study> studies;
  for (const StudyFile& file : files) {
    const std::string_view name = file.path.substr(0, file.path.find('/'));
    if (studies.empty() || studies.back().name != name) studies.push_back({std::string(name), "", {}, {}, {}});
    Study& study = studies.back();
    const std::string_view own = file.path.substr(name.size() + 1);
    if (own == "expected.csv") study.expected = file.text;
    else if (own == "README.md") study.readme = file.text;
    else if (own == "account.toml") study.manifests.insert(study.manifests.begin(), file);
    else study.manifests.push_back(file);
  }
  for (Study& study : studies) study.title = title_of(study.readme);
  return studies;
}

Result<Study> find_study(std::string_view name) {
  std::vector<std::string> known;
  for (Study& study : all_studies()) {
    if (study.name == name) return std::move(study);
    known.push_back(study.name);
  }
  const std::string near = nearest(name, known);
  return fail(ErrorKind::kNotFound, fmt::format("there is no study \"{}\"; {}", printable(name), near.empty() ? "olivine studies ls lists them" : "did you mean " + near + "?"));
}

std::size_t StudyReport::count(StudyRowState state) const {
  return static_cast<std::size_t>(std::count_if(rows.begin(), rows.end(), [&](const StudyRow& row) { return row.state == state; }));
}

Result<StudyReport> run_study(const Study& study, const StudyInputs& inputs) {
  OLIVINE_TRY(std::vector<ExpectedRow> expected, parse_expected("studies/" + study.name + "/expected.csv", study.expected));
  StudyReport report{study.name, study.title, {}};
  Evaluation evaluation(study, inputs);
  for (ExpectedRow& row : expected) {
    OLIVINE_TRY(const StudyAnswer answer, evaluation.answer(row));
    report.rows.push_back(judge_row(std::move(row), answer));
  }
  return report;
}

std::string study_number(double value) {
  std::string text = fmt::format("{:.7g}", value);
  return std::abs(value) >= 1e6 && std::abs(value) < 1e9 ? fmt::format("{:.0f}", value) : text;
}

std::string study_difference(const StudyRow& row) {
  if (!row.difference) return "";
  const double percent = *row.difference * 100.0;
  if (std::abs(percent) < 1e-6) return "0";
  return std::abs(percent) < 0.01 ? fmt::format("{:+.1g} %", percent) : fmt::format("{:+.2f} %", percent);
}

std::string studies_markdown(const std::vector<StudyReport>& reports) {
  std::string text;
  for (const StudyReport& report : reports) {
    text += fmt::format("\n### {}\n\n`olivine studies run {}`\n\n| row | published | recomputed | unit | difference | tolerance | | source | why |\n|---|---|---|---|---|---|---|---|---|\n",
                        report.title, report.name);
    for (const StudyRow& row : report.rows) {
      const ExpectedRow& e = row.expected;
      const std::string why = row.reason.empty() ? e.why : e.why.empty() ? row.reason : e.why + "; " + row.reason;
      text += fmt::format("| {} | {} | {} | {} | {} | {} | {} | {} | {} |\n", cell(e.id), e.seen() ? e.printed : "-", row.recomputed ? study_number(*row.recomputed) : "-",
                          e.unit == "1" ? "" : e.unit, study_difference(row), e.tolerance.text, name_of(row.state), cell(e.source), cell(why));
    }
  }
  return text;
}

}  // namespace olivine
