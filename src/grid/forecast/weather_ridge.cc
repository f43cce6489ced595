#include "grid/forecast/weather_ridge.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace olivine {
namespace {

constexpr std::size_t kWeek = 168, kFirst = kWeek + 24;  // hours of past that every feature finds

double mean_of(const std::vector<double>& sum, std::size_t begin, std::size_t end) {
  return (sum[end] - sum[begin]) / static_cast<double>(end - begin);
}

void add_calendar(std::vector<double>& row, WallTime time) {
  const std::int64_t day = time.ns / (24 * kHourNs);
  const auto weekday = static_cast<std::size_t>((day + 3) % 7);  // 1970-01-01 was a Thursday
  for (std::size_t d = 0; d < 7; ++d) row.push_back(d == weekday ? 1.0 : 0.0);
  const double angle = 2.0 * std::numbers::pi * static_cast<double>(day) / 365.2425;
  for (const double k : {1.0, 2.0}) {
    row.push_back(std::sin(k * angle));
    row.push_back(std::cos(k * angle));
  }
}

}  // namespace

WeatherRidge::Hours WeatherRidge::hours_of(std::vector<double> values, WeatherKind kind, bool bridged) {
  Hours hours{std::move(values), {0.0}, kind};
  double last = 0.0;
  for (double& v : hours.value) {
    if (!std::isnan(v)) last = v;
    if (bridged) v = last;
    hours.sum.push_back(hours.sum.back() + (std::isnan(v) ? last : v));
  }
  return hours;
}

Result<WeatherRidge> WeatherRidge::fit(const ForecastInput& input, WallTime end, WeatherRidgeSettings settings) {
  OLIVINE_TRY(const DayGrid grid, make_day_grid(input, end, 0));
  WeatherRidge self;
  self.settings_ = settings;
  self.begin_ = grid.begin;
  self.hours_ = grid.days * kSlots;
  for (const double g : grid.g_per_kwh) self.known_.push_back(std::isnan(g) ? 0 : 1);
  self.past_.push_back(hours_of(grid.g_per_kwh, WeatherKind::kOther, true));
  for (const Channel& channel : grid.past) self.past_.push_back(hours_of(channel.value, channel.kind, true));
  for (const Channel& channel : grid.weather) self.weather_.push_back(hours_of(channel.value, channel.kind, false));
  self.models_.resize(settings.most_hours * 24);
  for (std::size_t h = 1; h <= settings.most_hours; ++h) self.fit_horizon(h);
  return self;
}

// The same hour on the last seven days, in g/kWh.
double WeatherRidge::profile(std::size_t now, std::size_t horizon) const {
  const std::size_t same = now + horizon - 24 * ((horizon + 23) / 24);
  double sum = 0.0;
  for (std::size_t d = 0; d < 7; ++d) sum += past_.front().value[same - 24 * d];
  return sum / 7.0;
}

double WeatherRidge::relative_to_week(std::size_t now) const {
  return std::max(mean_of(past_.front().sum, now + 1 - kWeek, now + 1), 1e-6);
}

void WeatherRidge::add_weather(std::vector<double>& row, std::size_t now, std::size_t target) const {
  for (const Hours& w : weather_) {
    const double there = w.value[target], week = mean_of(w.sum, now + 1 - kWeek, now + 1);
    row.push_back(there);
    row.push_back(there - week);
    row.push_back(mean_of(w.sum, target - std::min<std::size_t>(target, 3), std::min(target + 4, hours_)) - there);
    row.push_back(there - w.value[now]);
    if (w.kind == WeatherKind::kWind) {
      row.push_back(there * there - week * week);
      row.push_back(there * there * there);
    }
    if (w.kind == WeatherKind::kTemperature) {  // heating and cooling, in kelvin
      row.push_back(std::max(there - 291.15, 0.0));
      row.push_back(std::max(287.15 - there, 0.0));
    }
  }
}

