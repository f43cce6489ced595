// Charts: a sparkline and a heat map for terminals, a line chart and a heat map as SVG. Plain values in, text out.
//
// What is not known stays visible as not known: a gap breaks the line, leaves a blank in the sparkline and an empty cell
// in the map. Every picture has its unit; a terminal without colour gets shades, one without UTF-8 gets ASCII.
//
//   sparkline({50, 60, {}, 90}, style)          ->  "▁▃ █"
//   sparkline_text(chart, style)                ->  "▁▃ █  50 .. 90 g/kWh, 2022-01-01 00:00 to 04:00 UTC, 1 of 4 not known"
//   heat_map_text(month_hour_map(...), ...)     ->  twelve rows of 24 cells and a legend
//
// The SVG has a title, axes with units, no script and no link; colours follow the reader's light or dark scheme. All text
// is escaped. A line of more points than pixels is drawn by the least and the greatest value of each pixel.
//
// Units: the caller's, named in `unit`; times in UTC. Errors: kInvalid when lengths differ, times do not rise, a value is not
// finite, beyond 1e15, or outside its band. Threads: pure. Lifetime: values.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "report/render.h"

namespace olivine {

using ChartValue = std::optional<double>;  // absent: not known

struct ChartLine {
  std::string name;                      // for the legend: "measured", "forecast"
  std::vector<ChartValue> values;        // one a time
  std::vector<ChartValue> lower, upper;  // band; both empty: none
};
struct LineChart {
  std::string title;  // "Carbon intensity of FR, average, lifecycle"
  std::string unit;   // "g CO2e/kWh"
  std::vector<WallTime>
      times;  // rising; each value holds from its time to the next, so a gap is a time without a value
  std::vector<ChartLine> lines;
  std::string band_name;                         // what bands mean: "90 % range"
  std::optional<WallTime> until = std::nullopt;  // where the last value ends; absent: not known, its time is shown
  std::vector<bool> marks = {};                  // one a time, or empty: a row below the sparkline, in the same columns
  std::string mark_name = {};                    // what a mark means
};

struct HeatMap {
  std::string title;
  std::string unit;
  std::vector<std::string> rows, columns;  // labels
  std::vector<ChartValue> cells;           // by rows
  std::string row_title, column_title;     // "month", "hour (UTC)"
  std::string gap_name = "not known";      // what a cell without a value means
};

// Means by month and hour of the day, UTC. A cell without a known value is not known.
Result<HeatMap> month_hour_map(std::string title, std::string unit, std::span<const WallTime> times,
                               std::span<const ChartValue> values);

// One character a value; more values than `style.width` are averaged in groups. ASCII: " _.-=*#".
std::string sparkline(std::span<const ChartValue> values, const TextStyle& style);
// One line a line of the chart: name, sparkline, least and greatest value, unit, times, how many are not known.
Result<std::string> sparkline_text(const LineChart& chart, const TextStyle& style);

enum class ColorDepth { kNone, k256, kTrueColor };
// From the style (which knows NO_COLOR and TERM=dumb) and the terminal's COLORTERM.
ColorDepth color_depth(const TextStyle& style, std::string_view colorterm);
// Cells of two characters: coloured, shaded or ASCII; blank is "not known". Title, labels, legend with unit.
Result<std::string> heat_map_text(const HeatMap& map, const TextStyle& style, ColorDepth depth);

Result<std::string> line_chart_svg(const LineChart& chart);
Result<std::string> heat_map_svg(const HeatMap& map);

}  // namespace olivine
