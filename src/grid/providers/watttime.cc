#include "grid/providers/watttime.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/text.h"
#include "grid/providers/answer_json.h"

namespace olivine {
namespace {

std::string_view signal_type_of(Signal signal) { return signal == Signal::kMarginal ? "co2_moer" : "co2_aoer"; }

HttpRequest finished(const RequestUrl& url) {
  HttpRequest request = url.request();
  request.headers = {{"Accept", "application/json"}};
  request.needs_login = true;
  return request;
}

Status stated(const AnswerJson& meta, const char* key, std::string_view wanted) {
  const std::string said = meta[key].text_or("");
  if (said == wanted) return {};
  if (said.empty())
    return fail(ErrorKind::kInvalid, fmt::format("WattTime does not state meta.{}: nothing is taken", key));
  return fail(ErrorKind::kInvalid, fmt::format("WattTime answered with {} '{}' and not '{}': nothing is taken", key,
                                               printable(said.substr(0, 40)), wanted));
}

std::string warning_text(const AnswerJson& warning) {
  const std::string text = warning.text_or(warning["message"].text_or(warning["type"].text_or("")));
  return "WattTime warns: " + (text.empty() ? std::string("without words") : printable(text.substr(0, 200)));
}

}  // namespace

std::string watttime_region(const std::string& zone) { return zone == "US-CAL-CISO" ? "CAISO_NORTH" : zone; }

std::vector<HttpRequest> watttime_requests(const FetchQuery& query) {
  const std::string region = watttime_region(query.zone);
  std::vector<HttpRequest> requests;
  const WallTime past_end = std::min(query.interval.end, query.now);
  if (query.interval.begin < past_end)
    for (const WallInterval& part : chunks({query.interval.begin, past_end}, hours(30 * 24))) {
      RequestUrl url(query.endpoint, "/v3/historical");
      url.query("region", region)
          .query("start", format_second(part.begin))
          .query("end", format_second(part.end))
          .query("signal_type", signal_type_of(query.signal));
      requests.push_back(finished(url));
    }
  if (query.interval.end > ceil_to(query.now, hours(1))) {
    const std::int64_t ahead = std::min<std::int64_t>(72, 1 + (query.interval.end - query.now).ns / hours(1).ns);
    RequestUrl url(query.endpoint, "/v3/forecast");
    url.query("region", region)
        .query("signal_type", signal_type_of(query.signal))
        .query("horizon_hours", std::to_string(ahead));
    requests.push_back(finished(url));
  }
  return requests;
}

Result<ListedValues> parse_watttime(std::string_view body, const std::string& region, std::string_view signal_type) {
  OLIVINE_TRY(const AnswerJson answer, AnswerJson::parse(body));
  const AnswerJson rows = answer["data"], meta = answer["meta"];
  if (!rows.is_array() || !meta.is_object()) {
    if (const std::string words = words_of_error(body); !words.empty())
      return fail(ErrorKind::kInvalid, "WattTime says: " + words);
    return fail(ErrorKind::kCorrupt, "the answer of WattTime lacks data or meta");
  }
  OLIVINE_CHECK_STATUS(stated(meta, "region", region));
  OLIVINE_CHECK_STATUS(stated(meta, "signal_type", signal_type));
  OLIVINE_CHECK_STATUS(stated(meta, "units", "lbs_co2_per_mwh"));
  const auto period_s = meta["data_point_period_seconds"].number();
  if (!period_s || *period_s < 60 || *period_s > 3600 || 3600 % static_cast<int>(*period_s) != 0)
    return fail(ErrorKind::kInvalid, "WattTime states no usable data_point_period_seconds: nothing is taken");
  ListedValues listed;
  listed.step = seconds(static_cast<std::int64_t>(*period_s));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto time = parse_utc(rows[i]["point_time"].text_or(""));
    if (!time) return fail(ErrorKind::kCorrupt, "a value of WattTime has no time: " + time.error().message);
    std::optional<double> value = rows[i]["value"].number();
    if (value) *value *= kGramsPerKwhInLbPerMwh;
    listed.values.push_back({*time, value, rows[i]["imputed_data_used"].boolean().value_or(false)});
  }
  for (std::size_t i = 0; i < std::min<std::size_t>(meta["warnings"].size(), 20); ++i)
    listed.notes.push_back(warning_text(meta["warnings"][i]));
  if (const auto date = meta["model"]["date"].text())
    listed.notes.push_back("WattTime's model of " + printable(date->substr(0, 40)));
  return listed;
}

Result<Secret> parse_watttime_login(std::string_view body) {
  OLIVINE_TRY(const AnswerJson answer, AnswerJson::parse(body));
  const auto token = answer["token"].text();
  if (!token || token->empty() || token->size() > 8192)
    return fail(ErrorKind::kCorrupt, "WattTime's login answered without a token");
  for (const char c : *token)
    if (static_cast<unsigned char>(c) <= ' ' || static_cast<unsigned char>(c) >= 0x7f)
      return fail(ErrorKind::kCorrupt, "WattTime's login answered with a token that cannot be sent");
  return Secret(*token);
}

Result<std::unique_ptr<ProviderSession>> start_watttime(const ProviderInfo& provider, const FetchQuery& query,
                                                        const Credentials&) {
  OLIVINE_CHECK_STATUS(require(query, provider, query.signal, Boundary::kDirect));
  IntensitySeries blank = blank_series(query, provider);
  blank.accounting = "production";
  blank.gases = "co2";
  return std::make_unique<ListSession>(
      watttime_requests(query),
      [region = watttime_region(query.zone), type = std::string(signal_type_of(query.signal))](std::string_view body) {
        return parse_watttime(body, region, type);
      },
      std::move(blank), query.interval);
}

}  // namespace olivine
