// Fuzzes the readers of activities: any bytes give a table that can be written and read again unchanged, or one printable
// line of error. The first byte chooses the tool, the second what the options say.
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "account/activities/activity_csv.h"
#include "account/activities/activity_import.h"
#include "account/activities/activity_summary.h"
#include "base/text.h"

namespace {

using namespace olivine;

void require(bool holds) {
  if (!holds) std::abort();
}

void check_error(const Error& error) {
  require(!error.message.empty() && error.message.size() < 2000);
  require(error.message == printable(error.message));
}

ActivityImportOptions options_of(std::uint8_t tool, std::uint8_t bits) {
  ActivityImportOptions options;
  options.tool = static_cast<ActivityTool>(tool % 9);
  if ((bits & 1) != 0) options.zone = "FR";
  if ((bits & 2) != 0) options.offset_s = 3600;
  options.users = (bits & 4) != 0 ? UsersKept::kKept : UsersKept::kNumbered;
  if ((bits & 8) != 0) options.energy_metric = "energy_kwh";
  if ((bits & 16) != 0) options.model_column = "JobName";
  if ((bits & 32) != 0) options.begin_s = 1572547147.0;
  if ((bits & 64) != 0) options.end_s = 1572548000.0;
  return options;
}

std::string csv_of(const ActivityTable& table) {
  std::string csv;
  write_activity_csv(table, [&](std::string_view text) {
    csv += text;
    return true;
  });
  return csv;
}

void check_table(const ActivityImport& found) {
  const ActivityTable& t = found.table;
  require(t.size() <= found.rows_read);
  for (std::size_t i = 0; i < t.size(); ++i) {
    require(activity_problem(t.at(i)).empty());
    require(t.begin_s[i] <= t.end_s[i]);
  }
  require(summarise(t).all.rows == t.size());
  for (const auto& [reason, rows] : found.skipped) require(!reason.empty() && rows.rows > 0);
  for (const std::string& note : found.notes) require(!note.empty());
  const std::string csv = csv_of(t);
  TextSource source(csv);
  const auto again = import_activities(source, {.tool = ActivityTool::kOlivine, .users = UsersKept::kKept});
  require(again.has_value());
  require(csv_of(again->table) == csv);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2 || size > 16'384) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 2, size - 2);
  const ActivityImportOptions options = options_of(data[0], data[1]);
  auto source = unpacked(std::make_unique<TextSource>(text), {std::size_t{1} << 22U, 100, std::size_t{1} << 18U});
  if (!source) return 0;
  const auto found = import_activities(**source, options);
  if (found)
    check_table(*found);
  else
    check_error(found.error());
  return 0;
}
