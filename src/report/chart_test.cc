#include "report/chart.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "report/chart_scale.h"
#include "report/record_fixture.h"

namespace olivine {
namespace {

using report_test::expect_golden;

constexpr std::int64_t kHourNs = 3'600'000'000'000;
constexpr std::int64_t kJan2022Ns = 1'640'995'200'000'000'000;
constexpr double kPi = 3.14159265358979;

TextStyle style(bool ascii, int width = 100, bool color = false) {
  TextStyle s;
  s.ascii = ascii;
  s.color = color;
  s.width = width;
  return s;
}

// Two days by the hour with a range, two hours of which are not known, and a forecast of the second day.
LineChart two_days() {
  LineChart chart{"Carbon intensity of FR, average, lifecycle",
                  "g CO2e/kWh",
                  {},
                  {{"measured", {}, {}, {}}, {"forecast", {}, {}, {}}},
                  "90 % range"};
  for (int i = 0; i < 48; ++i) {
    chart.times.push_back({kJan2022Ns + i * kHourNs});
    const double value = 60.0 + 25.0 * std::sin(i * 2.0 * kPi / 24.0);
    const bool gap = i == 7 || i == 8;
    chart.lines[0].values.push_back(i < 24 && !gap ? ChartValue(value) : ChartValue());
    chart.lines[1].values.push_back(i >= 24 ? ChartValue(value + 3.0) : ChartValue());
    chart.lines[1].lower.push_back(i >= 24 ? ChartValue(value - 0.5 * (i - 23)) : ChartValue());
    chart.lines[1].upper.push_back(i >= 24 ? ChartValue(value + 4.0 + 0.7 * (i - 23)) : ChartValue());
  }
  return chart;
}

HeatMap year(bool gaps) {
  std::vector<WallTime> times;
  std::vector<ChartValue> values;
  for (int i = 0; i < 8760; ++i) {
    const int month = i / 730, hour = i % 24;
    times.push_back({kJan2022Ns + i * kHourNs});
    const double value =
        300.0 + 120.0 * std::cos(month * kPi / 6.0) - 150.0 * std::max(0.0, std::sin((hour - 6) * kPi / 12.0));
    values.push_back(gaps && i >= 1416 && i < 2160 ? ChartValue() : ChartValue(value));
  }
  return month_hour_map("Average intensity of US-CAL-CISO, direct", "g CO2/kWh", times, values).value();
}

TEST(Sparkline, LevelsAndGaps) {
  const std::vector<ChartValue> values{50.0, 60.0, std::nullopt, 90.0};
  EXPECT_EQ(sparkline(values, style(false)), "▁▃ █");
  EXPECT_EQ(sparkline(values, style(true)), "_. #");
  EXPECT_EQ(sparkline({}, style(false)), "");
  EXPECT_EQ(sparkline(std::vector<ChartValue>{5.0, 5.0}, style(false)), "▅▅");
  EXPECT_EQ(sparkline(std::vector<ChartValue>{std::nullopt, std::nullopt}, style(false)), "  ");
  EXPECT_EQ(sparkline(std::vector<ChartValue>{0.0, 2.0, 10.0, 12.0, std::nullopt, std::nullopt}, style(false, 3)),
            "▁█ ");
}

TEST(Sparkline, OneLineWithUnitTimesAndGaps) {
  LineChart chart{"FR",
                  "g/kWh",
                  {{kJan2022Ns}, {kJan2022Ns + kHourNs}, {kJan2022Ns + 4 * kHourNs}},
                  {{"", {50.0, std::nullopt, 90.0}, {}, {}}},
                  ""};
  EXPECT_EQ(sparkline_text(chart, style(false)).value(),
            "FR\n▁ █  50 .. 90 g/kWh, 2022-01-01 00:00 to 04:00 UTC, 1 of 3 not known\n");
  chart.until = WallTime{kJan2022Ns + 6 * kHourNs};
  EXPECT_EQ(sparkline_text(chart, style(false)).value(),
            "FR\n▁ █  50 .. 90 g/kWh, 2022-01-01 00:00 to 06:00 UTC, 1 of 3 not known\n");
  EXPECT_NE(line_chart_svg(chart).value().find("UTC, 2022-01-01 00:00 to 2022-01-01 06:00"), std::string::npos);
  expect_golden("chart_sparkline.txt", sparkline_text(two_days(), style(false)).value());
  expect_golden("chart_sparkline_ascii_narrow.txt", sparkline_text(two_days(), style(true, 60)).value());
}

TEST(HeatMapText, EveryKindOfTerminal) {
  expect_golden("chart_heat_ascii.txt", heat_map_text(year(true), style(true), ColorDepth::kNone).value());
  expect_golden("chart_heat_utf8.txt", heat_map_text(year(true), style(false), ColorDepth::kNone).value());
  expect_golden("chart_heat_256.txt", heat_map_text(year(true), style(false, 100, true), ColorDepth::k256).value());
  expect_golden("chart_heat_true.txt",
                heat_map_text(year(false), style(false, 100, true), ColorDepth::kTrueColor).value());
  const std::string ascii = heat_map_text(year(true), style(true), ColorDepth::kNone).value();
  EXPECT_TRUE(std::all_of(ascii.begin(), ascii.end(), [](char c) { return c == '\n' || (c >= ' ' && c <= '~'); }));
  const HeatMap none{"none", "g", {"a"}, {"b"}, {std::nullopt}, "", ""};
  EXPECT_NE(heat_map_text(none, style(true), ColorDepth::kNone)->find("no value is known"), std::string::npos);
}

TEST(ColorDepthOf, StyleDecidesFirst) {
  EXPECT_EQ(color_depth(style(false), "truecolor"), ColorDepth::kNone);  // NO_COLOR, TERM=dumb, no terminal
  EXPECT_EQ(color_depth(style(false, 100, true), "truecolor"), ColorDepth::kTrueColor);
  EXPECT_EQ(color_depth(style(false, 100, true), "24bit"), ColorDepth::kTrueColor);
  EXPECT_EQ(color_depth(style(false, 100, true), ""), ColorDepth::k256);
}

TEST(MonthHourMap, MeansAndGaps) {
  const std::vector<WallTime> times{{kJan2022Ns},
                                    {kJan2022Ns + 24 * kHourNs},
                                    {kJan2022Ns + 31 * 24 * kHourNs + 5 * kHourNs},
                                    {kJan2022Ns + kHourNs}};
  const auto map = month_hour_map("t", "g", times, std::vector<ChartValue>{10.0, 20.0, 7.0, std::nullopt});
  ASSERT_TRUE(map);
  EXPECT_EQ(map->cells[0], 15.0);
  EXPECT_EQ(map->cells[24 + 5], 7.0);
  EXPECT_EQ(map->cells[1], std::nullopt);
  EXPECT_EQ(std::count(map->cells.begin(), map->cells.end(), std::nullopt), 286);
  EXPECT_FALSE(month_hour_map("t", "g", times, std::vector<ChartValue>{1.0}));
}

TEST(ChartSvg, Golden) {
  expect_golden("chart_line.svg", line_chart_svg(two_days()).value());
  expect_golden("chart_heat.svg", heat_map_svg(year(true)).value());
}

TEST(ChartSvg, HasNoScriptAndEscapesEverything) {
  LineChart chart = two_days();
  const std::string hostile = "</title><script>alert(1)</script>\" onload=\"x&y \x1b[31m";
  chart.title = chart.unit = chart.band_name = chart.lines[0].name = hostile;
  HeatMap map = year(false);
  map.title = map.unit = map.row_title = map.column_title = map.rows[0] = map.columns[0] = hostile;
  for (const std::string& svg : {line_chart_svg(chart).value(), heat_map_svg(map).value()}) {
    EXPECT_EQ(svg.find("<script"), std::string::npos);
    EXPECT_EQ(svg.find("onload=\""), std::string::npos);
    EXPECT_EQ(svg.find('\x1b'), std::string::npos);
    EXPECT_NE(svg.find("x&amp;y"), std::string::npos);
    EXPECT_EQ(svg.find("href"), std::string::npos);
    EXPECT_NE(svg.find("prefers-color-scheme: dark"), std::string::npos);
  }
}

// The line is broken where a value is missing: as many strokes as stretches of known values.
TEST(ChartSvg, GapsBreakTheLine) {
  const std::string svg = line_chart_svg(two_days()).value();
  const std::size_t from = svg.find("class=\"l s0\" d=\"");
  const std::string path = svg.substr(from + 16, svg.find("\"/>", from) - from - 16);
  EXPECT_EQ(std::count(path.begin(), path.end(), 'M'), 2);
  LineChart nothing = two_days();
  for (ChartLine& line : nothing.lines) line = {line.name, std::vector<ChartValue>(48), {}, {}};
  EXPECT_NE(line_chart_svg(nothing)->find("no value is known"), std::string::npos);
  EXPECT_NE(line_chart_svg({})->find("no value is known"), std::string::npos);
}

TEST(ChartSvg, ALongSeriesStaysSmallAndKeepsItsExtremes) {
  LineChart chart{"year", "g/kWh", {}, {{"", {}, {}, {}}}, ""};
  for (int i = 0; i < 50'000; ++i) {
    chart.times.push_back({kJan2022Ns + i * kHourNs});
    chart.lines[0].values.push_back(i == 30'001 ? 990.0 : 100.0 + i % 24);
  }
  const std::string svg = line_chart_svg(chart).value();
  EXPECT_LT(svg.size(), 60'000U);
  EXPECT_NE(svg.find("V66.7"), std::string::npos);  // 64 px + (1 - 0.99) x 266 px
}

TEST(Chart, WrongShapesAreErrors) {
  LineChart chart = two_days();
  chart.lines[1].upper[30] = 0.0;
  EXPECT_FALSE(line_chart_svg(chart));
  chart = two_days();
  chart.times[5] = chart.times[4];
  EXPECT_FALSE(sparkline_text(chart, style(true)));
  chart = two_days();
  chart.lines[0].values.pop_back();
  EXPECT_FALSE(line_chart_svg(chart));
  for (const double bad : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(), 1e300}) {
    chart = two_days();
    chart.lines[0].values[0] = bad;
    EXPECT_FALSE(line_chart_svg(chart)) << bad;
  }
  HeatMap map = year(false);
  map.cells.pop_back();
  EXPECT_FALSE(heat_map_svg(map));
  EXPECT_FALSE(heat_map_text(map, style(true), ColorDepth::kNone));
}

TEST(ValueTicks, RoundAndEnclosing) {
  for (const auto& [lower, upper] : std::vector<std::pair<double, double>>{{0.0, 97.0},
                                                                           {3.0, 3.0},
                                                                           {0.0, 0.0},
                                                                           {-40.0, 60.0},
                                                                           {900.0, 1000.0},
                                                                           {1e-6, 3e-6},
                                                                           {-5.0, -5.0},
                                                                           {1e14, 1e14 + 1.0}}) {
    const auto ticks = value_ticks({lower, upper, true}, 5);
    ASSERT_GE(ticks.size(), 2U) << lower;
    EXPECT_LE(ticks.size(), 14U) << lower;
    EXPECT_LE(ticks.front().at, lower + 1e-12);
    EXPECT_GE(ticks.back().at, upper - 1e-12);
  }
  EXPECT_EQ(value_ticks({12.0, 97.0, true}, 5).back().label, "100");
  EXPECT_EQ(value_ticks({0.0, 0.4, true}, 4)[1].label, "0.1");
}

TEST(TimeTicks, NeverTooMany) {
  for (const std::int64_t hours : {1, 6, 24, 48, 96, 24 * 14, 24 * 60, 8760, 8760 * 4, 8760 * 30}) {
    const auto ticks = time_ticks({kJan2022Ns + 17}, {kJan2022Ns + hours * kHourNs}, 10);
    EXPECT_GE(ticks.size(), hours == 8760 * 30 ? 3U : 2U) << hours;
    EXPECT_LE(ticks.size(), 11U) << hours;
  }
  const auto day = time_ticks({kJan2022Ns}, {kJan2022Ns + 24 * kHourNs}, 10);
  EXPECT_EQ(day[0].label, "1 Jan");
  EXPECT_EQ(day[1].label, "03:00");
}

TEST(HeatColor, LightnessRises) {
  double before = -1.0;
  for (int i = 0; i <= 20; ++i) {
    const Rgb c = heat_color(i / 20.0);
    const double lightness = 0.2126 * c.red + 0.7152 * c.green + 0.0722 * c.blue;
    EXPECT_GT(lightness, before);
    before = lightness;
  }
  EXPECT_EQ(xterm_256({0, 0, 0}), 16);
  EXPECT_EQ(xterm_256({255, 255, 255}), 231);
  EXPECT_EQ(hex({1, 2, 255}), "#0102ff");
}

}  // namespace
}  // namespace olivine
