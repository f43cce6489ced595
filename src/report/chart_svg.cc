// Charts as SVG: no script, no link, colours by the reader's scheme.
#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "report/chart_scale.h"
#include "report/figure_text.h"

namespace olivine {
namespace {

constexpr double kWidth = 860.0, kHeight = 380.0;
constexpr double kLeft = 70.0, kRight = 24.0, kTop = 64.0, kBottom = 50.0;
constexpr double kCellWidth = 28.0, kCellHeight = 24.0;
constexpr std::size_t kDensePoints = 1600;  // twice the pixels of the plot

constexpr std::string_view kStyle = R"css(<style>
svg { font-family: system-ui, "DejaVu Sans", sans-serif; font-size: 12px; }
.bg { fill: #ffffff; } .t { fill: #1f2328; } .m { fill: #59636e; } .h { font-size: 15px; font-weight: 600; }
.g { stroke: #d8dee4; fill: none; } .a { stroke: #59636e; fill: none; } .e { stroke: #8c959f; fill: none; }
.l { fill: none; stroke-width: 1.6; stroke-linejoin: round; } .b { stroke: none; fill-opacity: 0.2; }
.s0 { stroke: #0969da; } .s1 { stroke: #bc4c00; } .s2 { stroke: #1a7f37; } .s3 { stroke: #8250df; }
.f0 { fill: #0969da; } .f1 { fill: #bc4c00; } .f2 { fill: #1a7f37; } .f3 { fill: #8250df; }
.s1 { stroke-dasharray: 6 3; } .s2 { stroke-dasharray: 2 2; } .s3 { stroke-dasharray: 8 2 2 2; }
@media (prefers-color-scheme: dark) {
.bg { fill: #0d1117; } .t { fill: #e6edf3; } .m { fill: #9198a1; } .g { stroke: #30363d; } .a { stroke: #9198a1; } .e { stroke: #6e7681; }
.s0 { stroke: #58a6ff; } .s1 { stroke: #f0883e; } .s2 { stroke: #3fb950; } .s3 { stroke: #bc8cff; }
.f0 { fill: #58a6ff; } .f1 { fill: #f0883e; } .f2 { fill: #3fb950; } .f3 { fill: #bc8cff; }
}
</style>
)css";

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : printable(text)) switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      default: out += c;
    }
  return out;
}

std::string number(double value) {  // a coordinate
  std::string text = fmt::format("{:.1f}", value);
  if (text.ends_with(".0")) text.resize(text.size() - 2);
  return text == "-0" ? "0" : text;
}

std::string words(double x, double y, std::string_view classes, std::string_view anchor, std::string_view text) {
  return fmt::format("<text x=\"{}\" y=\"{}\" class=\"{}\" text-anchor=\"{}\">{}</text>\n", number(x), number(y),
                     classes, anchor, escaped(text));
}

std::string opening(double width, double height, std::string_view title, std::string_view description) {
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\" width=\"{}\" height=\"{}\" role=\"img\">\n"
      "<title>{}</title>\n<desc>{}</desc>\n{}<rect class=\"bg\" width=\"{}\" height=\"{}\"/>\n",
      number(width), number(height), number(width), number(height), escaped(title), escaped(description), kStyle,
      number(width), number(height));
}

// Where values and times lie on the paper.
struct Plot {
  double begin_ns, end_ns, bottom, top;  // bottom, top: values at the lower and the upper edge
  double x(double ns) const { return kLeft + (ns - begin_ns) / (end_ns - begin_ns) * (kWidth - kLeft - kRight); }
  double y(double value) const {
    return kHeight - kBottom - (value - bottom) / (top - bottom) * (kHeight - kTop - kBottom);
  }
};

double last_end_ns(const LineChart& chart) {
  if (chart.until) return static_cast<double>(chart.until->ns);
  const std::vector<WallTime>& times = chart.times;
  const double last = static_cast<double>(times.back().ns);
  return times.size() == 1 ? last + 3.6e12 : last + (last - static_cast<double>(times[times.size() - 2].ns));
}

// A stretch of paper with one value, or with the least and the greatest of all that fall on it.
struct Column {
  double begin_x, end_x;
  ChartValue lower, upper;
};

std::vector<Column> columns_of(const LineChart& chart, const Plot& plot, const std::vector<ChartValue>& lower,
                               const std::vector<ChartValue>& upper) {
  const std::size_t n = chart.times.size();
  const std::size_t count = n <= kDensePoints ? n : static_cast<std::size_t>(kWidth - kLeft - kRight);
  const auto x_of = [&](std::size_t i) {
    return plot.x(i < n ? static_cast<double>(chart.times[i].ns) : last_end_ns(chart));
  };
  std::vector<Column> columns;
  for (std::size_t c = 0; c < count; ++c) {
    const std::size_t from = c * n / count, to = (c + 1) * n / count;
    ValueRange low, high;
    for (std::size_t i = from; i < to; ++i) {
      if (!lower[i] || !upper[i]) continue;
      widen(low, lower[i]);
      widen(high, upper[i]);
    }
    columns.push_back({x_of(from), x_of(to), low.known ? ChartValue(low.lower) : ChartValue(),
                       high.known ? ChartValue(high.upper) : ChartValue()});
  }
  return columns;
}

// One path: a new stroke after every gap.
std::string line_path(const Plot& plot, const std::vector<Column>& columns) {
  std::string path;
  bool drawing = false;
  for (const Column& c : columns) {
    if (!c.lower) {
      drawing = false;
      continue;
    }
    path += fmt::format("{}{} {}", drawing ? "L" : "M", number(c.begin_x), number(plot.y(*c.lower)));
    if (*c.upper > *c.lower) path += "V" + number(plot.y(*c.upper));
    path += "H" + number(c.end_x);
    drawing = true;
  }
  return path;
}

std::string band_path(const Plot& plot, const std::vector<Column>& columns) {
  std::string path;
  for (std::size_t first = 0; first < columns.size(); ++first) {
    if (!columns[first].lower) continue;
    std::size_t last = first;
    while (last + 1 < columns.size() && columns[last + 1].lower) ++last;
    for (std::size_t i = first; i <= last; ++i)
      path += fmt::format("{}{} {}H{}", i == first ? "M" : "L", number(columns[i].begin_x),
                          number(plot.y(*columns[i].upper)), number(columns[i].end_x));
    for (std::size_t i = last + 1; i-- > first;)
      path += fmt::format("L{} {}H{}", number(columns[i].end_x), number(plot.y(*columns[i].lower)),
                          number(columns[i].begin_x));
    path += "Z";
    first = last;
  }
  return path;
}

std::string frame(const Plot& plot, const std::vector<Tick>& values, const std::vector<Tick>& times) {
  std::string text;
  for (const Tick& tick : values) {
    const double y = plot.y(tick.at);
    text += fmt::format("<path class=\"g\" d=\"M{} {}H{}\"/>\n", number(kLeft), number(y), number(kWidth - kRight));
    text += words(kLeft - 8, y + 4, "m", "end", tick.label);
  }
  for (const Tick& tick : times) {
    const double x = plot.x(tick.at);
    text += fmt::format("<path class=\"a\" d=\"M{} {}v5\"/>\n", number(x), number(kHeight - kBottom));
    text += words(std::min(x, kWidth - kRight - 8), kHeight - kBottom + 19, "m", "middle", tick.label);
  }
  return text + fmt::format("<path class=\"a\" d=\"M{} {}H{}\"/>\n", number(kLeft), number(kHeight - kBottom),
                            number(kWidth - kRight));
}

// Names of lines and bands, from the right edge leftwards.
std::string line_legend(const LineChart& chart) {
  const auto banded =
      std::find_if(chart.lines.begin(), chart.lines.end(), [](const ChartLine& l) { return !l.lower.empty(); });
  if (chart.lines.size() < 2 && banded == chart.lines.end()) return "";
  std::string text;
  double x = kWidth - kRight;
  const auto entry = [&](std::string_view mark, std::string_view name) {
    x -= 7.0 * static_cast<double>(name.size()) + 8;
    text += words(x, kTop - 14, "t", "start", name);
    x -= 30;
    text += fmt::format("<path transform=\"translate({} {})\" {}/>\n", number(x), number(kTop - 18), mark);
    x -= 12;
  };
  if (banded != chart.lines.end())
    entry(fmt::format("class=\"b f{}\" d=\"M0 -5h24v10h-24Z\"", (banded - chart.lines.begin()) % 4),
          chart.band_name.empty() ? "range" : chart.band_name);
  for (std::size_t i = chart.lines.size(); i-- > 0;)
    if (!chart.lines[i].name.empty()) entry(fmt::format("class=\"l s{}\" d=\"M0 0h24\"", i % 4), chart.lines[i].name);
  return text;
}

std::string time_caption(const LineChart& chart) {
  return fmt::format("UTC, {} to {}", minute_text(chart.times.front()),
                     minute_text({static_cast<std::int64_t>(last_end_ns(chart))}));
}

std::string gradient(double x, double y, const ValueRange& range, const std::string& unit) {
  constexpr int kSteps = 24;
  std::string text;
  for (int i = 0; i < kSteps; ++i)
    text += fmt::format("<rect x=\"{}\" y=\"{}\" width=\"8.5\" height=\"12\" fill=\"{}\"/>\n", number(x + 8.0 * i),
                        number(y), hex(heat_color((i + 0.5) / kSteps)));
  text += words(x, y + 27, "m", "start", significant(range.lower, 3));
  text += words(x + 8.0 * kSteps, y + 27, "m", "end", significant(range.upper, 3));
  return text + words(x + 8.0 * kSteps + 12, y + 11, "t", "start", unit);
}

std::string cell_svg(const HeatMap& map, const ValueRange& range, std::size_t row, std::size_t column, double x,
                     double y) {
  const ChartValue& value = map.cells[row * map.columns.size() + column];
  const std::string name = fmt::format("{} {}", map.rows[row], map.columns[column]);
  const std::string box = fmt::format("x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"", number(x + 0.5), number(y + 0.5),
                                      number(kCellWidth - 1), number(kCellHeight - 1));
  if (!value)
    return fmt::format("<rect class=\"e\" stroke-dasharray=\"2 2\" {}><title>{}: {}</title></rect>\n", box,
                       escaped(name), escaped(map.gap_name));
  const double share = range.upper > range.lower ? (*value - range.lower) / (range.upper - range.lower) : 0.5;
  return fmt::format("<rect fill=\"{}\" {}><title>{}: {} {}</title></rect>\n", hex(heat_color(share)), box,
                     escaped(name), significant(*value, 4), escaped(map.unit));
}

}  // namespace

Result<std::string> line_chart_svg(const LineChart& chart) {
  OLIVINE_CHECK_STATUS(check(chart));
  const ValueRange range = range_of(chart);
  if (!range.known || chart.times.empty())
    return opening(kWidth, kHeight, chart.title, "no value is known") + words(kLeft, 28, "t h", "start", chart.title) +
           words(kWidth / 2, kHeight / 2, "m", "middle", "no value is known") + "</svg>\n";
  const std::vector<Tick> values = value_ticks(range, 5);
  const Plot plot{static_cast<double>(chart.times.front().ns), last_end_ns(chart), values.front().at, values.back().at};
  const std::vector<Tick> times = time_ticks(chart.times.front(), {static_cast<std::int64_t>(last_end_ns(chart))}, 10);
  const std::string caption = time_caption(chart);
  std::string svg = opening(
      kWidth, kHeight, chart.title,
      fmt::format("{} .. {} {}; {}", significant(range.lower, 3), significant(range.upper, 3), chart.unit, caption));
  svg += words(kLeft, 28, "t h", "start", chart.title) + words(kLeft, kTop - 14, "m", "start", chart.unit);
  svg += frame(plot, values, times) + words(kWidth - kRight, kHeight - 10, "m", "end", caption);
  for (std::size_t i = 0; i < chart.lines.size(); ++i) {
    const ChartLine& line = chart.lines[i];
    if (line.lower.empty()) continue;
    svg += fmt::format("<path class=\"b f{}\" d=\"{}\"/>\n", i % 4,
                       band_path(plot, columns_of(chart, plot, line.lower, line.upper)));
  }
  for (std::size_t i = 0; i < chart.lines.size(); ++i) {
    const ChartLine& line = chart.lines[i];
    svg += fmt::format("<path class=\"l s{}\" d=\"{}\"/>\n", i % 4,
                       line_path(plot, columns_of(chart, plot, line.values, line.values)));
  }
  return svg + line_legend(chart) + "</svg>\n";
}

Result<std::string> heat_map_svg(const HeatMap& map) {
  OLIVINE_CHECK_STATUS(check(map));
  const ValueRange range = range_of(map.cells);
  const double width = std::max(420.0, kLeft + kCellWidth * static_cast<double>(map.columns.size()) + kRight);
  const double bottom = kTop + kCellHeight * static_cast<double>(map.rows.size());
  const std::string description =
      range.known ? fmt::format("{} .. {} {}", significant(range.lower, 3), significant(range.upper, 3), map.unit)
                  : "no value is known";
  std::string svg = opening(width, bottom + 92, map.title, description) + words(kLeft, 28, "t h", "start", map.title);
  for (std::size_t column = 0; column < map.columns.size(); ++column)
    svg += words(kLeft + kCellWidth * (static_cast<double>(column) + 0.5), bottom + 17, "m", "middle",
                 map.columns[column]);
  for (std::size_t row = 0; row < map.rows.size(); ++row) {
    const double y = kTop + kCellHeight * static_cast<double>(row);
    svg += words(kLeft - 8, y + kCellHeight / 2 + 4, "m", "end", map.rows[row]);
    for (std::size_t column = 0; column < map.columns.size(); ++column)
      svg += cell_svg(map, range, row, column, kLeft + kCellWidth * static_cast<double>(column), y);
  }
  svg += words(kLeft - 8, kTop - 10, "m", "end", map.row_title);
  svg += words(width - kRight, bottom + 36, "m", "end", map.column_title);
  if (!range.known) return svg + words(kLeft, bottom + 58, "t", "start", "no value is known, " + map.unit) + "</svg>\n";
  svg += gradient(kLeft, bottom + 46, range, map.unit);
  if (std::count(map.cells.begin(), map.cells.end(), std::nullopt) > 0)
    svg +=
        fmt::format("<rect class=\"e\" stroke-dasharray=\"2 2\" x=\"{}\" y=\"{}\" width=\"12\" height=\"12\"/>\n",
                    number(width - kRight - 27 - 7 * static_cast<double>(map.gap_name.size())), number(bottom + 46)) +
        words(width - kRight, bottom + 56, "m", "end", map.gap_name);
  return svg + "</svg>\n";
}

}  // namespace olivine
