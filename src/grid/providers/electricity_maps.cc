#include "grid/providers/electricity_maps.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/text.h"
#include "grid/providers/answer_json.h"

namespace olivine {
namespace {

HttpRequest ask(const FetchQuery& query, const Secret& token, std::string_view what,
                const std::vector<HttpHeader>& parameters) {
  RequestUrl url(query.endpoint, fmt::format("/v3/carbon-intensity/{}", what));
  url.query("zone", query.zone);
  for (const HttpHeader& p : parameters) url.query(p.name, p.value);
  url.query("emissionFactorType", name_of(query.boundary)).query("shouldUseFallbackCallerLookup", "false");
  HttpRequest request = url.request();
  request.headers = {{"auth-token", token.reveal()}, {"Accept", "application/json"}};
  request.secrets.push_back(token.reveal());
  return request;
}

Status same_zone(const AnswerJson& said, const std::string& zone) {
  if (!said.present()) return {};
  if (said.text_or("") == zone) return {};
  return fail(ErrorKind::kInvalid, fmt::format("Electricity Maps answered for zone '{}' and not for '{}': nothing is "
                                               "taken; zones: https://api.electricitymaps.com/v3/zones",
                                               printable(said.text_or("?").substr(0, 40)), zone));
}

Status same_type(const AnswerJson& said, Boundary boundary) {
  if (!said.present() || said.text_or("") == name_of(boundary)) return {};
  return fail(ErrorKind::kInvalid, fmt::format("Electricity Maps answered with emission factors '{}' and not '{}'",
                                               printable(said.text_or("?").substr(0, 40)), name_of(boundary)));
}

Result<ListedValue> read_row(const AnswerJson& row, const std::string& zone, Boundary boundary) {
  OLIVINE_CHECK_STATUS(same_zone(row["zone"], zone));
  OLIVINE_CHECK_STATUS(same_type(row["emissionFactorType"], boundary));
  const auto time = parse_utc(row["datetime"].text_or(""));
  if (!time) return fail(ErrorKind::kCorrupt, "a value of Electricity Maps has no time: " + time.error().message);
  return ListedValue{*time, row["carbonIntensity"].number(), row["isEstimated"].boolean().value_or(false)};
}

}  // namespace

std::vector<HttpRequest> electricity_maps_requests(const FetchQuery& query, const Secret& token) {
  std::vector<HttpRequest> requests;
  const WallTime past_end = std::min(query.interval.end, query.now);
  if (query.interval.begin < past_end) {
    if (query.interval.begin >= floor_to(query.now, hours(1)) + Duration{-hours(24).ns}) {
      requests.push_back(ask(query, token, "history", {}));
    } else {
      for (const WallInterval& part : chunks({query.interval.begin, past_end}, hours(240)))
        requests.push_back(
            ask(query, token, "past-range", {{"start", format_second(part.begin)}, {"end", format_second(part.end)}}));
    }
  }
  if (query.interval.end > ceil_to(query.now, hours(1))) {
    const std::int64_t ahead = (query.interval.end - query.now).ns / hours(1).ns;
    const std::string horizon = ahead < 24 ? "24" : ahead < 48 ? "48" : "72";
    requests.push_back(ask(query, token, "forecast", {{"horizonHours", horizon}}));
  }
  return requests;
}

Result<ListedValues> parse_electricity_maps(std::string_view body, const std::string& zone, Boundary boundary) {
  OLIVINE_TRY(const AnswerJson answer, AnswerJson::parse(body));
  OLIVINE_CHECK_STATUS(same_zone(answer["zone"], zone));
  ListedValues listed;
  AnswerJson rows = answer["history"];
  const bool forecast = answer["forecast"].present();
  if (!rows.present()) rows = answer["data"];
  if (!rows.present()) rows = answer["forecast"];
  if (!rows.is_array()) {
    if (const std::string words = words_of_error(body); !words.empty())
      return fail(ErrorKind::kInvalid, "Electricity Maps says: " + words);
    return fail(ErrorKind::kCorrupt, "the answer of Electricity Maps has none of history, data, forecast");
  }
  if (const AnswerJson unit = answer["unit"]; unit.present() && unit.text_or("").find("CO2eq/kWh") == std::string::npos)
    return fail(ErrorKind::kInvalid, fmt::format("Electricity Maps answered in '{}' and not in gCO2eq/kWh",
                                                 printable(unit.text_or("?").substr(0, 40))));
  bool named = answer["zone"].present();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    OLIVINE_TRY(ListedValue value, read_row(rows[i], zone, boundary));
    if (!named && !rows[i]["zone"].present())
      return fail(ErrorKind::kInvalid, "Electricity Maps does not say for which zone it answered: nothing is taken");
    value.estimated = value.estimated || forecast;
    listed.values.push_back(value);
  }
  if (forecast)
    listed.notes.push_back(fmt::format("{} values are forecasts, issued {}", rows.size(),
                                       printable(answer["updatedAt"].text_or("at an unknown time").substr(0, 40))));
  return listed;
}

Result<std::unique_ptr<ProviderSession>> start_electricity_maps(const ProviderInfo& provider, const FetchQuery& query,
                                                                const Credentials& credentials) {
  OLIVINE_CHECK_STATUS(require(query, provider, Signal::kAverage, std::nullopt));
  IntensitySeries blank = blank_series(query, provider);
  blank.accounting = "consumption";
  return std::make_unique<ListSession>(
      electricity_maps_requests(query, credentials.electricity_maps_token),
      [zone = query.zone, boundary = query.boundary](std::string_view body) {
        return parse_electricity_maps(body, zone, boundary);
      },
      std::move(blank), query.interval);
}

}  // namespace olivine
