// EIA and ENTSO-E, as the replay server plays them: services of generation by type, from an intensity.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "grid/providers/eia.h"
#include "grid/providers/entsoe.h"
#include "grid/providers/utc_text.h"
#include "grid/replay/replay_service.h"

namespace olivine {
namespace {

using json = nlohmann::ordered_json;

struct Kind {
  std::string_view eia, entsoe;
  Fuel fuel;
};
constexpr std::array<Kind, 3> kKinds{
    {{"COL", "B05", Fuel::kCoal}, {"NG", "B04", Fuel::kGas}, {"WND", "B19", Fuel::kWind}}};
constexpr double kTotalMw = 10'000;

// Shares of coal, gas and wind whose mean lifecycle factor is g: wind and gas up to gas, gas and coal above.
std::array<double, 3> shares_for(double g) {
  const double wind = factor_g_per_kwh(Fuel::kWind, Boundary::kLifecycle).value_or(0),
               gas = factor_g_per_kwh(Fuel::kGas, Boundary::kLifecycle).value_or(0),
               coal = factor_g_per_kwh(Fuel::kCoal, Boundary::kLifecycle).value_or(0);
  if (g <= gas) {
    const double part = std::clamp((g - wind) / (gas - wind), 0.0, 1.0);
    return {0, part, 1 - part};
  }
  const double part = std::clamp((g - gas) / (coal - gas), 0.0, 1.0);
  return {part, 1 - part, 0};
}

json mw_of(const ReplayValue& value, std::size_t kind, const std::string& fault) {
  if (!value.g_per_kwh) return nullptr;
  if (fault == "negative" && *value.g_per_kwh < 0) return -5.0;
  return kTotalMw * shares_for(*value.g_per_kwh)[kind];
}

HttpResponse eia_error(int status, const std::string& words) {
  return {status,
          {{"Content-Type", "application/json"}},
          json({{"error", words}, {"code", status}}).dump(-1, ' ', false, json::error_handler_t::replace)};
}

// The respondent "CISO" plays the zone that ends so, "US" else.
std::string eia_zone(const ReplayData& data, const std::string& respondent) {
  for (const std::string& zone : data.zones())
    if (eia_respondent(zone) == respondent) return zone;
  return data.knows(respondent) ? respondent : "US";
}

std::string entsoe_zone(const ReplayData& data, const std::string& domain) {
  for (const std::string& zone : data.zones())
    if (const auto code = entsoe_domain(zone); code && *code == domain) return zone;
  for (const char* zone : {"AT", "BE", "CH", "CZ", "DE", "ES", "FI", "FR", "GB", "IT", "NL", "NO", "PL", "PT", "SE"})
    if (entsoe_domain(zone).value() == domain) return zone;
  return "";
}

std::string acknowledgement(std::string_view code, std::string_view words) {
  return fmt::format(
      "<?xml version=\"1.0\" "
      "encoding=\"UTF-8\"?>\n<Acknowledgement_MarketDocument><mRID>replay</mRID><Reason><code>{}</code><text>{}</"
      "text></Reason></Acknowledgement_MarketDocument>\n",
      code, words);
}

Result<WallTime> parse_compact(const std::string& text) {
  if (text.size() != 12) return fail(ErrorKind::kInvalid, "not YYYYMMDDHHMM");
  return parse_utc(fmt::format("{}-{}-{}T{}:{}Z", text.substr(0, 4), text.substr(4, 2), text.substr(6, 2),
                               text.substr(8, 2), text.substr(10, 2)));
}

// One TimeSeries of curve type A03: a value equal to the one before it is left out.
std::string entsoe_series(const std::string& domain, std::size_t kind, const std::vector<ReplayValue>& values,
                          const WallInterval& interval, const std::string& fault) {
  std::string points;
  json last;
  WallTime next = interval.begin;
  const auto add = [&](WallTime begin, const json& mw) {
    if (mw == last && !points.empty()) return;
    last = mw;
    const std::string quantity = mw.is_null() ? "" : fmt::format("{:.3f}", mw.get<double>());
    points += fmt::format("<Point><position>{}</position><quantity>{}</quantity></Point>\n",
                          1 + (begin - interval.begin).ns / hours(1).ns, quantity);
  };
  for (const ReplayValue& v : values) {
    if (v.begin > next && next > interval.begin) add(next, nullptr);  // a gap must not repeat the value before it
    add(v.begin, mw_of(v, kind, fault));
    next = v.begin + hours(1);
  }
  if (next < interval.end) add(next, nullptr);
  return fmt::format(
      "<TimeSeries><mRID>{}</mRID><businessType>A01</businessType><inBiddingZone_Domain.mRID "
      "codingScheme=\"A01\">{}</inBiddingZone_Domain.mRID>"
      "<quantity_Measure_Unit.name>MAW</quantity_Measure_Unit.name><curveType>A03</curveType><MktPSRType><psrType>{}</"
      "psrType></MktPSRType>\n"
      "<Period><timeInterval><start>{}</start><end>{}</end></timeInterval><resolution>PT60M</resolution>\n{}</Period></"
      "TimeSeries>\n",
      kind + 1, domain, kKinds[kind].entsoe, format_minute(interval.begin), format_minute(interval.end), points);
}

}  // namespace

HttpResponse replay_eia(const ReplayRequest& request, const std::string& path, const ReplayContext& context) {
  if (request.parameter("api_key").empty()) return eia_error(403, "API_KEY_MISSING");
  if (path != "/v2/electricity/rto/fuel-type-data/data/") return eia_error(404, "not found");
  const std::string respondent = request.parameter("facets[respondent][0]");
  for (const char* name : {"start", "end"})
    if (request.parameter(name).find(':') != std::string::npos)
      return eia_error(400, "Invalid start or end: write YYYY-MM-DDTHH");
  const auto first = parse_utc(request.parameter("start"), Utc::kImplied),
             last = parse_utc(request.parameter("end"), Utc::kImplied);
  if (!first || !last) return eia_error(400, "start and end are required");
  const auto offset = parse_u64(request.parameter("offset")), length = parse_u64(request.parameter("length"));
  const std::size_t from = offset ? *offset : 0, count = std::min<std::size_t>(length ? *length : 5000, 5000);
  // `start` and `end` name ends of hours, both included.
  const WallInterval hours_asked{*first + Duration{-hours(1).ns}, std::min(*last, context.now)};
  const auto values = replay_values(context, eia_zone(context.data, respondent), Signal::kAverage, Boundary::kLifecycle,
                                    hours_asked, hours(1));
  if (!values) return eia_error(404, "no data");
  json rows = json::array();
  for (std::size_t i = from; i < values->size() * kKinds.size() && rows.size() < count; ++i) {
    const ReplayValue& v = (*values)[i / kKinds.size()];
    const std::size_t kind = i % kKinds.size();
    rows.push_back({{"period", format_hour(v.begin + hours(1))},
                    {"respondent", context.fault == "wrongzone" ? "XXXX" : respondent},
                    {"respondent-name", "replay"},
                    {"fueltype", kKinds[kind].eia},
                    {"type-name", name_of(kKinds[kind].fuel)},
                    {"value", mw_of(v, kind, context.fault)},
                    {"value-units", "megawatthours"}});
  }
  const json body = {{"response",
                      {{"total", values->size() * kKinds.size()},
                       {"dateFormat", "YYYY-MM-DD\"T\"HH24"},
                       {"frequency", "hourly"},
                       {"data", rows}}},
                     {"apiVersion", "replay"}};
  return {200, {{"Content-Type", "application/json"}}, body.dump(-1, ' ', false, json::error_handler_t::replace)};
}

HttpResponse replay_entsoe(const ReplayRequest& request, const std::string& path, const ReplayContext& context) {
  const std::vector<HttpHeader> xml{{"Content-Type", "text/xml"}};
  if (request.parameter("securityToken").empty())
    return {401, xml, acknowledgement("401", "Unauthorized: a token is missing")};
  if (path != "/api" || request.parameter("documentType") != "A75")
    return {400, xml, acknowledgement("400", "only documentType A75 is played")};
  const std::string domain = request.parameter("in_Domain"), zone = entsoe_zone(context.data, domain);
  const auto begin = parse_compact(request.parameter("periodStart")),
             end = parse_compact(request.parameter("periodEnd"));
  if (!begin || !end) return {400, xml, acknowledgement("400", "periodStart and periodEnd are YYYYMMDDHHMM")};
  const WallInterval interval{floor_to(*begin, hours(1)), floor_to(std::min(*end, context.now), hours(1))};
  if (zone.empty() || interval.end <= interval.begin)
    return {200, xml, acknowledgement("999", "No matching data found")};
  const auto values = replay_values(context, zone, Signal::kAverage, Boundary::kLifecycle, interval, hours(1));
  if (!values || values->empty()) return {200, xml, acknowledgement("999", "No matching data found")};
  std::string body =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<GL_MarketDocument "
      "xmlns=\"urn:iec62325.351:tc57wg16:451-6:generationloaddocument:3:0\">\n<type>A75</type>\n";
  for (std::size_t kind = 0; kind < kKinds.size(); ++kind)
    body += entsoe_series(context.fault == "wrongzone" ? "10Y1001A1001A83F" : domain, kind, *values, interval,
                          context.fault);
  return {200, xml, body + "</GL_MarketDocument>\n"};
}

}  // namespace olivine
