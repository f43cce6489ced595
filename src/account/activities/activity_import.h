// activity import: the files that schedulers, trackers and clouds leave behind, as an ActivityTable.
//
//   OLIVINE_TRY(ActivityImport found, import_activities(files, "jobs.txt", {.tool = ActivityTool::kSacct, .zone = "FR"}));
//   found.table.size();  found.skipped  // {"still running", 2 rows, first in line 17}
//
// The tool's own format is checked: a file of another tool, a missing column, a unit that cannot be right are errors with line,
// column, value and what to do. A row that is whole but is no finished activity (pending, running, another product of the
// bill) is skipped and counted under its reason. What a tracker counted keeps its name and version as evidence, and its own
// carbon beside ours; neither is trusted more than a statement by the user.
//
// Privacy: users are left out unless `users` says otherwise; kNumbered calls them user-1, user-2 in the order of the file,
// which nobody can turn back; job names and command lines are not read unless `model_column` names one.
//
// Units: as ActivityTable. Errors: as above, with the file's name in front. Memory: the rows, and 8 bytes for each to find
// repeated ones; text of any length is read in pieces. Threads: one. Lifetime: values.
// Formats and rules: docs/methods/activities.md.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "account/activities/activity_table.h"
#include "base/file_system.h"
#include "grid/import/byte_source.h"

namespace olivine {

enum class ActivityTool {
  kOlivine,
  kSacct,
  kCodecarbon,
  kEco2ai,
  kImpactTracker,
  kCarbontracker,
  kMlflow,
  kAwsCur,
  kGcpBilling
};
std::string_view name_of(ActivityTool tool);  // "sacct", "aws-cur", ...; kOlivine, our own form, is "olivine"
Result<ActivityTool> activity_tool_from(std::string_view name);

enum class UsersKept { kDropped, kNumbered, kKept };
Result<UsersKept> users_kept_from(std::string_view name);  // "drop", "number", "keep"

struct ActivityImportOptions {
  ActivityTool tool = ActivityTool::kOlivine;
  std::string zone{};                      // of rows that do not say one
  std::optional<std::int64_t> offset_s{};  // east of UTC, of times that do not say; absent: 0, with a note
  UsersKept users = UsersKept::kDropped;
  std::string phase{};                       // of all rows
  std::string model_column{};                // sacct: the column that names the model, e.g. JobName
  std::string energy_metric{};               // mlflow: the metric that holds an energy, its unit at its end: energy_kwh
  std::optional<ActivityPlane> plane{};      // of energies whose plane the tool does not say
  std::optional<double> begin_s{}, end_s{};  // impact-tracker: of the experiment, UTC
  std::string duckdb_library{};              // for Parquet (OLIVINE_DUCKDB)
  std::function<void(std::size_t lines)> progress{};  // now and then; may be empty
};

struct SkippedRows {
  std::size_t rows = 0, first_line = 0;
};

struct ActivityImport {
  ActivityTable table{};
  std::map<std::string, SkippedRows> skipped{};  // by reason
  std::size_t rows_read = 0;                     // of data, skipped ones included
  std::vector<std::string> notes{};              // what a reader must know, one sentence each
};

Result<ActivityImport> import_activities(FileSystem& files, const std::string& path,
                                         const ActivityImportOptions& options);
// The same of a text at hand, for the tools whose records are one file (all but an mlflow folder).
Result<ActivityImport> import_activities(ByteSource& source, const ActivityImportOptions& options);

}  // namespace olivine
