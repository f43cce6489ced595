#include "account/activities/activity_import.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "account/activities/activity_readers.h"
#include "base/text.h"
#include "grid/features/parquet.h"

namespace olivine {
namespace {

constexpr std::array<std::string_view, 9> kTools{
    "olivine", "sacct", "codecarbon", "eco2ai", "impact-tracker", "carbontracker", "mlflow", "aws-cur", "gcp-billing"};
// A year of a large cluster is some gigabytes of text; a gzip bomb ends at 8 MiB.
constexpr InputLimits kActivityInput{std::size_t{1} << 36U, 100, std::size_t{8} << 20U};

Status read(ByteSource& source, ActivitySink& sink) {
  switch (sink.options().tool) {
    case ActivityTool::kOlivine: return read_olivine_activities(source, sink);
    case ActivityTool::kSacct: return read_sacct(source, sink);
    case ActivityTool::kCodecarbon: return read_codecarbon(source, sink);
    case ActivityTool::kEco2ai: return read_eco2ai(source, sink);
    case ActivityTool::kImpactTracker: return read_impact_tracker(source, sink);
    case ActivityTool::kCarbontracker: return read_carbontracker(source, sink);
    case ActivityTool::kMlflow: return read_mlflow_csv(source, sink);
    case ActivityTool::kAwsCur: return read_aws_cur(source, sink);
    case ActivityTool::kGcpBilling: return read_gcp_billing(source, sink);
  }
  return fail(ErrorKind::kInternal, "no reader of this tool");
}

// The columns of a cost report that are read, by the names that its Parquet form has.
Result<std::string> cur_csv(const std::string& path, const std::string& library) {
  OLIVINE_TRY(const auto duck, features::DuckDb::load(library));
  return features::csv_from_parquet(
      *duck, path,
      {"line_item_usage_account_id", "line_item_line_item_type", "line_item_usage_start_date",
       "line_item_usage_end_date", "line_item_product_code", "line_item_usage_type", "line_item_operation",
       "product_instance_type", "pricing_unit", "product_region_code"},
      {"line_item_usage_amount"});
}

Status read_path(FileSystem& files, const std::string& path, ActivitySink& sink) {
  const ActivityTool tool = sink.options().tool;
  if (tool == ActivityTool::kMlflow && files.list(path)) return read_mlflow_folder(files, path, sink);
  if (features::is_parquet(path)) {
    if (tool != ActivityTool::kAwsCur) return fail(ErrorKind::kInvalid, "only aws-cur is read from Parquet; write CSV");
    OLIVINE_TRY(const std::string csv, cur_csv(path, sink.options().duckdb_library));
    TextSource source(csv);
    return read(source, sink);
  }
  OLIVINE_TRY(const auto source, open_input(files, path, kActivityInput));
  return read(*source, sink);
}

}  // namespace

std::string_view name_of(ActivityTool tool) { return kTools[static_cast<std::size_t>(tool)]; }

Result<ActivityTool> activity_tool_from(std::string_view name) {
  const auto found = std::find(kTools.begin(), kTools.end(), name);
  if (found == kTools.end())
    return fail(ErrorKind::kInvalid,
                fmt::format("'{}' is none of {}", printable(name.substr(0, 60)), fmt::join(kTools, ", ")));
  return static_cast<ActivityTool>(found - kTools.begin());
}

Result<UsersKept> users_kept_from(std::string_view name) {
  if (name == "drop") return UsersKept::kDropped;
  if (name == "number") return UsersKept::kNumbered;
  if (name == "keep") return UsersKept::kKept;
  return fail(ErrorKind::kInvalid, fmt::format("'{}' is none of drop, number, keep", printable(name.substr(0, 60))));
}

Result<ActivityImport> import_activities(ByteSource& source, const ActivityImportOptions& options) {
  ActivitySink sink(options);
  OLIVINE_CHECK_STATUS(read(source, sink));
  return sink.finish();
}

Result<ActivityImport> import_activities(FileSystem& files, const std::string& path,
                                         const ActivityImportOptions& options) {
  ActivitySink sink(options);
  if (const Status done = read_path(files, path, sink); !done) {
    const bool named = done.error().message.find(path) != std::string::npos;
    return named ? tl::unexpected<Error>(done.error()) : with_context(done.error(), printable(path));
  }
  return sink.finish();
}

}  // namespace olivine
