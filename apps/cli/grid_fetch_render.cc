#include "apps/cli/grid_fetch_render.h"

#include <fmt/core.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "grid/providers/utc_text.h"

namespace olivine::cli {
namespace {

using json = nlohmann::ordered_json;

json optional_number(const std::optional<double>& value) {
  json made;  // null; g++ 12 takes a conditional here for an uninitialised read
  if (value) made = *value;
  return made;
}

json points_json(const IntensitySeries& series) {
  json list = json::array();
  for (const IntensityPoint& p : series.points)
    list.push_back({{"begin", format_second(p.begin)},
                    {"end", format_second(p.end)},
                    {"g_per_kwh", p.g_per_kwh},
                    {"lower", p.lower},
                    {"upper", p.upper},
                    {"estimated", p.estimated}});
  return list;
}

json mix_json(const ServiceMix& mix) {
  json kinds = json::array();
  for (const MixKind& kind : mix.kinds) {
    json mw = json::array();
    for (const auto& [time, value] : kind.mw)
      mw.push_back({{"begin", format_second(time)}, {"mw", optional_number(value)}});
    kinds.push_back({{"code", kind.code}, {"fuel", name_of(kind.fuel)}, {"values", std::move(mw)}});
  }
  return {{"step_s", in_seconds(mix.step)}, {"kinds", std::move(kinds)}};
}

json weather_json(const WeatherTable& table) {
  json times = json::array(), columns = json::array();
  for (const WallTime t : table.times) times.push_back(format_second(t));
  for (const WeatherColumn& column : table.columns) {
    json values = json::array();
    for (const auto& value : column.values) values.push_back(optional_number(value));
    columns.push_back({{"name", column.name}, {"values", std::move(values)}});
  }
  return {{"latitude", table.latitude},
          {"longitude", table.longitude},
          {"times", std::move(times)},
          {"columns", std::move(columns)}};
}

json cache_json(const FetchReport& report) {
  std::optional<double> age_s;
  if (report.oldest) age_s = in_seconds(*report.oldest);
  return {{"requests_sent", report.requests_sent},
          {"served_fresh", report.served_fresh},
          {"served_unchanged", report.served_unchanged},
          {"served_stale", report.served_stale},
          {"oldest_s", optional_number(age_s)}};
}

std::string values_line(const IntensitySeries& series) {
  if (series.points.empty()) return "no value\n";
  double least = series.points[0].g_per_kwh, most = least, sum = 0, hours_long = 0;
  std::size_t estimated = 0;
  for (const IntensityPoint& p : series.points) {
    const double length_h = in_seconds(p.end - p.begin) / 3600.0;
    least = std::min(least, p.g_per_kwh);
    most = std::max(most, p.g_per_kwh);
    sum += p.g_per_kwh * length_h;
    hours_long += length_h;
    estimated += p.estimated ? 1 : 0;
  }
  return fmt::format("{} .. {}  {} points, {:.1f} .. {:.1f}, mean {:.1f} g/kWh, {} estimated\n",
                     format_minute(series.points.front().begin), format_minute(series.points.back().end),
                     series.points.size(), least, most, sum / hours_long, estimated);
}

}  // namespace

std::string fetch_text(const ProviderInfo& provider, const FetchReport& report) {
  const IntensitySeries& series = report.data.series;
  std::string text;
  if (report.data.weather) {
    const WeatherTable& w = *report.data.weather;
    text += fmt::format("{}  weather at {:.3f},{:.3f}\nvalues    {} hours from {}, {} columns\n", series.zone,
                        w.latitude, w.longitude, w.times.size(), format_minute(w.times.front()), w.columns.size());
  } else {
    text += fmt::format("{}  {} {}, {}, losses {}\nvalues    {}", series.zone, name_of(series.signal),
                        name_of(series.boundary), series.accounting, series.losses, values_line(series));
  }
  text += fmt::format("source    {}\n", series.source);
  text += fmt::format("requests  {} sent; from the cache: {} fresh, {} unchanged, {} stale{}\n", report.requests_sent,
                      report.served_fresh, report.served_unchanged, report.served_stale,
                      report.oldest ? ", oldest " + format_duration(*report.oldest) : "");
  for (const QuotaUse& q : report.quota)
    text +=
        fmt::format("quota     {} of {} left in {} (own count; limit: {})\n", shortest(std::max(0.0, q.limit - q.used)),
                    shortest(q.limit), format_duration(q.window), provider.limits_source);
  if (!report.quota_said.empty()) text += fmt::format("quota     {} left, says the service\n", report.quota_said);
  return text;
}

std::string fetch_json(const ProviderInfo& provider, const FetchReport& report) {
  const IntensitySeries& s = report.data.series;
  json quota = json::array();
  for (const QuotaUse& q : report.quota)
    quota.push_back({{"limit", q.limit},
                     {"used", q.used},
                     {"window_s", in_seconds(q.window)},
                     {"limit_source", provider.limits_source}});
  const json document = {{"schema", "olivine.grid_fetch/1"},
                         {"provider", provider.name},
                         {"zone", s.zone},
                         {"signal", name_of(s.signal)},
                         {"boundary", name_of(s.boundary)},
                         {"accounting", s.accounting},
                         {"losses", s.losses},
                         {"gases", s.gases},
                         {"source", s.source},
                         {"dataset", s.dataset.empty() ? json(nullptr) : json(s.dataset)},
                         {"points", points_json(s)},
                         {"mix", report.data.mix ? mix_json(*report.data.mix) : json(nullptr)},
                         {"weather", report.data.weather ? weather_json(*report.data.weather) : json(nullptr)},
                         {"notes", s.notes},
                         {"cache", cache_json(report)},
                         {"quota", quota},
                         {"quota_said", report.quota_said.empty() ? json(nullptr) : json(report.quota_said)}};
  return document.dump(2, ' ', false, json::error_handler_t::replace);
}

std::string weather_csv(const WeatherTable& table) {
  std::string text = "time_utc";
  for (const WeatherColumn& column : table.columns) text += "," + column.name;
  text += "\n";
  for (std::size_t i = 0; i < table.times.size(); ++i) {
    text += format_second(table.times[i]);
    for (const WeatherColumn& column : table.columns)
      text += "," + (column.values[i] ? shortest(*column.values[i]) : std::string());
    text += "\n";
  }
  return text;
}

}  // namespace olivine::cli
