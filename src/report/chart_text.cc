// Charts for terminals.
#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "report/chart_scale.h"
#include "report/figure_text.h"
#include "report/text_layout.h"

namespace olivine {
namespace {

constexpr std::array<std::string_view, 8> kBars{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
constexpr std::array<std::string_view, 6> kAsciiBars{"_", ".", "-", "=", "*", "#"};
constexpr std::array<std::string_view, 5> kShades{"··", "░░", "▒▒", "▓▓", "██"};
constexpr std::array<std::string_view, 8> kAsciiShades{"..", "::", "--", "==", "++", "**", "%%", "@@"};
constexpr std::string_view kBlank = "  ";
constexpr std::string_view kReset = "\x1b[0m";

// Place in the range, 0 .. 1; the middle when all values are equal.
double share_of(double value, const ValueRange& range) {
  return range.upper > range.lower ? (value - range.lower) / (range.upper - range.lower) : 0.5;
}

std::string_view level(std::span<const std::string_view> marks, double share) {
  const auto i = static_cast<std::size_t>(std::clamp(share, 0.0, 1.0) * static_cast<double>(marks.size()));
  return marks[std::min(i, marks.size() - 1)];
}

// At most `most` values: means of groups of neighbours, not known where no member is.
std::vector<ChartValue> thinned(std::span<const ChartValue> values, std::size_t most) {
  const std::size_t n = std::min(values.size(), std::max<std::size_t>(most, 1));
  std::vector<ChartValue> out(n);
  for (std::size_t i = 0; i < n; ++i) {
    double sum = 0.0, count = 0.0;
    for (std::size_t j = i * values.size() / n; j < (i + 1) * values.size() / n; ++j)
      if (values[j]) {
        sum += *values[j];
        count += 1.0;
      }
    if (count > 0.0) out[i] = sum / count;
  }
  return out;
}

std::string bars(std::span<const ChartValue> values, std::size_t width, bool ascii) {
  const std::vector<ChartValue> shown = thinned(values, width);
  const ValueRange range = range_of(shown);
  const std::span<const std::string_view> marks = ascii ? std::span<const std::string_view>(kAsciiBars) : kBars;
  std::string text;
  for (const ChartValue& value : shown) text += value ? std::string(level(marks, share_of(*value, range))) : " ";
  return text;
}

// The same groups as `thinned`: marked where one of a group is.
std::string mark_row(const std::vector<bool>& marks, std::size_t width, bool ascii) {
  const std::size_t n = std::min(marks.size(), std::max<std::size_t>(width, 1));
  std::string text;
  for (std::size_t i = 0; i < n; ++i) {
    bool on = false;
    for (std::size_t j = i * marks.size() / n; j < (i + 1) * marks.size() / n; ++j) on = on || marks[j];
    text += on ? (ascii ? "#" : "█") : (ascii ? "." : "·");
  }
  return text;
}

std::string cell_text(const ChartValue& value, const ValueRange& range, const TextStyle& style, ColorDepth depth) {
  if (!value) return std::string(kBlank);
  const double share = share_of(*value, range);
  const Rgb color = heat_color(share);
  if (depth == ColorDepth::kTrueColor)
    return fmt::format("\x1b[48;2;{};{};{}m{}{}", color.red, color.green, color.blue, kBlank, kReset);
  if (depth == ColorDepth::k256) return fmt::format("\x1b[48;5;{}m{}{}", xterm_256(color), kBlank, kReset);
  return std::string(style.ascii ? level(kAsciiShades, share) : level(kShades, share));
}

// `gaps`: what a blank cell means, empty where there is none.
std::string legend(const ValueRange& range, const std::string& unit, const std::string& gaps, const TextStyle& style,
                   ColorDepth depth) {
  if (!range.known) return gaps == "not known" ? fmt::format("no value is known, {}\n", unit) : "blank: " + gaps + "\n";
  std::string ramp;
  const bool constant = !(range.upper > range.lower);
  const int steps =
      depth != ColorDepth::kNone ? 8 : static_cast<int>(style.ascii ? kAsciiShades.size() : kShades.size());
  for (int i = 0; i < steps && !constant; ++i)
    ramp += cell_text(range.lower + (range.upper - range.lower) * (i + 0.5) / steps, range, style, depth);
  const std::string known =
      constant ? fmt::format("{} {} in every cell", significant(range.lower, 3), unit)
               : fmt::format("{} {} {} {}", significant(range.lower, 3), ramp, significant(range.upper, 3), unit);
  return known + (gaps.empty() ? "\n" : "   blank: " + gaps + "\n");
}

}  // namespace

std::string sparkline(std::span<const ChartValue> values, const TextStyle& style) {
  return bars(values, static_cast<std::size_t>(std::max(1, style.width)), style.ascii);
}

Result<std::string> sparkline_text(const LineChart& chart, const TextStyle& style) {
  OLIVINE_CHECK_STATUS(check(chart));
  std::size_t name_width = 0;
  for (const ChartLine& line : chart.lines) name_width = std::max(name_width, display_width(line.name));
  const std::size_t label = chart.marks.empty() ? 0 : display_width(chart.mark_name) + 2;
  std::string text = safe(chart.title, style) + "\n";
  for (const ChartLine& line : chart.lines) {
    const ValueRange range = range_of(line.values);
    const auto missing = static_cast<std::size_t>(std::count(line.values.begin(), line.values.end(), std::nullopt));
    std::string words = range.known ? fmt::format("{} .. {} {}", significant(range.lower, 3),
                                                  significant(range.upper, 3), safe(chart.unit, style))
                                    : std::string("no value is known");
    if (!chart.times.empty()) {
      std::string until = minute_text(chart.until.value_or(chart.times.back()));
      const std::string from = minute_text(chart.times.front());
      if (until.substr(0, 10) == from.substr(0, 10)) until = until.substr(11);
      words += fmt::format(", {} to {} UTC", from, until);
    }
    if (missing > 0 && range.known) words += fmt::format(", {} of {} not known", missing, line.values.size());
    const std::string name = line.name.empty() ? "" : padded(safe(line.name, style), name_width) + "  ";
    const std::size_t taken = display_width(name) + display_width(words) + 2;
    const auto width = static_cast<std::size_t>(std::max(0, style.width));
    const bool one_line = taken + std::min<std::size_t>(20, line.values.size()) <= width;
    const std::size_t room =
        one_line
            ? width - taken
            : std::max<std::size_t>(8, width > display_width(name) + label ? width - display_width(name) - label : 8);
    const std::string indent(display_width(name), ' ');
    const std::string below =
        label == 0 ? ""
                   : indent + mark_row(chart.marks, room, style.ascii) + "  " + safe(chart.mark_name, style) + "\n";
    text += name;
    text += bars(line.values, room, style.ascii);
    text += one_line ? "  " + words + "\n" + below : "\n" + below + indent + words + "\n";
  }
  return text;
}

ColorDepth color_depth(const TextStyle& style, std::string_view colorterm) {
  if (!style.color) return ColorDepth::kNone;
  return colorterm == "truecolor" || colorterm == "24bit" ? ColorDepth::kTrueColor : ColorDepth::k256;
}

Result<std::string> heat_map_text(const HeatMap& map, const TextStyle& style, ColorDepth depth) {
  OLIVINE_CHECK_STATUS(check(map));
  const ValueRange range = range_of(map.cells);
  std::size_t margin = 0;
  for (const std::string& row : map.rows) margin = std::max(margin, display_width(row));
  std::string text = bold(safe(map.title, style), style) + "\n";
  text += std::string(margin, ' ');
  for (const std::string& column : map.columns) text += " " + padded(cut(safe(column, style), 2), 2, true);
  text += map.column_title.empty() ? "\n" : "  " + safe(map.column_title, style) + "\n";
  for (std::size_t row = 0; row < map.rows.size(); ++row) {
    text += padded(safe(map.rows[row], style), margin);
    for (std::size_t column = 0; column < map.columns.size(); ++column)
      text += " " + cell_text(map.cells[row * map.columns.size() + column], range, style, depth);
    while (text.ends_with(' ')) text.pop_back();
    text += "\n";
  }
  const bool gaps = std::count(map.cells.begin(), map.cells.end(), std::nullopt) > 0;
  return text + std::string(margin + 1, ' ') +
         legend(range, safe(map.unit, style), gaps ? safe(map.gap_name, style) : "", style, depth);
}

}  // namespace olivine
