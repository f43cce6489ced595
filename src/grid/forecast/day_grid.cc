#include "grid/forecast/day_grid.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/text.h"

namespace olivine {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
constexpr std::int64_t kDayNs = 24 * kHourNs;

// Columns of generation by source, as EIA-930 and its users name them.
bool is_source(std::string_view column) {
  const std::string lower = to_lower(column);
  for (const std::string_view known :
       {"coal", "nat_gas", "gas", "nuclear", "oil", "hydro", "solar", "wind", "other", "biomass", "geothermal",
        "unknown", "col", "ng", "nuc", "wat", "sun", "wnd", "oth"})
    if (lower == known) return true;
  return false;
}

WeatherKind weather_kind_of(std::string_view column) {
  const std::string lower = to_lower(column);
  if (lower.find("wind") != std::string::npos) return WeatherKind::kWind;
  if (lower.find("temperature") != std::string::npos) return WeatherKind::kTemperature;
  return WeatherKind::kOther;
}

Channel empty_channel(std::string name, const DayGrid& grid) {
  Channel channel;
  channel.name = std::move(name);
  channel.value.assign(grid.days * kSlots, kUnknown);
  return channel;
}

// Shares of generation by source and the logarithm of the total, up to the issue.
void add_mix(const HourlyTable& table, DayGrid& grid) {
  std::vector<std::size_t> sources;
  for (std::size_t c = 0; c < table.columns.size(); ++c)
    if (is_source(table.columns[c])) sources.push_back(c);
  if (sources.empty()) return;
  for (const std::size_t c : sources) grid.past.push_back(empty_channel("share of " + table.columns[c], grid));
  Channel total = empty_channel("log of generation", grid);
  for (std::size_t i = 0; i < grid.known_days * kSlots; ++i) {
    const WallTime hour = grid.time_of(0, i);
    double sum = 0.0;
    for (const std::size_t c : sources) sum += std::max(table.at(c, hour), 0.0);  // a source may draw: pumped storage
    bool known = sum > 0.0 && std::isfinite(sum);
    for (const std::size_t c : sources) known = known && std::isfinite(table.at(c, hour));
    if (!known) continue;
    total.value[i] = std::log(sum);
    for (std::size_t k = 0; k < sources.size(); ++k)
      grid.past[k].value[i] = std::max(table.at(sources[k], hour), 0.0) / sum;
  }
  grid.past.push_back(std::move(total));
}

void add_weather(const HourlyTable& table, DayGrid& grid) {
  for (const std::string& name : table.columns) {
    grid.weather.push_back(empty_channel(name, grid));
    grid.weather.back().kind = weather_kind_of(name);
  }
  std::size_t zero_rows = 0;
  for (std::size_t i = 0; i < grid.days * kSlots; ++i) {
    const WallTime hour = grid.time_of(0, i);
    bool all_zero = table.columns.size() > 1;
    for (std::size_t c = 0; c < table.columns.size(); ++c) all_zero = all_zero && table.at(c, hour) == 0.0;
    zero_rows += all_zero ? 1 : 0;
    if (all_zero) continue;
    for (std::size_t c = 0; c < table.columns.size(); ++c) grid.weather[c].value[i] = table.at(c, hour);
  }
  if (zero_rows > 0)
    grid.notes.push_back(
        fmt::format("{}: {} hours hold nothing but zeros and count as not known", table.name, zero_rows));
}

Status add_target(const HourlyTable& table, std::size_t column, DayGrid& grid) {
  grid.target = empty_channel("log of intensity", grid);
  grid.g_per_kwh.assign(grid.days * kSlots, kUnknown);
  std::size_t missing = 0;
  for (std::size_t i = 0; i < grid.known_days * kSlots; ++i) {
    const double g_per_kwh = table.at(column, grid.time_of(0, i));
    if (std::isnan(g_per_kwh)) {
      ++missing;
      continue;
    }
    if (g_per_kwh <= 0.0)
      return fail(
          ErrorKind::kInvalid,
          fmt::format(
              "{}: {} at {} is {}; an average intensity is above 0, leave the field empty where it is not known",
              table.name, table.columns[column], format_utc(grid.time_of(0, i)), g_per_kwh));
    grid.g_per_kwh[i] = g_per_kwh;
    grid.target.value[i] = std::log(g_per_kwh);
  }
  if (missing > 0) grid.notes.push_back(fmt::format("{}: {} hours of intensity are not known", table.name, missing));
  return {};
}

}  // namespace

void add_means(Channel& channel) {
  const std::size_t days = channel.value.size() / kSlots;
  channel.week.assign(channel.value.size(), kUnknown);
  channel.day_mean.assign(days, kUnknown);
  for (std::size_t day = 0; day < days; ++day) {
    double day_sum = 0.0;
    std::size_t day_count = 0;
    for (std::size_t slot = 0; slot < kSlots; ++slot) {
      const double now = channel.at(day, slot);
      if (!std::isnan(now)) day_sum += now, ++day_count;
      double sum = 0.0;
      std::size_t count = 0;
      for (std::size_t back = 1; back <= 7 && back <= day; ++back) {
        const double past = channel.at(day - back, slot);
        if (!std::isnan(past)) sum += past, ++count;
      }
      if (count >= 4) channel.week[day * kSlots + slot] = sum / static_cast<double>(count);
    }
    if (day_count >= 18) channel.day_mean[day] = day_sum / static_cast<double>(day_count);
  }
}

Result<std::size_t> intensity_column_of(const ForecastInput& input) {
  const HourlyTable& table = input.intensity;
  if (!input.intensity_column.empty()) return table.column(input.intensity_column);
  if (const auto usual = table.column("carbon_intensity")) return usual;
  std::vector<std::size_t> found;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    const std::string lower = to_lower(table.columns[c]);
    if (lower.find("intensity") != std::string::npos || lower.find("g_per_kwh") != std::string::npos)
      found.push_back(c);
  }
  if (found.size() == 1) return found.front();
  if (found.empty() && table.columns.size() == 1) return std::size_t{0};
  return fail(ErrorKind::kNotFound,
              fmt::format("{}: {} columns could be the intensity; name it with --column", table.name, found.size()));
}

Result<DayGrid> make_day_grid(const ForecastInput& input, WallTime issue, std::size_t days_ahead) {
  OLIVINE_TRY(const std::size_t column, intensity_column_of(input));
  DayGrid grid;
  const std::int64_t past_ns = issue.ns - input.intensity.begin.ns;
  if (past_ns < kDayNs)
    return fail(ErrorKind::kInvalid,
                fmt::format("{}: less than a day before the issue at {}", input.intensity.name, format_utc(issue)));
  grid.known_days = static_cast<std::size_t>(past_ns / kDayNs);
  grid.days = grid.known_days + days_ahead;
  grid.begin = {issue.ns - static_cast<std::int64_t>(grid.known_days) * kDayNs};
  OLIVINE_CHECK_STATUS(add_target(input.intensity, column, grid));
  add_mix(input.intensity, grid);
  if (input.weather) add_weather(*input.weather, grid);
  add_means(grid.target);
  for (Channel& channel : grid.past) add_means(channel);
  for (Channel& channel : grid.weather) add_means(channel);
  return grid;
}

}  // namespace olivine