std::vector<double> WeatherRidge::features(std::size_t now, std::size_t horizon) const {
  const Hours& x = past_.front();
  const double mean = relative_to_week(now);
  const std::size_t target = now + horizon, same = target - 24 * ((horizon + 23) / 24);
  std::vector<double> row;
  for (const std::size_t t : {now, now - 1, now - 2, now - 5, now - 11, same, same - 1, std::min(same + 1, now),
                              same - 24, same - 48, target - kWeek * ((horizon + kWeek - 1) / kWeek)})
    row.push_back(x.value[t] / mean);
  row.push_back(profile(now, horizon) / mean);
  row.push_back(mean_of(x.sum, now - 5, now + 1) / mean);
  row.push_back(mean_of(x.sum, now - 23, now + 1) / mean);
  row.push_back(mean);
  for (std::size_t k = 1; k < past_.size(); ++k) {
    row.push_back(past_[k].value[now]);
    row.push_back(past_[k].value[same]);
    row.push_back(mean_of(past_[k].sum, now - 23, now + 1));
  }
  add_calendar(row, {begin_.ns + static_cast<std::int64_t>(target) * kHourNs});
  add_weather(row, now, target);
  return row;
}

void WeatherRidge::fit_horizon(std::size_t horizon) {
  const std::size_t columns = features(kFirst, horizon).size();
  for (std::size_t hour = 0; hour < 24; ++hour) {
    RidgeLearner learner(columns, settings_.ridge);
    std::size_t target = (kFirst + horizon + 23) / 24 * 24 + hour;
    auto& models = models_[(horizon - 1) * 24 + hour];
    for (std::size_t issue = settings_.first_hour; issue < hours_; issue += settings_.refit_hours) {
      for (; target < issue; target += 24) {
        const std::size_t now = target - horizon;
        if (known_[target] == 0) continue;
        learner.learn(features(now, horizon),
                      (past_.front().value[target] - profile(now, horizon)) / relative_to_week(now));
      }
      models.push_back(learner.model());
    }
  }
}

std::vector<double> WeatherRidge::forecast(std::size_t now, std::size_t count) const {
  std::vector<double> out;
  if (now < std::max(settings_.first_hour, kFirst)) return out;
  const std::size_t refit = (now - settings_.first_hour) / settings_.refit_hours;
  for (std::size_t h = 1; h <= std::min(count, settings_.most_hours); ++h) {
    if (now + h >= hours_) return out;
    const auto& models = models_[(h - 1) * 24 + (now + h) % 24];
    if (refit >= models.size() || !models[refit]) return {};
    out.push_back(std::max(profile(now, h) + models[refit]->predict(features(now, h)) * relative_to_week(now), 0.0));
  }
  return out;
}

std::vector<double> translate(std::span<const double> series, std::span<const double> other, std::size_t now,
                              std::span<const double> forecast) {
  const std::size_t first = now + 1 > 28 * 24 ? now + 1 - 28 * 24 : 0;
  double n = 0.0, x = 0.0, y = 0.0, xx = 0.0, xy = 0.0;
  for (std::size_t t = first; t <= now; ++t) {
    if (std::isnan(series[t]) || std::isnan(other[t])) continue;
    n += 1.0;
    x += series[t];
    y += other[t];
    xx += series[t] * series[t];
    xy += series[t] * other[t];
  }
  const double spread = xx - x * x / std::max(n, 1.0);
  const double b = spread > 1e-9 ? (xy - x * y / n) / spread : 1.0, a = n > 0.0 ? (y - b * x) / n : 0.0;
  const double missed = other[now] - (a + b * series[now]);
  std::vector<double> out;
  for (std::size_t h = 1; h <= forecast.size(); ++h)
    out.push_back(std::max(
        a + b * forecast[h - 1] + (std::isnan(missed) ? 0.0 : missed * std::exp2(-static_cast<double>(h) / 12.0)),
        0.0));
  return out;
}

}  // namespace olivine
