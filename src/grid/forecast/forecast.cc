#include "grid/forecast/forecast.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "grid/forecast/features.h"

namespace olivine {
namespace {

constexpr std::size_t kMostHours = 168;  // features reach back to the same weekday
constexpr std::size_t kLeastNaiveDays = 8;

// The end of the last hour whose intensity is known, at most `at`.
Result<WallTime> issue_time(const ForecastInput& input, const std::optional<WallTime>& at) {
  OLIVINE_TRY(const std::size_t column, intensity_column_of(input));
  WallTime end = input.intensity.end();
  if (at && (*at > end || *at < input.intensity.begin))
    return fail(ErrorKind::kInvalid, fmt::format("{} holds no data up to {}; it spans {} to {}", input.intensity.name,
                                                 format_utc(*at), format_utc(input.intensity.begin), format_utc(end)));
  if (at) return *at;
  while (end > input.intensity.begin && std::isnan(input.intensity.at(column, {end.ns - kHourNs}))) end.ns -= kHourNs;
  return end;
}

// The weather where it reaches to the end of the forecast.
std::optional<HourlyTable> usable_weather(const ForecastInput& input, WallTime issue, std::size_t leads,
                                          std::vector<std::string>& notes) {
  if (!input.weather) {
    notes.emplace_back("no weather forecast was given: the models know the past and the calendar only");
    return std::nullopt;
  }
  const WallTime end{issue.ns + static_cast<std::int64_t>(leads * kSlots) * kHourNs};
  if (input.weather->end() >= end) return input.weather;
  notes.push_back(fmt::format("{} ends at {}, before the forecast's last day at {}: the weather is left out",
                              input.weather->name, format_utc(input.weather->end()), format_utc(end)));
  return std::nullopt;
}

// The share of the features at the issue that are not known.
double unknown_share(const DayGrid& grid, std::size_t leads) {
  double unknown = 0.0, all = 0.0;
  for (std::size_t lead = 0; lead < leads; ++lead)
    for (std::size_t slot = 0; slot < kSlots; ++slot)
      for (const double v : features_of(grid, grid.known_days, lead, slot))
        unknown += std::isnan(v) ? 1.0 : 0.0, all += 1.0;
  return unknown / all;
}

void add_points(const DayGrid& grid, const ModelTrack& track, const RangeTrack& ranges, std::size_t hours,
                Forecast& forecast) {
  std::size_t missing = 0, bare = 0;
  for (std::size_t i = 0; i < hours; ++i) {
    const std::size_t lead = i / kSlots, slot = i % kSlots;
    const std::size_t place = track.log_g[lead].size() - kSlots + slot;  // the last issue
    const double g_per_kwh = std::exp(track.log_g[lead][place]);
    const WallTime begin = grid.time_of(grid.known_days + lead, slot);
    if (std::isnan(g_per_kwh)) {
      ++missing;
      continue;
    }
    IntensityPoint point = exact_point(begin, {begin.ns + kHourNs}, g_per_kwh);
    if (std::isnan(ranges.low[lead][place])) {
      ++bare;
    } else {
      point.lower = std::min(std::exp(ranges.low[lead][place]), g_per_kwh);
      point.upper = std::max(std::exp(ranges.high[lead][place]), g_per_kwh);
    }
    forecast.series.points.push_back(point);
  }
  if (missing > 0)
    forecast.series.notes.push_back(
        fmt::format("{} hours have no forecast: the hours they rest on are not known", missing));
  if (bare > 0)
    forecast.series.notes.push_back(fmt::format("{} hours have no range: fewer than {} days to judge the errors by",
                                                bare, ConformalSettings{}.least_days));
}

ModelRecord record_of(const ForecastInput& input, const DayGrid& grid, const RollingSettings& settings,
                      const BoostedTrees::Library& library) {
  ModelRecord record;
  record.zone = input.zone;
  record.issued_at = record.trained_to = grid.time_of(grid.known_days, 0);
  record.trained_from = grid.begin;
  record.data_hash = hash_of(input);
  record.seed = settings.trees.seed;
  if (library) record.xgboost_version = library->version();
  record.features = feature_names(grid);
  return record;
}

RollingSettings rolling_settings(const ForecastSettings& settings, const DayGrid& grid, std::size_t leads,
                                 bool learned) {
  RollingSettings rolling = settings.models;
  rolling.leads = leads;
  rolling.end_issue = grid.known_days + 1;
  rolling.anchor = grid.known_days;
  rolling.trees_refit_days = kWarmUpDays;
  rolling.first_issue = grid.known_days - std::min(kWarmUpDays, grid.known_days - kLeastNaiveDays);
  // Ridge is trained at the issue itself; without learning it never is.
  rolling.least_days = learned ? rolling.least_days + (grid.known_days - rolling.least_days) % rolling.ridge_refit_days
                               : rolling.end_issue;
  return rolling;
}

}  // namespace

Result<Forecast> make_forecast(const ForecastInput& given, const ForecastSettings& settings,
                               const BoostedTrees::Library& library, const Progress& progress) {
  if (settings.horizon_hours == 0 || settings.horizon_hours > kMostHours)
    return fail(ErrorKind::kInvalid,
                fmt::format("a forecast of {} h; the horizon is 1 to {} h", settings.horizon_hours, kMostHours));
  const std::size_t leads = (settings.horizon_hours + kSlots - 1) / kSlots;
  Forecast forecast;
  OLIVINE_TRY(forecast.issued_at, issue_time(given, settings.at));
  IntensitySeries& series = forecast.series;
  series.zone = given.zone;
  series.signal = settings.signal;
  series.boundary = settings.boundary;
  series.gases = settings.gases;
  series.basis = Basis::kModelled;
  series.notes = given.intensity.notes;
  ForecastInput input{given.zone, given.intensity, given.intensity_column,
                      usable_weather(given, forecast.issued_at, leads, series.notes)};
  OLIVINE_TRY(const DayGrid grid, make_day_grid(input, forecast.issued_at, leads));
  series.notes.insert(series.notes.end(), grid.notes.begin(), grid.notes.end());
  if (grid.known_days < kLeastNaiveDays)
    return fail(ErrorKind::kInvalid,
                fmt::format("{} holds {} days before the issue; a forecast needs {} (of {} for a trained model)",
                            given.intensity.name, grid.known_days, kLeastNaiveDays, kLeastDays + kWarmUpDays));
  const double unknown = unknown_share(grid, leads);
  const bool enough = grid.known_days >= kLeastDays + kWarmUpDays;
  const bool learned = enough && unknown <= 0.25;
  if (!enough)
    series.notes.push_back(fmt::format(
        "{} days of data; a trained model needs {}: this is the seasonal naive forecast, the same hour of last week",
        grid.known_days, kLeastDays + kWarmUpDays));
  else if (!learned)
    series.notes.push_back(
        fmt::format("{:.0f} % of what the models ask for is not known at the issue: this is the seasonal naive "
                    "forecast, the same hour of last week",
                    100.0 * unknown));
  else if (unknown > 0.0)
    series.notes.push_back(fmt::format(
        "{:.1f} % of what the models ask for is not known at the issue and counts as its mean", 100.0 * unknown));
  const RollingSettings rolling = rolling_settings(settings, grid, leads, learned);
  OLIVINE_TRY(RollingForecast rolled, roll_forecasts(grid, rolling, learned ? library : nullptr, progress));
  ModelTrack track = rolled.models[1];
  if (learned) {
    const auto members = ensemble_members(rolled.models);
    Blend mixed = blend(grid, members, rolling.first_issue, settings.ensemble);
    track = std::move(mixed.track);
    forecast.trained = record_of(input, grid, rolling, library);
    for (std::size_t m = 0; m < members.size(); ++m)
      forecast.trained->weights.emplace_back(members[m]->name, mixed.last_weights[0][m]);
    forecast.trained->leads = std::move(rolled.trained);
    if (!library) series.notes.emplace_back("no boosted trees: the forecast is of ridge and persistence");
  }
  forecast.model = track.name;
  series.source = fmt::format("olivine forecast ({})", track.name);
  add_points(grid, track, conformal_ranges(grid, track.log_g, rolling.first_issue, settings.conformal),
             settings.horizon_hours, forecast);
  OLIVINE_CHECK_STATUS(check(series));
  return forecast;
}

}  // namespace olivine
