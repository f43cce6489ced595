// A study: the account of a published paper beside what the paper printed. studies/NAME holds manifests, expected.csv and README.md.
//
//   Study bloom = *find_study("bloom");
//   StudyReport report = *run_study(bloom, {.files = files, .data_folder = ""});
//   report.rows[0]: 433,196 kWh published, 433196 recomputed, ok
//
// Inputs are in the manifests and results only in expected.csv, so a row can only agree by arithmetic. A raw log that is not shipped
// is read from `data_folder`; without it its rows are skipped, with the reason.
//
// Units: those of each row. Errors: kNotFound with the nearest known name; kInvalid when a manifest is not accepted: a study that
// cannot be evaluated is a failure, not a row. Threads: one. Lifetime: studies point into the program's own files.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "account/studies/expected_rows.h"
#include "account/studies/study_files.h"
#include "base/file_system.h"

namespace olivine {

struct Study {
  std::string name;                      // "bloom"
  std::string title;                     // first line of its README
  std::vector<StudyFile> manifests;      // account.toml first
  std::string_view expected, readme;
};
std::vector<Study> all_studies(std::span<const StudyFile> files = study_files());
Result<Study> find_study(std::string_view name);

struct StudyReport {
  std::string name, title;
  std::vector<StudyRow> rows;
  std::size_t count(StudyRowState state) const;
};
struct StudyInputs {
  FileSystem& files;
  std::string data_folder;  // holds impact_tracker/; "" when there is none
};
Result<StudyReport> run_study(const Study& study, const StudyInputs& inputs);

// The table of all rows as docs/methods/studies.md prints it.
std::string studies_markdown(const std::vector<StudyReport>& reports);
// "433196", "24.692", "3.1457e+23": at most seven digits, no more than are needed.
std::string study_number(double value);
// "+0.01 %"; "0" when it is smaller than a hundred-millionth; "" when there is none.
std::string study_difference(const StudyRow& row);

}  // namespace olivine
