// Electricity Maps, WattTime and UK Carbon Intensity, as the replay server plays them.
#include <fmt/core.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "grid/providers/utc_text.h"
#include "grid/replay/replay_service.h"

namespace olivine {
namespace {

using json = nlohmann::ordered_json;

HttpResponse json_answer(int status, const json& body) {
  return {status, {{"Content-Type", "application/json"}}, body.dump(-1, ' ', false, json::error_handler_t::replace)};
}
HttpResponse refused(int status, const std::string& words) { return json_answer(status, {{"error", words}}); }

json number(const std::optional<double>& value) {
  json made;  // null; g++ 12 takes a conditional here for an uninitialised read
  if (value) made = *value;
  return made;
}

std::string millisecond(WallTime t) { return format_utc(t); }

// [begin, end) of a request; the times as the service takes them.
Result<WallInterval> interval_of(const ReplayRequest& request, const char* begin, const char* end) {
  OLIVINE_TRY(const WallTime from, parse_utc(request.parameter(begin)));
  OLIVINE_TRY(const WallTime to, parse_utc(request.parameter(end)));
  return WallInterval{from, to};
}

struct MapsQuery {
  std::string zone;
  Boundary boundary;
};

json maps_row(const MapsQuery& query, const ReplayValue& value, WallTime now) {
  return {{"zone", query.zone},
          {"carbonIntensity", number(value.g_per_kwh)},
          {"datetime", millisecond(value.begin)},
          {"updatedAt", millisecond(floor_to(now, hours(1)))},
          {"createdAt", millisecond(value.begin)},
          {"emissionFactorType", name_of(query.boundary)},
          {"isEstimated", value.estimated},
          {"estimationMethod", value.estimated ? json("TIME_SLICER_AVERAGE") : json(nullptr)}};
}

HttpResponse maps_list(const MapsQuery& query, const std::vector<ReplayValue>& values, const std::string& what,
                       WallTime now) {
  json rows = json::array();
  for (const ReplayValue& value : values) {
    if (what == "forecast")
      rows.push_back({{"carbonIntensity", number(value.g_per_kwh)}, {"datetime", millisecond(value.begin)}});
    else
      rows.push_back(maps_row(query, value, now));
  }
  if (what == "latest") return values.empty() ? refused(404, "No recent data for zone") : json_answer(200, rows.back());
  if (what == "past-range") return json_answer(200, {{"data", rows}});
  json body = {{"zone", query.zone}, {what, rows}};
  if (what == "forecast") body["updatedAt"] = millisecond(floor_to(now, hours(1)));
  return json_answer(200, body);
}

std::string watttime_zone(const std::string& region) { return region == "CAISO_NORTH" ? "US-CAL-CISO" : region; }

HttpResponse watttime_list(const ReplayRequest& request, const WallInterval& interval, const ReplayContext& context) {
  const std::string region = request.parameter("region"), type = request.parameter("signal_type");
  const Signal signal = type == "co2_aoer" ? Signal::kAverage : Signal::kMarginal;
  if (type != "co2_aoer" && type != "co2_moer") return refused(400, "unknown signal_type");
  const std::string zone = context.data.knows(region) ? region : watttime_zone(region);
  const auto values = replay_values(context, zone, signal, Boundary::kDirect, interval, seconds(300));
  if (!values) return refused(404, "unknown region");
  json rows = json::array();
  for (const ReplayValue& v : *values) {
    json pounds = number(v.g_per_kwh);
    if (v.g_per_kwh) pounds = *v.g_per_kwh / 0.45359237;
    rows.push_back({{"point_time", format_date(v.begin) + format_second(v.begin).substr(10, 9) + "+00:00"},
                    {"value", std::move(pounds)}});
  }
  const std::string issued = format_second(floor_to(context.now, seconds(300)));
  return json_answer(200, {{"data", rows},
                           {"meta",
                            {{"region", context.fault == "wrongzone" ? "PJM_DC" : region},
                             {"signal_type", type},
                             {"units", "lbs_co2_per_mwh"},
                             {"data_point_period_seconds", 300},
                             {"model", {{"date", "2023-03-01"}}},
                             {"generated_at_period_seconds", 300},
                             {"generated_at", issued},
                             {"warnings", json::array()}}}});
}

Result<WallInterval> uk_interval(const std::vector<std::string_view>& parts, WallTime now) {
  if (parts.size() == 1)
    return WallInterval{floor_to(now, seconds(1800)), floor_to(now, seconds(1800)) + seconds(1800)};
  OLIVINE_TRY(const WallTime from, parse_utc(parts[1]));
  if (parts.size() < 3)
    return WallInterval{floor_to(from, seconds(1800)), floor_to(from, seconds(1800)) + seconds(1800)};
  if (parts[2] == "fw24h") return WallInterval{from, from + hours(24)};
  if (parts[2] == "fw48h") return WallInterval{from, from + hours(48)};
  if (parts[2] == "pt24h") return WallInterval{from + Duration{-hours(24).ns}, from};
  OLIVINE_TRY(const WallTime to, parse_utc(parts[2]));
  return WallInterval{from, to};
}

HttpResponse uk_error(const std::string& words) {
  return json_answer(400, {{"error", {{"code", "400 Bad Request"}, {"message", words}}}});
}

}  // namespace

HttpResponse replay_electricity_maps(const ReplayRequest& request, const std::string& path,
                                     const ReplayContext& context) {
  if (request.header("auth-token").empty()) return json_answer(401, {{"message", "Invalid auth-token"}});
  constexpr std::string_view kPrefix = "/v3/carbon-intensity/";
  if (!path.starts_with(kPrefix)) return refused(404, "not found");
  const std::string what = path.substr(kPrefix.size());
  MapsQuery query{request.parameter("zone"),
                  request.parameter("emissionFactorType") == "direct" ? Boundary::kDirect : Boundary::kLifecycle};
  if (!context.data.knows(query.zone)) {
    // The service's own trap: without this parameter it answers for the place of the caller's address.
    if (request.parameter("shouldUseFallbackCallerLookup") == "false")
      return refused(404, "Zone '" + query.zone + "' does not exist");
    query.zone = "GB";
  }
  WallInterval interval{floor_to(context.now, hours(1)) + Duration{-hours(23).ns},
                        floor_to(context.now, hours(1)) + hours(1)};
  if (what == "past-range") {
    const auto asked = interval_of(request, "start", "end");
    if (!asked) return refused(400, "start and end are required");
    interval = {asked->begin, std::min(asked->end, context.now)};
  } else if (what == "forecast") {
    const auto horizon = parse_u64(request.parameter("horizonHours"));
    interval = {interval.end,
                interval.end + hours(horizon ? static_cast<std::int64_t>(std::min<std::uint64_t>(*horizon, 72)) : 24)};
  } else if (what != "history" && what != "latest") {
    return refused(404, "not found");
  }
  const auto values = replay_values(context, query.zone, Signal::kAverage, query.boundary, interval, hours(1));
  if (!values) return refused(404, "no data for this zone");
  if (context.fault == "wrongzone") query.zone = query.zone == "DE" ? "FR" : "DE";
  return maps_list(query, *values, what, context.now);
}

HttpResponse replay_watttime(const ReplayRequest& request, const std::string& path, const ReplayContext& context) {
  const std::string authorization = request.header("authorization");
  if (path == "/login") {
    if (!authorization.starts_with("Basic ") || authorization.size() < 10)
      return refused(401, "user or password is missing");
    return json_answer(200, {{"token", "replay-" + std::to_string(context.now.ns / hours(1).ns)}});
  }
  if (!authorization.starts_with("Bearer replay-")) return refused(401, "log in first");
  if (path == "/v3/historical") {
    const auto interval = interval_of(request, "start", "end");
    if (!interval) return refused(400, "start and end are required");
    return watttime_list(request, {interval->begin, std::min(interval->end, context.now)}, context);
  }
  if (path != "/v3/forecast") return refused(404, "not found");
  const auto horizon = parse_u64(request.parameter("horizon_hours"));
  const WallTime from = floor_to(context.now, seconds(300));
  return watttime_list(
      request, {from, from + hours(horizon ? static_cast<std::int64_t>(std::min<std::uint64_t>(*horizon, 72)) : 24)},
      context);
}

HttpResponse replay_uk(const ReplayRequest&, const std::string& path, const ReplayContext& context) {
  const auto parts = split(std::string_view(path).substr(1), '/');
  if (parts[0] != "intensity" || parts.size() > 3)
    return uk_error("not an address of this replay; known: /intensity/...");
  const auto interval = uk_interval(parts, context.now);
  if (!interval) return uk_error("Please enter a valid date in ISO8601 format YYYY-MM-DDThh:mmZ");
  if (interval->end - interval->begin > hours(14 * 24))
    return uk_error("The date range cannot be greater than 14 days");
  const WallInterval known{interval->begin, std::min(interval->end, context.now + hours(48))};
  const auto values = replay_values(context, "GB", Signal::kAverage, Boundary::kDirect, known, seconds(1800));
  if (!values) return uk_error("no data");
  json rows = json::array();
  for (const ReplayValue& v : *values) {
    const bool past = v.begin + seconds(1800) <= context.now;
    rows.push_back({{"from", format_minute(v.begin)},
                    {"to", format_minute(v.begin + seconds(1800))},
                    {"intensity",
                     {{"forecast", number(v.g_per_kwh)},
                      {"actual", past ? number(v.g_per_kwh) : json(nullptr)},
                      {"index", "moderate"}}}});
  }
  if (context.fault == "wrongzone")
    return json_answer(200, {{"data", {{"regionid", 3}, {"shortname", "another region"}, {"data", rows}}}});
  return json_answer(200, {{"data", rows}});
}

}  // namespace olivine
