#include "grid/providers/open_meteo.h"

#include <fmt/core.h>

#include <array>
#include <cmath>

#include "base/text.h"
#include "grid/providers/answer_json.h"
#include "grid/providers/list_session.h"
#include "grid/providers/utc_text.h"

namespace olivine {
namespace {

struct Variable {
  std::string_view name, unit, column;
  bool never_negative;
};
constexpr std::array<Variable, 4> kVariables{
    {{"shortwave_radiation", "W/m²", "shortwave_radiation_w_per_m2", true},
     {"direct_normal_irradiance", "W/m²", "direct_normal_irradiance_w_per_m2", true},
     {"wind_speed_120m", "m/s", "wind_speed_120m_m_per_s", true},
     {"temperature_2m", "°C", "temperature_2m_c", false}}};

Status check_place(const AnswerJson& answer, const GeoPlace& place, WeatherTable& table) {
  const auto latitude = answer["latitude"].number(), longitude = answer["longitude"].number();
  if (!latitude || !longitude)
    return fail(ErrorKind::kInvalid, "Open-Meteo does not say for which place it answered: nothing is taken");
  const double east = std::abs(std::remainder(*longitude - place.longitude, 360.0));
  if (std::abs(*latitude - place.latitude) > 0.5 || east > 0.5)
    return fail(ErrorKind::kInvalid,
                fmt::format("Open-Meteo answered for {},{} and not for {},{}: nothing is taken", shortest(*latitude),
                            shortest(*longitude), shortest(place.latitude), shortest(place.longitude)));
  table.latitude = *latitude;
  table.longitude = *longitude;
  if (answer["utc_offset_seconds"].number() != 0.0)
    return fail(ErrorKind::kInvalid, "Open-Meteo's times are not stated to be UTC: nothing is taken");
  return {};
}

Result<std::vector<WallTime>> read_times(const AnswerJson& list) {
  if (!list.is_array()) return fail(ErrorKind::kCorrupt, "the answer of Open-Meteo has no hourly.time");
  std::vector<WallTime> times;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const auto time = parse_utc(list[i].text_or(""), Utc::kImplied);
    if (!time) return fail(ErrorKind::kCorrupt, "a time of Open-Meteo: " + time.error().message);
    if (!times.empty() && *time <= times.back())
      return fail(ErrorKind::kInvalid,
                  fmt::format("Open-Meteo lists {} twice or out of order: nothing is taken", format_minute(*time)));
    times.push_back(*time);
  }
  return times;
}

Status read_column(const AnswerJson& answer, const Variable& variable, ReadWeather& read) {
  const std::string unit = answer["hourly_units"][variable.name].text_or("");
  if (unit != variable.unit)
    return fail(ErrorKind::kInvalid, fmt::format("Open-Meteo states the unit '{}' of {} and not {}: nothing is taken",
                                                 printable(unit.substr(0, 20)), variable.name, variable.unit));
  const AnswerJson list = answer["hourly"][variable.name];
  if (list.size() != read.table.times.size())
    return fail(ErrorKind::kCorrupt, fmt::format("Open-Meteo lists {} values of {} for {} times", list.size(),
                                                 variable.name, read.table.times.size()));
  WeatherColumn column{std::string(variable.column), {}};
  std::size_t missing = 0, negative = 0;
  for (std::size_t i = 0; i < list.size(); ++i) {
    auto value = list[i].number();
    if (!value) ++missing;
    if (value && variable.never_negative && *value < 0) {
      ++negative;
      value.reset();
    }
    column.values.push_back(value);
  }
  if (missing > 0)
    read.notes.push_back(
        fmt::format("{} of {} values of {} are missing: left empty", missing, list.size(), variable.name));
  if (negative > 0)
    read.notes.push_back(
        fmt::format("{} of {} values of {} are negative: left empty", negative, list.size(), variable.name));
  read.table.columns.push_back(std::move(column));
  return {};
}

class OpenMeteoSession final : public ProviderSession {
 public:
  OpenMeteoSession(HttpRequest request, GeoPlace place, IntensitySeries blank)
      : request_(std::move(request)), place_(place), series_(std::move(blank)) {}
  Result<std::optional<HttpRequest>> next() override {
    return read_ ? std::optional<HttpRequest>{} : std::optional<HttpRequest>{request_};
  }
  Status accept(const HttpResponse& answer) override {
    OLIVINE_TRY(ReadWeather read, parse_open_meteo(answer.body, place_));
    read_ = std::move(read);
    return {};
  }
  Result<FetchedData> finish() override {
    if (!read_ || read_->table.times.empty()) return fail(ErrorKind::kNotFound, "Open-Meteo has no hours in this time");
    FetchedData data;
    data.series = std::move(series_);
    data.series.notes = std::move(read_->notes);
    data.weather = std::move(read_->table);
    return data;
  }

 private:
  HttpRequest request_;
  GeoPlace place_;
  IntensitySeries series_;
  std::optional<ReadWeather> read_;
};

}  // namespace

Result<GeoPlace> parse_place(std::string_view text) {
  const auto parts = split(text, ',');
  if (parts.size() == 2) {
    const auto latitude = parse_double(trim(parts[0])), longitude = parse_double(trim(parts[1]));
    if (latitude && longitude && std::abs(*latitude) <= 90 && std::abs(*longitude) <= 180)
      return GeoPlace{*latitude, *longitude};
  }
  return fail(ErrorKind::kInvalid,
              fmt::format("Open-Meteo needs a place LATITUDE,LONGITUDE such as 52.5,13.4, not '{}'",
                          printable(text.substr(0, 40))));
}

HttpRequest open_meteo_request(const FetchQuery& query, const GeoPlace& place) {
  std::string names;
  for (const Variable& v : kVariables) names += (names.empty() ? "" : ",") + std::string(v.name);
  RequestUrl url(query.endpoint, "/v1/forecast");
  url.query("latitude", shortest(place.latitude)).query("longitude", shortest(place.longitude)).query("hourly", names);
  url.query("timezone", "UTC").query("wind_speed_unit", "ms");
  url.query("start_date", format_date(query.interval.begin))
      .query("end_date", format_date({query.interval.end.ns - 1}));
  HttpRequest request = url.request();
  request.headers = {{"Accept", "application/json"}};
  return request;
}

Result<ReadWeather> parse_open_meteo(std::string_view body, const GeoPlace& place) {
  OLIVINE_TRY(const AnswerJson answer, AnswerJson::parse(body));
  if (!answer["hourly"].is_object()) {
    if (const std::string words = words_of_error(body); !words.empty())
      return fail(ErrorKind::kInvalid, "Open-Meteo says: " + words);
    return fail(ErrorKind::kCorrupt, "the answer of Open-Meteo has no hourly values");
  }
  ReadWeather read;
  OLIVINE_CHECK_STATUS(check_place(answer, place, read.table));
  OLIVINE_TRY(read.table.times, read_times(answer["hourly"]["time"]));
  for (const Variable& variable : kVariables) OLIVINE_CHECK_STATUS(read_column(answer, variable, read));
  return read;
}

Result<std::unique_ptr<ProviderSession>> start_open_meteo(const ProviderInfo& provider, const FetchQuery& query,
                                                          const Credentials&) {
  OLIVINE_TRY(const GeoPlace place, parse_place(query.zone));
  return std::make_unique<OpenMeteoSession>(open_meteo_request(query, place), place, blank_series(query, provider));
}

}  // namespace olivine
