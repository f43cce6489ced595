#include "report/chart_scale.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "base/text.h"

namespace olivine {
namespace {

constexpr std::int64_t kSecondNs = 1'000'000'000;
constexpr std::int64_t kHourNs = 3600 * kSecondNs;
constexpr std::int64_t kDayNs = 24 * kHourNs;
constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

tl::unexpected<Error> bad(std::string_view title, std::string_view why) {
  return fail(ErrorKind::kInvalid, fmt::format("chart '{}': {}", printable(title), why));
}

constexpr double kLargest = 1e15;  // beyond it a double holds no tick to its digit
bool finite(const ChartValue& value) { return !value || std::abs(*value) <= kLargest; }  // false for NaN

Status check_band(const LineChart& chart, const ChartLine& line) {
  if (line.lower.empty() && line.upper.empty()) return {};
  if (line.lower.size() != line.values.size() || line.upper.size() != line.values.size())
    return bad(chart.title, "a band is not as long as its line");
  for (std::size_t i = 0; i < line.values.size(); ++i) {
    if (!finite(line.lower[i]) || !finite(line.upper[i]))
      return bad(chart.title, "a band is not finite, or beyond 1e15");
    const bool crossed = line.lower[i] && line.upper[i] && *line.lower[i] > *line.upper[i];
    const bool outside = line.values[i] && ((line.lower[i] && *line.values[i] < *line.lower[i]) ||
                                            (line.upper[i] && *line.values[i] > *line.upper[i]));
    if (crossed || outside)
      return bad(chart.title, fmt::format("the value at {} lies outside its band", format_utc(chart.times[i])));
  }
  return {};
}

std::chrono::year_month_day date_of(std::int64_t ns) {
  const std::int64_t days = ns >= 0 ? ns / kDayNs : -((-ns + kDayNs - 1) / kDayNs);
  return std::chrono::sys_days{std::chrono::days{days}};
}

int month_index(std::chrono::year_month_day date) { return static_cast<int>(static_cast<unsigned>(date.month())) - 1; }

// "2023" in January, else "Mar".
std::string month_label(std::chrono::year_month_day date) {
  if (month_index(date) == 0) return std::to_string(static_cast<int>(date.year()));
  return std::string(kMonths[static_cast<std::size_t>(month_index(date))]);
}

std::vector<Tick> month_ticks(WallTime begin, WallTime end, int most) {
  constexpr std::array<int, 7> kSteps{1, 2, 3, 6, 12, 24, 60};
  const double months = static_cast<double>(end.ns - begin.ns) / (30.44 * static_cast<double>(kDayNs));
  int step = kSteps.back();
  for (const int s : kSteps)
    if (months / s <= most) {
      step = s;
      break;
    }
  std::vector<Tick> ticks;
  auto date = date_of(begin.ns);
  for (date = date.year() / date.month() / 1; static_cast<int>(ticks.size()) < 2 * most;
       date += std::chrono::months{1}) {
    const std::int64_t ns = std::chrono::sys_days{date}.time_since_epoch().count() * kDayNs;
    if (ns > end.ns) break;
    const int count = static_cast<int>(date.year()) * 12 + month_index(date);
    if (ns >= begin.ns && count % step == 0) ticks.push_back({static_cast<double>(ns), month_label(date)});
  }
  return ticks;
}

std::string hour_label(std::int64_t ns, std::int64_t step_ns) {
  const auto date = date_of(ns);
  const std::int64_t in_day_ns = ns - std::chrono::sys_days{date}.time_since_epoch().count() * kDayNs;
  if (step_ns >= kDayNs || in_day_ns == 0)
    return fmt::format("{} {}", static_cast<unsigned>(date.day()),
                       kMonths[static_cast<std::size_t>(month_index(date))]);
  return fmt::format("{:02}:{:02}", in_day_ns / kHourNs, in_day_ns / (60 * kSecondNs) % 60);
}

}  // namespace

void widen(ValueRange& range, const ChartValue& value) {
  if (!value) return;
  range.lower = range.known ? std::min(range.lower, *value) : *value;
  range.upper = range.known ? std::max(range.upper, *value) : *value;
  range.known = true;
}

ValueRange range_of(std::span<const ChartValue> values) {
  ValueRange range;
  for (const ChartValue& value : values) widen(range, value);
  return range;
}

ValueRange range_of(const LineChart& chart) {
  ValueRange range;
  for (const ChartLine& line : chart.lines)
    for (const auto* values : {&line.values, &line.lower, &line.upper})
      for (const ChartValue& value : *values) widen(range, value);
  return range;
}

Status check(const LineChart& chart) {
  for (std::size_t i = 1; i < chart.times.size(); ++i)
    if (chart.times[i] <= chart.times[i - 1])
      return bad(chart.title,
                 fmt::format("the time {} does not come after the one before", format_utc(chart.times[i])));
  if (!chart.marks.empty() && chart.marks.size() != chart.times.size())
    return bad(chart.title, fmt::format("{} marks for {} times", chart.marks.size(), chart.times.size()));
  for (const ChartLine& line : chart.lines) {
    if (line.values.size() != chart.times.size())
      return bad(chart.title, fmt::format("line '{}' has {} values for {} times", printable(line.name),
                                          line.values.size(), chart.times.size()));
    if (!std::all_of(line.values.begin(), line.values.end(), finite))
      return bad(chart.title, "a value is not finite, or beyond 1e15");
    OLIVINE_CHECK_STATUS(check_band(chart, line));
  }
  return {};
}

Status check(const HeatMap& map) {
  if (map.cells.size() != map.rows.size() * map.columns.size())
    return bad(map.title, fmt::format("{} cells for {} rows and {} columns", map.cells.size(), map.rows.size(),
                                      map.columns.size()));
  if (!std::all_of(map.cells.begin(), map.cells.end(), finite))
    return bad(map.title, "a value is not finite, or beyond 1e15");
  return {};
}

std::vector<Tick> value_ticks(const ValueRange& range, int wanted) {
  double lower = range.lower, upper = range.upper;
  if (lower >= 0.0 && lower < 0.5 * upper) lower = 0.0;
  if (!(upper - lower > 1e-9 * std::max(std::abs(upper), std::abs(lower)))) {  // one value: some room about it
    const double room = std::max(1.0, 0.1 * std::abs(upper));
    lower -= lower >= 0.0 && lower < room ? lower : room;
    upper += room;
  }
  const double rough = (upper - lower) / std::max(1, wanted);
  const double power = std::pow(10.0, std::floor(std::log10(rough)));
  double step = 10.0 * power;
  for (const double s : {1.0, 2.0, 5.0})
    if (s * power >= rough * 0.999) {
      step = s * power;
      break;
    }
  const auto first = static_cast<std::int64_t>(std::floor(lower / step + 1e-9));
  const auto last = static_cast<std::int64_t>(std::ceil(upper / step - 1e-9));
  const int decimals = std::clamp(static_cast<int>(-std::floor(std::log10(step) + 1e-9)), 0, 9);
  std::vector<Tick> ticks;
  for (std::int64_t k = first; k <= last && ticks.size() < 100; ++k) {
    const double at = static_cast<double>(k) * step;
    ticks.push_back({at, fmt::format("{:.{}f}", k == 0 ? 0.0 : at, decimals)});
  }
  return ticks;
}

std::vector<Tick> time_ticks(WallTime begin, WallTime end, int most) {
  constexpr std::array<std::int64_t, 12> kSteps{kHourNs / 12, kHourNs / 4, kHourNs / 2, kHourNs,
                                                2 * kHourNs,  3 * kHourNs, 6 * kHourNs, 12 * kHourNs,
                                                kDayNs,       2 * kDayNs,  7 * kDayNs,  14 * kDayNs};
  for (const std::int64_t step : kSteps) {
    if ((end.ns - begin.ns) / step > most) continue;
    std::vector<Tick> ticks;
    std::int64_t first = begin.ns / step * step;
    if (first < begin.ns) first += step;
    for (std::int64_t ns = first; ns <= end.ns; ns += step)
      ticks.push_back({static_cast<double>(ns), hour_label(ns, step)});
    return ticks;
  }
  return month_ticks(begin, end, most);
}

Rgb heat_color(double share) {
  constexpr std::array<Rgb, 6> kStops{
      {{68, 1, 84}, {65, 68, 135}, {42, 120, 142}, {34, 168, 132}, {122, 209, 81}, {253, 231, 37}}};
  const double place = std::clamp(share, 0.0, 1.0) * static_cast<double>(kStops.size() - 1);
  const std::size_t i = std::min(static_cast<std::size_t>(place), kStops.size() - 2);
  const double part = place - static_cast<double>(i);
  const auto between = [&](int a, int b) { return static_cast<int>(std::lround(a + (b - a) * part)); };
  return {between(kStops[i].red, kStops[i + 1].red), between(kStops[i].green, kStops[i + 1].green),
          between(kStops[i].blue, kStops[i + 1].blue)};
}

std::string hex(Rgb color) { return fmt::format("#{:02x}{:02x}{:02x}", color.red, color.green, color.blue); }

int xterm_256(Rgb color) {
  const auto level = [](int c) { return c < 48 ? 0 : c < 115 ? 1 : (c - 35) / 40; };  // of 0, 95, 135, 175, 215, 255
  return 16 + 36 * level(color.red) + 6 * level(color.green) + level(color.blue);
}

std::string minute_text(WallTime time) {
  std::string text = format_utc(time).substr(0, 16);
  if (text.size() > 10) text[10] = ' ';
  return text;
}

Result<HeatMap> month_hour_map(std::string title, std::string unit, std::span<const WallTime> times,
                               std::span<const ChartValue> values) {
  HeatMap map{std::move(title), std::move(unit), {}, {}, std::vector<ChartValue>(288), "month", "hour (UTC)"};
  if (times.size() != values.size())
    return bad(map.title, fmt::format("{} values for {} times", values.size(), times.size()));
  for (const std::string_view month : kMonths) map.rows.emplace_back(month);
  for (int hour = 0; hour < 24; ++hour) map.columns.push_back(fmt::format("{:02}", hour));
  std::vector<double> sum(288), count(288);
  for (std::size_t i = 0; i < times.size(); ++i) {
    if (!values[i]) continue;
    const auto date = date_of(times[i].ns);
    const std::int64_t in_day_ns = times[i].ns - std::chrono::sys_days{date}.time_since_epoch().count() * kDayNs;
    const std::size_t cell =
        static_cast<std::size_t>(month_index(date)) * 24 + static_cast<std::size_t>(in_day_ns / kHourNs);
    sum[cell] += *values[i];
    count[cell] += 1.0;
  }
  for (std::size_t cell = 0; cell < 288; ++cell)
    if (count[cell] > 0.0) map.cells[cell] = sum[cell] / count[cell];
  OLIVINE_CHECK_STATUS(check(map));
  return map;
}

}  // namespace olivine
