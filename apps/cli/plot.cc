#include "apps/cli/plot.h"

#include <fmt/core.h>

#include <array>

#include "base/text.h"
#include "report/chart.h"

namespace olivine::cli {
namespace {

constexpr std::array<const char*, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

ColorDepth depth_of(const App& app) { return color_depth(app.style(false), app.variable("COLORTERM")); }

HeatMap map_of(const MonthHourProfile& profile) {
  HeatMap map;
  map.title = fmt::format("Carbon intensity of {}, {}, {}, {}", profile.zone, name_of(profile.signal),
                          name_of(profile.boundary), profile.period);
  map.unit = profile.gases == "co2" ? "g CO2/kWh" : "g CO2e/kWh";
  map.row_title = "month";
  map.column_title = "hour (UTC)";
  for (const char* month : kMonths) map.rows.emplace_back(month);
  for (int hour = 0; hour < 24; ++hour) map.columns.push_back(std::to_string(hour));
  for (const auto& month : profile.g_per_kwh) map.cells.insert(map.cells.end(), month.begin(), month.end());
  return map;
}

}  // namespace

Result<Plot> plot_of(const App& app, const GridShow& show) {
  Plot plot;
  for (const GridFigure& figure : show.figures) {
    if (!figure.profile) continue;
    const HeatMap map = map_of(*figure.profile);
    OLIVINE_TRY(const std::string text, heat_map_text(map, app.style(false), depth_of(app)));
    plot.text += (plot.text.empty() ? "" : "\n") + text;
    if (!plot.svg.empty()) continue;
    OLIVINE_TRY(plot.svg, heat_map_svg(map));
  }
  if (plot.text.empty())
    return fail(ErrorKind::kNotFound,
                fmt::format("nothing to draw: no month x hour profile of {} is shipped", show.zone.key));
  return plot;
}

Result<Plot> plot_of(const App& app, const IntensitySeries& series, const std::string& title,
                     const std::string& band_name) {
  if (series.points.empty()) return fail(ErrorKind::kNotFound, "nothing to draw: the series has no points");
  LineChart chart;
  chart.title = title;
  chart.unit = "g CO2e/kWh";
  chart.band_name = band_name;
  ChartLine line{series.zone.empty() ? "intensity" : series.zone, {}, {}, {}};
  const auto add = [&](WallTime time, ChartValue value, ChartValue lower, ChartValue upper) {
    chart.times.push_back(time);
    line.values.push_back(value);
    line.lower.push_back(lower);
    line.upper.push_back(upper);
  };
  for (std::size_t i = 0; i < series.points.size(); ++i) {
    const IntensityPoint& p = series.points[i];
    add(p.begin, p.g_per_kwh, p.lower, p.upper);
    if (i + 1 < series.points.size() && series.points[i + 1].begin > p.end) add(p.end, {}, {}, {});  // a gap
  }
  chart.lines.push_back(std::move(line));
  chart.until = series.points.back().end;
  Plot plot;
  OLIVINE_TRY(plot.text, sparkline_text(chart, app.style(false)));
  OLIVINE_TRY(plot.svg, line_chart_svg(chart));
  return plot;
}

int show_plot(const App& app, const Result<Plot>& plot) {
  if (!plot) return report_error(plot.error());
  if (app.options.plot_file.empty()) return print("\n" + plot->text);
  if (const auto written = write_file(app.options.plot_file, plot->svg); !written) return report_error(written.error());
  say(fmt::format("picture: {}\n", printable(app.options.plot_file)));
  return 0;
}

}  // namespace olivine::cli
