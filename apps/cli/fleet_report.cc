#include "apps/cli/fleet_report.h"

#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "report/chart.h"
#include "units/format.h"

namespace olivine::cli {
namespace {

using Json = nlohmann::ordered_json;

std::string day(WallTime t) { return format_utc(t).substr(0, 10); }

std::string energy(const FleetFigures& f) {
  return (f.known ? "" : "at least ") + format_energy(kilowatt_hours(f.facility_kwh.mean()));
}
std::string carbon(const FleetFigures& f) {
  return (f.known ? "" : "at least ") + format_carbon(grams(f.grams.mean()));
}
std::string range(const FleetFigures& f) {
  return fmt::format("{} .. {}", format_carbon(grams(f.grams.lower())), format_carbon(grams(f.grams.upper())));
}
double useful_g(const FleetFigures& f) { return f.grams.mean() / f.useful_device_hours; }

std::string group_line(const FleetGroup& g, const FleetView& view) {
  const double share =
      view.total.facility_kwh.mean() > 0.0 ? g.figures.facility_kwh.mean() / view.total.facility_kwh.mean() : 0.0;
  return fmt::format("  {:<24}{:>10}{:>14}{:>20}{:>7.1f} %{:>20}   {}\n", printable(g.name.substr(0, 23)),
                     g.figures.rows, format_number(g.figures.device_hours), energy(g.figures), share * 100.0,
                     carbon(g.figures), range(g.figures));
}

std::string part_line(std::string_view name, const Spread& kwh, const Spread& g, const FleetFigures& total) {
  const double share = total.facility_kwh.mean() > 0.0 ? kwh.mean() / total.facility_kwh.mean() * 100.0 : 0.0;
  return fmt::format("  {:<24}{:>20}{:>7.1f} %{:>20}\n", name, format_energy(kilowatt_hours(kwh.mean())), share,
                     format_carbon(grams(g.mean())));
}

std::string waste_text(const FleetReport& r) {
  std::string text;
  for (const ActivityStatus status : {ActivityStatus::kFailed, ActivityStatus::kCancelled, ActivityStatus::kTimeout}) {
    const FleetFigures& f = r.view.by_status[static_cast<std::size_t>(status)];
    if (f.rows > 0) text += part_line(name_of(status), f.facility_kwh, f.grams, r.view.total);
  }
  if (r.view.total.unused_core_kwh.mean() > 0.0)
    text +=
        part_line("cores held, not used", r.view.total.unused_core_kwh, r.view.total.unused_core_grams, r.view.total);
  for (const FleetCapacity& c : r.capacity) {
    text += fmt::format("  {} of {} {}: {:.1f} % of their hours held", "utilisation", format_number(c.count),
                        printable(c.device), 100.0 * c.used_hours / c.capacity_hours);
    text += c.known ? fmt::format("; idle the rest: {} ({} .. {}) more, not in the total\n",
                                  format_energy(kilowatt_hours(c.idle_kwh)), format_energy(kilowatt_hours(c.lower_kwh)),
                                  format_energy(kilowatt_hours(c.upper_kwh)))
                    : "; their idle power is not known\n";
  }
  return text.empty() ? "" : "waste (parts of the total)\n" + text;
}

// Factors multiply: what would have been drawn without them, and the share of each in that by its logarithm.
std::string saved_text(const FleetReport& r) {
  if (r.saved.empty()) return "";
  double product = 1.0;
  std::string chain;
  for (const NamedNumber& step : r.saved) {
    product *= step.value;
    chain += fmt::format("{}{} {}x", chain.empty() ? "" : " x ", printable(step.name), format_number(step.value));
  }
  const double now = r.view.total.facility_kwh.mean();
  return fmt::format(
      "saved by optimisation: {} = {}x; without it the same work would have drawn {} (as said by --saved, not "
      "measured)\n",
      chain, format_number(product), format_energy(kilowatt_hours(now * product)));
}

std::string efficiency_text(const FleetReport& r) {
  if (r.by != FleetBy::kMonth || r.view.groups.size() < 2) return "";
  const FleetFigures &first = r.view.groups.front().figures, &last = r.view.groups.back().figures;
  if (!(first.useful_device_hours > 0.0 && last.useful_device_hours > 0.0)) return "";
  return fmt::format("over time: total carbon x {}, for a useful device hour x {} ({} g to {} g), {} to {}\n",
                     format_number(last.grams.mean() / first.grams.mean()),
                     format_number(useful_g(last) / useful_g(first)), format_number(useful_g(first)),
                     format_number(useful_g(last)), r.view.groups.front().name, r.view.groups.back().name);
}

Json spread_json(const Spread& s, bool known) {
  return {{"value", known ? Json(s.mean()) : Json(nullptr)},
          {"lower", s.lower()},
          {"upper", known ? Json(s.upper()) : Json(nullptr)}};
}

Json figures_json(const FleetFigures& f) {
  return {{"rows", f.rows},
          {"device_hours", f.device_hours},
          {"useful_device_hours", f.useful_device_hours},
          {"core_hours", f.core_hours},
          {"energy_node_kwh", spread_json(f.node_kwh, f.known)},
          {"energy_facility_kwh", spread_json(f.facility_kwh, f.known)},
          {"emissions_g", spread_json(f.grams, f.known)},
          {"unused_core_kwh", f.unused_core_kwh.mean()},
          {"g_per_useful_device_hour", f.known && f.useful_device_hours > 0.0 ? Json(useful_g(f)) : Json(nullptr)},
          {"share_priced_by_yearly_factor", f.hours_priced_by_factor},
          {"rows_without_any_hardware", f.nothing_known},
          {"energy_without_plane_kwh", f.no_plane_kwh},
          {"reported_gco2e", f.reported_rows == 0 ? Json(nullptr) : Json(f.reported_g)}};
}

}  // namespace

std::string fleet_text(const FleetReport& r) {
  const FleetFigures& t = r.view.total;
  std::string text = fmt::format("{} activities, {} to {} UTC: {} at the meter, {} CO2e ({})\n", t.rows,
                                 day(r.span.begin), day(r.span.end), energy(t), carbon(t), range(t));
  if (r.by != FleetBy::kAll) {
    text += fmt::format("  {:<24}{:>10}{:>14}{:>20}{:>9}{:>20}   {}\n", name_of(r.by), "rows", "device hours", "energy",
                        "share", "carbon", "95 % range");
    for (const FleetGroup& group : r.view.groups) text += group_line(group, r.view);
  }
  text += waste_text(r) + saved_text(r) + efficiency_text(r);
  if (!t.known)
    text += fmt::format(
        "not known: {}energy of devices without a power is missing, so sums are lower bounds\n",
        t.nothing_known > 0 ? fmt::format("{} activities say no hardware and no energy; ", t.nothing_known) : "");
  if (t.no_plane_kwh > 0.0)
    text += fmt::format(
        "not counted: {} of activities that do not say where their energy was counted; fill their column plane (chip, "
        "node_dc, node_ac, facility)\n",
        format_energy(kilowatt_hours(t.no_plane_kwh)));
  if (t.hours_priced_by_factor > 0.0005)
    text += fmt::format("{:.1f} % of the energy was priced by yearly factors, for no hourly series knows its time\n",
                        100.0 * t.hours_priced_by_factor);
  if (t.reported_rows > 0)
    text += fmt::format("trackers reported {} CO2e for {} of the activities: evidence, not used\n",
                        format_carbon(grams(t.reported_g)), t.reported_rows);
  text += "not counted: the rest of the nodes (fans, disks, network), embodied carbon, water\n";
  for (const std::string& source : r.sources) text += "source    " + source + "\n";
  return text;
}

std::string fleet_json(const FleetReport& r) {
  Json groups = Json::array(), by_status = Json::object(), capacity = Json::array(), saved = Json::array();
  for (const FleetGroup& g : r.view.groups) {
    Json group{{"name", g.name}};
    group.update(figures_json(g.figures));
    groups.push_back(std::move(group));
  }
  for (std::size_t i = 0; i < kActivityStatuses; ++i) {
    const std::string_view name = name_of(static_cast<ActivityStatus>(i));
    if (r.view.by_status[i].rows > 0)
      by_status[name.empty() ? "not said" : std::string(name)] = figures_json(r.view.by_status[i]);
  }
  for (const FleetCapacity& c : r.capacity)
    capacity.push_back(
        {{"device", c.device},
         {"count", c.count},
         {"utilisation", c.used_hours / c.capacity_hours},
         {"idle_kwh",
          c.known ? Json{{"value", c.idle_kwh}, {"lower", c.lower_kwh}, {"upper", c.upper_kwh}} : Json(nullptr)}});
  double product = 1.0;
  for (const NamedNumber& step : r.saved) {
    product *= step.value;
    saved.push_back({{"name", step.name}, {"factor", step.value}});
  }
  const Json json{{"schema", "olivine.fleet/1"},
                  {"by", name_of(r.by)},
                  {"begin", format_utc(r.span.begin)},
                  {"end", format_utc(r.span.end)},
                  {"total", figures_json(r.view.total)},
                  {"groups", groups},
                  {"by_status", by_status},
                  {"capacity", capacity},
                  {"saved",
                   {{"steps", saved},
                    {"factor", product},
                    {"avoided_kwh",
                     r.view.total.known ? Json(r.view.total.facility_kwh.mean() * (product - 1.0)) : Json(nullptr)}}},
                  {"not_counted", {"rest of the nodes (fans, disks, network)", "embodied carbon", "water"}},
                  {"sources", r.sources}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

Result<Plot> fleet_plot(const App& app, const FleetReport& r) {
  LineChart chart;
  chart.title = "Fleet by month: total carbon and carbon for a useful device hour (first month = 100)";
  chart.unit = "%";
  ChartLine total{"total carbon", {}, {}, {}}, useful{"for a useful device hour", {}, {}, {}};
  const FleetFigures& first = r.view.groups.front().figures;
  const auto begin_of = [](std::int64_t month) {
    const auto day =
        std::chrono::sys_days{std::chrono::year{static_cast<int>(month / 12)} / static_cast<int>(month % 12 + 1) / 1};
    return WallTime{std::int64_t{day.time_since_epoch().count()} * 86'400'000'000'000};
  };
  chart.until = begin_of(static_cast<std::int64_t>(r.view.groups.back().id) + 1);
  for (const FleetGroup& g : r.view.groups) {
    chart.times.push_back(begin_of(static_cast<std::int64_t>(g.id)));
    const auto relative = [](double value, double base) {
      return base > 0.0 && std::isfinite(value / base) ? ChartValue(100.0 * value / base) : ChartValue();
    };
    total.values.push_back(g.figures.known ? relative(g.figures.grams.mean(), first.grams.mean()) : ChartValue());
    useful.values.push_back(g.figures.known && g.figures.useful_device_hours > 0.0 && first.useful_device_hours > 0.0
                                ? relative(useful_g(g.figures), useful_g(first))
                                : ChartValue());
  }
  chart.lines = {std::move(total), std::move(useful)};
  Plot plot;
  OLIVINE_TRY(plot.text, sparkline_text(chart, app.style(false)));
  OLIVINE_TRY(plot.svg, line_chart_svg(chart));
  return plot;
}

}  // namespace olivine::cli
