// import: what a scheduler, a tracker or a bill recorded, as a table of activities.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "account/activities/activity_import.h"
#include "account/activities/activity_summary.h"
#include "apps/cli/activity_files.h"
#include "apps/cli/app.h"
#include "apps/cli/import_options.h"
#include "base/text.h"
#include "base/wall_time_text.h"
#include "grid/shipped.h"
#include "units/format.h"

namespace olivine::cli {
namespace {

using Json = nlohmann::ordered_json;

Result<double> seconds_of(const char* flag, const std::string& text) {
  const auto time = parse_wall_time(text);
  if (!time) return fail(time.error().kind, fmt::format("{}: {}", flag, time.error().message));
  return static_cast<double>(time->ns) * 1e-9;
}

Result<ActivityImportOptions> options_of(const App& app) {
  const ActivityImportArguments& said = app.options.of<ActivityImportArguments>();
  ActivityImportOptions o;
  OLIVINE_TRY(o.tool, activity_tool_from(said.tool));
  OLIVINE_TRY(o.users, users_kept_from(said.users));
  if (!said.zone.empty()) {
    OLIVINE_TRY(const GridZone zone, resolve_zone(said.zone));
    o.zone = zone.key;
  }
  if (!said.utc_offset.empty()) {
    OLIVINE_TRY(o.offset_s, parse_utc_offset(said.utc_offset));
  }
  if (!said.plane.empty()) {
    OLIVINE_TRY(o.plane, activity_plane_from(said.plane));
  }
  if (!said.begin.empty()) {
    OLIVINE_TRY(o.begin_s, seconds_of("--begin", said.begin));
  }
  if (!said.end.empty()) {
    OLIVINE_TRY(o.end_s, seconds_of("--end", said.end));
  }
  o.phase = said.phase;
  o.model_column = said.model_from;
  o.energy_metric = said.energy_metric;
  o.duckdb_library = app.variable("OLIVINE_DUCKDB");
  return o;
}

Json sum_json(const KnownSum& sum) {
  return {{"value", sum.rows == 0 ? Json(nullptr) : Json(sum.sum)}, {"rows", sum.rows}};
}

Json sums_json(const ActivitySums& s) {
  return {{"rows", s.rows},
          {"device_hours", sum_json(s.device_hours)},
          {"cpu_hours", sum_json(s.cpu_hours)},
          {"unused_cpu_hours", sum_json(s.unused_cpu_hours)},
          {"memory_gb_hours", sum_json(s.memory_gb_hours)},
          {"energy_kwh", sum_json(s.energy_kwh)},
          {"reported_gco2e", sum_json(s.reported_gco2e)}};
}

std::string status_name(std::size_t status) {
  const std::string_view name = name_of(static_cast<ActivityStatus>(status));
  return std::string(name.empty() ? "not said" : name);
}

std::string json_of(const App& app, const ActivityImport& found, const ActivitySummary& summary) {
  Json skipped = Json::array(), by_status = Json::object();
  for (const auto& [reason, rows] : found.skipped)
    skipped.push_back({{"reason", reason}, {"rows", rows.rows}, {"first_line", rows.first_line}});
  for (std::size_t i = 0; i < kActivityStatuses; ++i)
    if (summary.by_status[i].rows > 0) by_status[status_name(i)] = sums_json(summary.by_status[i]);
  const bool any = found.table.size() > 0;
  const Json json{{"schema", "olivine.import/1"},
                  {"tool", app.options.of<ActivityImportArguments>().tool},
                  {"file", app.options.of<ActivityImportArguments>().file},
                  {"output", app.options.of<ActivityImportArguments>().output.empty()
                                 ? Json(nullptr)
                                 : Json(app.options.of<ActivityImportArguments>().output)},
                  {"rows_read", found.rows_read},
                  {"activities", found.table.size()},
                  {"begin", any ? Json(format_utc({summary.begin_s * 1'000'000'000})) : Json(nullptr)},
                  {"end", any ? Json(format_utc({summary.end_s * 1'000'000'000})) : Json(nullptr)},
                  {"total", sums_json(summary.all)},
                  {"by_status", by_status},
                  {"zones", summary.zones},
                  {"device_hours", summary.device_hours},
                  {"skipped", skipped},
                  {"unknown",
                   {{"energy_rows", summary.without_energy},
                    {"hardware_rows", summary.without_hardware},
                    {"zone_rows", summary.zones.contains("") ? summary.zones.at("") : 0}}},
                  {"notes", found.notes}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

std::string counted(std::size_t n, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", n, n == 1 ? one : many);
}

std::string known(const KnownSum& sum, std::size_t rows, const std::string& shown) {
  if (sum.rows == 0) return "-";
  return sum.rows == rows ? shown : fmt::format("{} ({})", shown, counted(sum.rows, "row", "rows"));
}

std::string sums_line(const std::string& name, const ActivitySums& s) {
  return fmt::format("  {:<10}{:>9}  {:>22}  {:>22}  {}\n", name, s.rows,
                     known(s.device_hours, s.rows, format_number(s.device_hours.sum)),
                     known(s.cpu_hours, s.rows, format_number(s.cpu_hours.sum)),
                     known(s.energy_kwh, s.rows, format_energy(kilowatt_hours(s.energy_kwh.sum))));
}

std::string unknown_text(const ActivitySummary& summary) {
  std::string text;
  if (summary.without_energy > 0)
    text += fmt::format("not known energy of {}: it was not counted\n",
                        counted(summary.without_energy, "activity", "activities"));
  if (summary.without_hardware > 0)
    text += fmt::format("not known hardware of {}, so their energy cannot be had either\n",
                        counted(summary.without_hardware, "of them", "of them"));
  if (summary.zones.contains(""))
    text += fmt::format("not known zone of {}; --zone gives one\n",
                        counted(summary.zones.at(""), "activity", "activities"));
  return text;
}

std::string text_of(const App& app, const ActivityImport& found, const ActivitySummary& summary) {
  const ActivityTable& t = found.table;
  std::string text = fmt::format("{}: {} of {} rows are activities",
                                 printable(app.options.of<ActivityImportArguments>().file), t.size(), found.rows_read);
  if (t.size() > 0)
    text += fmt::format(", {} to {}", format_utc({summary.begin_s * 1'000'000'000}).substr(0, 16),
                        format_utc({summary.end_s * 1'000'000'000}).substr(0, 16) + " UTC");
  text += "\n";
  if (t.size() > 0) {
    text += fmt::format("  {:<10}{:>9}  {:>22}  {:>22}  {}\n", "status", "rows", "device hours", "core hours",
                        "energy counted");
    for (std::size_t i = 0; i < kActivityStatuses; ++i)
      if (summary.by_status[i].rows > 0) text += sums_line(status_name(i), summary.by_status[i]);
    text += sums_line("all", summary.all);
  }
  for (const auto& [device, hours] : summary.device_hours)
    text += fmt::format("device    {}: {} device hours\n", printable(device), format_number(hours));
  if (summary.all.reported_gco2e.rows > 0)
    text += fmt::format("reported  {} CO2e by the tool itself for {}: kept as evidence, not used\n",
                        format_carbon(grams(summary.all.reported_gco2e.sum)),
                        counted(summary.all.reported_gco2e.rows, "row", "rows"));
  for (const auto& [reason, rows] : found.skipped)
    text +=
        fmt::format("left out  {}, first line {}: {}\n", counted(rows.rows, "row", "rows"), rows.first_line, reason);
  text += unknown_text(summary);
  for (const std::string& note : found.notes) text += "note      " + printable(note) + "\n";
  return text;
}

}  // namespace

int import_command(App& app) {
  auto options = options_of(app);
  if (!options) return report_error(options.error());
  Result<ActivityImport> found = [&] {
    LineProgress progress(app);
    options->progress = progress.callback();
    return import_activities(app.files, app.options.of<ActivityImportArguments>().file, *options);
  }();
  if (!found) return report_error(found.error());
  const std::string& output = app.options.of<ActivityImportArguments>().output;
  const ActivitySummary summary = summarise(found->table);
  if (!output.empty())
    if (const Status written = write_activities(output, found->table); !written) return report_error(written.error());
  if (app.options.json && !(output == "-" && app.options.json_file.empty()))
    return print_json(app, json_of(app, *found, summary));
  const std::string text = text_of(app, *found, summary);
  if (output == "-") {
    say(text);
    return 0;
  }
  return print(text + (output.empty() ? "" : fmt::format("written   {}\n", printable(output))));
}

}  // namespace olivine::cli
