// fleet: energy, carbon and waste of many activities.
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>

#include "apps/cli/app.h"
#include "apps/cli/fleet_inputs.h"
#include "apps/cli/fleet_options.h"
#include "apps/cli/fleet_report.h"
#include "base/text.h"
#include "provenance/defaults.h"

namespace olivine::cli {
namespace {

// A bar on a terminal's stderr.
class RowBar {
 public:
  RowBar(const App& app, std::size_t rows)
      : wanted_(::isatty(STDERR_FILENO) == 1 && !app.options.quiet && rows > 100'000), rows_(rows) {}
  ~RowBar() {
    if (wanted_) say("\n");
  }
  RowBar(const RowBar&) = delete;
  RowBar& operator=(const RowBar&) = delete;
  void operator()(std::size_t done) const {
    if (!wanted_) return;
    const std::size_t filled = done * 30 / std::max<std::size_t>(rows_, 1);
    say(fmt::format("\rolivine: [{}{}] {} of {} activities", std::string(filled, '#'), std::string(30 - filled, ' '),
                    done, rows_));
  }

 private:
  bool wanted_;
  std::size_t rows_;
};

WallInterval span_of(const ActivityTable& table) {
  constexpr std::int64_t kNs = 1'000'000'000;
  return {{*std::min_element(table.begin_s.begin(), table.begin_s.end()) * kNs},
          {*std::max_element(table.end_s.begin(), table.end_s.end()) * kNs}};
}

// Idle hours of what there is, at the catalogue's idle share of the design power.
Result<std::vector<FleetCapacity>> capacities(const App& app, const ActivityTable& table, const FleetInputs& in,
                                              WallInterval span) {
  OLIVINE_TRY(const auto said, named_numbers("--capacity", app.options.of<FleetArguments>().capacity));
  std::vector<FleetCapacity> out;
  const auto idle = default_value("gpu_idle_fraction").value_or(Default{});
  const double hours = static_cast<double>(span.end.ns - span.begin.ns) / 3.6e12;
  for (const NamedNumber& each : said) {
    const auto& words = table.device.words();
    const auto found = std::find(words.begin(), words.end(), each.name);
    if (found == words.end())
      return fail(ErrorKind::kNotFound,
                  fmt::format("--capacity: no activity holds a device '{}'", printable(each.name)));
    const auto id = static_cast<std::size_t>(found - words.begin());
    FleetCapacity c{each.name, each.value, each.value * hours, 0.0, false, 0.0, 0.0, 0.0};
    for (std::size_t i = 0; i < table.size(); ++i)
      if (table.device.ids()[i] == id && !std::isnan(table.devices[i])) c.used_hours += table.device_hours(i);
    if (const auto& power = in.devices[id]) {
      const double idle_h = std::max(0.0, c.capacity_hours - c.used_hours) / 1e3;
      c.known = true;
      c.idle_kwh = idle_h * power->w * idle.value / in.supply * in.pue;
      c.lower_kwh = idle_h * power->upper_w * idle.lower / in.supply_upper * in.pue_lower;
      c.upper_kwh = idle_h * power->upper_w * idle.upper / in.supply_lower * in.pue_upper;
      c.lower_kwh = std::min(c.lower_kwh, c.idle_kwh);
    }
    out.push_back(std::move(c));
  }
  return out;
}

Result<FleetReport> report_of(App& app) {
  FleetReport report;
  OLIVINE_TRY(report.by, fleet_by_from(app.options.of<FleetArguments>().by));
  OLIVINE_TRY(report.saved, named_numbers("--saved", app.options.of<FleetArguments>().saved));
  if (app.options.plot && report.by != FleetBy::kMonth)
    return fail(ErrorKind::kInvalid, "--plot draws months: add --by month");
  OLIVINE_TRY(const ActivityTable table, fleet_table(app));
  report.span = span_of(table);
  OLIVINE_TRY(FleetInputs inputs, fleet_inputs(app, table, report.span, report.sources));
  OLIVINE_TRY(report.capacity, capacities(app, table, inputs, report.span));
  std::vector<IntensityIntegral> series;
  for (FleetZone& zone : inputs.zones) series.push_back(std::move(zone.series));
  const BulkResult bulk = [&] {
    const RowBar bar(app, table.size());
    return evaluate_bulk(table, series, report.by, [&bar](std::size_t rows) { bar(rows); });
  }();
  report.view = fleet_view(table, bulk, inputs);
  return report;
}

}  // namespace

int fleet_command(App& app) {
  const auto report = report_of(app);
  if (!report) return report_error(report.error());
  const int code = app.options.json ? print_json(app, fleet_json(*report)) : print(fleet_text(*report));
  if (code != 0 || !app.options.plot) return code;
  return show_plot(app, fleet_plot(app, *report));
}

}  // namespace olivine::cli
