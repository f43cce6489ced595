// Every service against every kind of bad answer. A case is the service's good answer with one text exchanged.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "grid/providers/eia.h"
#include "grid/providers/electricity_maps.h"
#include "grid/providers/entsoe.h"
#include "grid/providers/scripted_fixture.h"
#include "grid/providers/uk_carbon_intensity.h"
#include "grid/providers/utc_text.h"
#include "grid/providers/watttime.h"

namespace olivine {
namespace {

const std::map<std::string, std::string, std::less<>> kGood{
    {"electricity-maps", R"({"zone":"FR","history":[
      {"zone":"FR","carbonIntensity":56,"datetime":"2025-01-01T00:00:00.000Z","emissionFactorType":"lifecycle","isEstimated":false,"estimationMethod":null},
      {"zone":"FR","carbonIntensity":57.5,"datetime":"2025-01-01T01:00:00.000Z","emissionFactorType":"lifecycle","isEstimated":false,"estimationMethod":null},
      {"zone":"FR","carbonIntensity":60,"datetime":"2025-01-01T02:00:00.000Z","emissionFactorType":"lifecycle","isEstimated":false,"estimationMethod":null}]})"},
    {"watttime",
     R"({"data":[{"point_time":"2025-01-01T00:00:00+00:00","value":870.0},{"point_time":"2025-01-01T00:05:00+00:00","value":880.0},
      {"point_time":"2025-01-01T00:10:00+00:00","value":890.0}],
      "meta":{"region":"CAISO_NORTH","signal_type":"co2_moer","units":"lbs_co2_per_mwh","data_point_period_seconds":300,
      "model":{"date":"2023-03-01"},"generated_at":"2025-01-01T00:00:00+00:00","warnings":[]}})"},
    {"uk",
     R"({"data":[{"from":"2025-01-01T00:00Z","to":"2025-01-01T00:30Z","intensity":{"forecast":100,"actual":101,"index":"low"}},
      {"from":"2025-01-01T00:30Z","to":"2025-01-01T01:00Z","intensity":{"forecast":102,"actual":103,"index":"low"}},
      {"from":"2025-01-01T01:00Z","to":"2025-01-01T01:30Z","intensity":{"forecast":104,"actual":105,"index":"low"}}]})"},
    {"eia", R"({"response":{"total":6,"frequency":"hourly","data":[
      {"period":"2025-01-01T01","respondent":"CISO","fueltype":"NG","value":700,"value-units":"megawatthours"},
      {"period":"2025-01-01T01","respondent":"CISO","fueltype":"WND","value":"300","value-units":"megawatthours"},
      {"period":"2025-01-01T02","respondent":"CISO","fueltype":"NG","value":500,"value-units":"megawatthours"},
      {"period":"2025-01-01T02","respondent":"CISO","fueltype":"WND","value":500,"value-units":"megawatthours"},
      {"period":"2025-01-01T03","respondent":"CISO","fueltype":"NG","value":0,"value-units":"megawatthours"},
      {"period":"2025-01-01T03","respondent":"CISO","fueltype":"WND","value":800,"value-units":"megawatthours"}]},"apiVersion":"2.0.3"})"},
    {"entsoe", R"(<?xml version="1.0" encoding="UTF-8"?>
      <GL_MarketDocument xmlns="urn:iec62325.351:tc57wg16:451-6:generationloaddocument:3:0"><type>A75</type>
      <TimeSeries><inBiddingZone_Domain.mRID codingScheme="A01">10YBE----------2</inBiddingZone_Domain.mRID>
      <quantity_Measure_Unit.name>MAW</quantity_Measure_Unit.name><curveType>A01</curveType><MktPSRType><psrType>B04</psrType></MktPSRType>
      <Period><timeInterval><start>2025-01-01T00:00Z</start><end>2025-01-01T03:00Z</end></timeInterval><resolution>PT60M</resolution>
      <Point><position>1</position><quantity>700</quantity></Point><Point><position>2</position><quantity>500</quantity></Point>
      <Point><position>3</position><quantity>0</quantity></Point></Period></TimeSeries>
      <TimeSeries><inBiddingZone_Domain.mRID codingScheme="A01">10YBE----------2</inBiddingZone_Domain.mRID>
      <quantity_Measure_Unit.name>MAW</quantity_Measure_Unit.name><curveType>A03</curveType><MktPSRType><psrType>B19</psrType></MktPSRType>
      <Period><timeInterval><start>2025-01-01T00:00Z</start><end>2025-01-01T03:00Z</end></timeInterval><resolution>PT60M</resolution>
      <Point><position>1</position><quantity>300</quantity></Point></Period></TimeSeries></GL_MarketDocument>)"},
    {"open-meteo", R"({"latitude":52.52,"longitude":13.419,"utc_offset_seconds":0,
      "hourly_units":{"time":"iso8601","shortwave_radiation":"W/m²","direct_normal_irradiance":"W/m²","wind_speed_120m":"m/s","temperature_2m":"°C"},
      "hourly":{"time":["2025-01-01T00:00","2025-01-01T01:00","2025-01-01T02:00"],"shortwave_radiation":[0.0,1.5,2.5],
      "direct_normal_irradiance":[0.0,0.0,0.0],"wind_speed_120m":[4.0,5.0,6.0],"temperature_2m":[-3.0,-2.0,null]}})"},
};

std::string exchanged(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << "a case that exchanges nothing: " << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

Result<FetchReport> fetch_once(std::string_view name, const HttpResponse& answer,
                               ScriptedClient::Answer login = nullptr) {
  const ProviderInfo provider = find_provider(name).value();
  TestWorld world;
  ScriptedClient client([&](const HttpRequest& request) -> Result<HttpResponse> {
    if (request.url.find("/login") == std::string::npos) return answer;
    return login ? login(request) : ok(R"({"token":"wt-token-6"})");
  });
  const Credentials c = test_credentials();
  LoginHttpClient http(client, world.clock, "https://api.watttime.org", c.watttime_user, c.watttime_password);
  FetchTools tools = world.tools(&http);
  tools.retry.max_attempts = 1;
  OLIVINE_TRY(const auto session, start_session(provider, test_query(provider), c));
  auto report = fetch(*session, provider, tools);
  // Whatever was answered, no secret is kept, noted or in an error.
  std::string all = report ? "" : report.error().message;
  if (report) {
    for (const std::string& note : report->data.series.notes) all += note + "\n";
  }
  for (const auto& [blob, bytes] : world.files.blobs) all += blob + bytes;
  for (const char* secret : {"em-secret-1", "wt-password-3", "eia-secret-4", "entsoe-secret-5", "wt-token-6"})
    EXPECT_EQ(all.find(secret), std::string::npos) << name << ": " << secret;
  // What is no answer is not kept.
  for (const auto& [blob, bytes] : world.files.blobs) EXPECT_TRUE(report || blob.starts_with("rate-")) << blob;
  return report;
}

std::string words_of(const Result<FetchReport>& report) {
  if (!report) return report.error().message;
  std::string all;
  for (const std::string& note : report->data.series.notes) all += note + "\n";
  return all;
}

std::size_t points_of(const Result<FetchReport>& report) { return report ? report->data.series.points.size() : 0; }

TEST(Services, GoodAnswers) {
  const auto emaps = fetch_once("electricity-maps", ok(kGood.at("electricity-maps")));
  ASSERT_TRUE(emaps) << emaps.error().message;
  EXPECT_EQ(emaps->data.series.points,
            (std::vector<IntensityPoint>{exact_point(at("2025-01-01T00:00Z"), at("2025-01-01T01:00Z"), 56),
                                         exact_point(at("2025-01-01T01:00Z"), at("2025-01-01T02:00Z"), 57.5),
                                         exact_point(at("2025-01-01T02:00Z"), at("2025-01-01T03:00Z"), 60)}));
  EXPECT_EQ(emaps->data.series.zone, "FR");
  EXPECT_EQ(emaps->data.series.accounting, "consumption");
  const auto watttime = fetch_once("watttime", ok(kGood.at("watttime")));
  ASSERT_TRUE(watttime) << watttime.error().message;
  ASSERT_EQ(watttime->data.series.points.size(), 3U);
  EXPECT_NEAR(watttime->data.series.points[0].g_per_kwh, 394.6253619, 1e-9);  // 870 lb of 0.45359237 kg
  EXPECT_EQ(watttime->data.series.points[0].end - watttime->data.series.points[0].begin, seconds(300));
  EXPECT_EQ(watttime->data.series.signal, Signal::kMarginal);
  const auto uk = fetch_once("uk", ok(kGood.at("uk")));
  ASSERT_TRUE(uk) << uk.error().message;
  EXPECT_EQ(uk->data.series.points[2], exact_point(at("2025-01-01T01:00Z"), at("2025-01-01T01:30Z"), 105));
  EXPECT_EQ(uk->data.series.losses, "included");
  for (const char* name : {"eia", "entsoe"}) {  // 700 MW gas and 300 MW wind: 346.3; 500 and 500: 250.5; wind alone: 11
    const auto mix = fetch_once(name, ok(kGood.at(name)));
    ASSERT_TRUE(mix) << mix.error().message;
    ASSERT_EQ(mix->data.series.points.size(), 3U) << name;
    EXPECT_EQ(mix->data.series.points[0].begin, at("2025-01-01T00:00Z")) << name;
    EXPECT_NEAR(mix->data.series.points[0].g_per_kwh, 346.3, 1e-9) << name;
    const double second = std::string_view(name) == "eia" ? 250.5 : (500 * 490.0 + 300 * 11) / 800;
    EXPECT_NEAR(mix->data.series.points[1].g_per_kwh, second, 1e-9) << name;
    EXPECT_NEAR(mix->data.series.points[2].g_per_kwh, 11, 1e-9) << name;
    EXPECT_EQ(mix->data.mix->kinds.size(), 2U) << name;
  }
  const auto weather = fetch_once("open-meteo", ok(kGood.at("open-meteo")));
  ASSERT_TRUE(weather) << weather.error().message;
  EXPECT_EQ(weather->data.weather->columns[2].values, (std::vector<std::optional<double>>{4.0, 5.0, 6.0}));
  EXPECT_EQ(weather->data.weather->columns[3].values[2], std::nullopt);
}

struct Case {
  const char *provider, *what, *from, *to;
  std::size_t points;  // 0: an error
  const char* words;   // in the error or in the notes
  ErrorKind kind = ErrorKind::kInvalid;
};
constexpr const char* kEntsoeUnit = "<quantity_Measure_Unit.name>MAW</quantity_Measure_Unit.name>";
const Case kCases[] = {
    {"electricity-maps", "null", "57.5", "null", 2, "1 of 3 values are missing: gaps"},
    {"electricity-maps", "text", "57.5", "\"57.5\"", 2, "1 of 3 values are missing: gaps"},
    {"electricity-maps", "negative", "57.5", "-57.5", 2, "1 of 3 values are negative: gaps"},
    {"electricity-maps", "estimated", "\"isEstimated\":false", "\"isEstimated\":true", 3,
     "1 of 3 values are estimated by the service"},
    {"electricity-maps", "duplicate", "57.5,\"datetime\":\"2025-01-01T01", "56,\"datetime\":\"2025-01-01T00", 2,
     "listed twice"},
    {"electricity-maps", "contradiction", "2025-01-01T01", "2025-01-01T00", 1,
     "1 time has contradicting values: a gap"},
    {"electricity-maps", "out of order", "2025-01-01T00", "2025-01-01T03", 2, "not in order of time"},
    {"electricity-maps", "wrong zone", "{\"zone\":\"FR\",\"hist", "{\"zone\":\"DE\",\"hist", 0,
     "answered for zone 'DE' and not for 'FR'"},
    {"electricity-maps", "wrong zone in a row", "{\"zone\":\"FR\",\"carb", "{\"zone\":\"GB\",\"carb", 0,
     "answered for zone 'GB'"},
    {"electricity-maps", "wrong factors", "\"lifecycle\"", "\"direct\"", 0, "emission factors 'direct'"},
    {"electricity-maps", "wrong unit", "{\"zone\":\"FR\",\"hist", "{\"unit\":\"lb/MWh\",\"zone\":\"FR\",\"hist", 0,
     "answered in 'lb/MWh'"},
    {"electricity-maps", "no time", "2025-01-01T00:00:00.000Z", "yesterday", 0, "has no time", ErrorKind::kTransient},
    {"electricity-maps", "another list", "\"history\"", "\"hystory\"", 0, "has none of history", ErrorKind::kTransient},
    {"watttime", "null", "880.0", "null", 2, "1 of 3 values are missing: gaps"},
    {"watttime", "negative", "880.0", "-880.0", 2, "1 of 3 values are negative: gaps"},
    {"watttime", "estimated", "\"value\":880.0", "\"value\":880.0,\"imputed_data_used\":true", 3,
     "1 of 3 values are estimated"},
    {"watttime", "duplicate", "00:05:00+00:00\",\"value\":880.0", "00:00:00+00:00\",\"value\":870.0", 2,
     "listed twice"},
    {"watttime", "out of order", "T00:00:00+00:00\",\"value\":870", "T00:15:00+00:00\",\"value\":870", 3,
     "not in order of time"},
    {"watttime", "wrong zone", "CAISO_NORTH", "PJM_DC", 0, "region 'PJM_DC' and not 'CAISO_NORTH'"},
    {"watttime", "wrong signal", "co2_moer", "health_damage", 0, "signal_type 'health_damage'"},
    {"watttime", "no unit", "\"units\":\"lbs_co2_per_mwh\",", "", 0, "does not state meta.units"},
    {"watttime", "wrong unit", "lbs_co2_per_mwh", "kg_per_mwh", 0, "units 'kg_per_mwh'"},
    {"watttime", "misspelt period", "data_point_period_seconds", "data_point_periods_second", 0,
     "no usable data_point_period_seconds"},
    {"watttime", "warning", "\"warnings\":[]", "\"warnings\":[{\"type\":\"EXAMPLE\",\"message\":\"stale model\"}]", 3,
     "WattTime warns: stale model"},
    {"uk", "null and null", "\"forecast\":102,\"actual\":103", "\"forecast\":null,\"actual\":null", 2,
     "1 of 3 values are missing: gaps"},
    {"uk", "only a forecast", "\"actual\":103", "\"actual\":null", 3, "1 values of the UK service are forecasts"},
    {"uk", "negative", "\"actual\":103", "\"actual\":-3", 2, "1 of 3 values are negative: gaps"},
    {"uk", "duplicate", "\"from\":\"2025-01-01T00:30Z\",\"to\":\"2025-01-01T01:00Z\"",
     "\"from\":\"2025-01-01T00:00Z\",\"to\":\"2025-01-01T00:30Z\"", 1, "contradicting"},
    {"uk", "out of order", "\"from\":\"2025-01-01T00:00Z\",\"to\":\"2025-01-01T00:30Z\"",
     "\"from\":\"2025-01-01T02:00Z\",\"to\":\"2025-01-01T02:30Z\"", 3, "not in order"},
    {"uk", "a region", "{\"data\":[", "{\"data\":{\"regionid\":3},\"rest\":[", 0,
     "answered for a region and not for GB"},
    {"uk", "not half an hour", "2025-01-01T00:30Z", "2025-01-01T01:00Z", 0, "not for half an hour",
     ErrorKind::kTransient},
    {"eia", "null", "\"value\":700", "\"value\":null", 2, "at 1 of 3 times a kind of generation is missing: gaps"},
    {"eia", "a word", "\"300\"", "\"NA\"", 2, "at 1 of 3 times a kind of generation is missing: gaps"},
    {"eia", "negative", "\"value\":0", "\"value\":-5", 3, "at 1 of 3 times a plant's own use exceeds its output"},
    {"eia", "storage", "\"fueltype\":\"NG\",\"value\":500", "\"fueltype\":\"BAT\",\"value\":-500", 2, "missing: gaps"},
    {"eia", "duplicate", "\"period\":\"2025-01-01T02\",\"respondent\":\"CISO\",\"fueltype\":\"NG\",\"value\":500",
     "\"period\":\"2025-01-01T01\",\"respondent\":\"CISO\",\"fueltype\":\"NG\",\"value\":700", 2,
     "1 rows are listed twice"},
    {"eia", "contradiction", "\"period\":\"2025-01-01T02\",\"respondent\":\"CISO\",\"fueltype\":\"NG\"",
     "\"period\":\"2025-01-01T01\",\"respondent\":\"CISO\",\"fueltype\":\"NG\"", 1, "1 rows contradict each other"},
    {"eia", "wrong zone", "CISO", "PJM", 0, "answered for 'PJM' and not for 'CISO'"},
    {"eia", "no unit", ",\"value-units\":\"megawatthours\"", "", 0, "states the unit ''"},
    {"eia", "wrong unit", "megawatthours", "gigawatthours", 0, "states the unit 'gigawatthours'"},
    {"eia", "total in quotes", "\"total\":6", "\"total\":\"6\"", 3, ""},
    {"eia", "no total", "\"total\":6,", "", 0, "lacks response.data or response.total", ErrorKind::kTransient},
    {"eia", "nothing", "\"total\":6", "\"total\":0", 0, "announces 0 rows and sends 6", ErrorKind::kTransient},
    {"entsoe", "left out at A01", "<Point><position>2</position><quantity>500</quantity></Point>", "", 2,
     "at 1 of 3 times a kind of generation is missing: gaps"},
    {"entsoe", "empty quantity", "<quantity>500</quantity>", "<quantity></quantity>", 2, "missing: gaps"},
    {"entsoe", "negative", "<quantity>0</quantity>", "<quantity>-7</quantity>", 3, "own use exceeds"},
    {"entsoe", "out of order", "<position>2<", "<position>1<", 0, "positions out of order", ErrorKind::kTransient},
    {"entsoe", "beyond its end", "<position>3<", "<position>4<", 0, "beyond its end", ErrorKind::kTransient},
    {"entsoe", "wrong zone", "10YBE----------2<", "10YFR-RTE------C<", 0, "answered for zone '10YFR-RTE------C'"},
    {"entsoe", "no unit", kEntsoeUnit, "", 0, "states the unit ''"},
    {"entsoe", "wrong unit", ">MAW<", ">KWH<", 0, "states the unit 'KWH'"},
    {"entsoe", "unknown curve", ">A01</curveType>", ">A02</curveType>", 0, "curve type 'A02'"},
    {"entsoe", "another document", "<type>A75</type>", "<type>A44</type>", 0, "of type 'A44'"},
    {"entsoe", "consumption",
     "<inBiddingZone_Domain.mRID codingScheme=\"A01\">10YBE----------2</inBiddingZone_Domain.mRID>",
     "<outBiddingZone_Domain.mRID>10YBE----------2</outBiddingZone_Domain.mRID>", 3, "left out of the intensity"},
    {"entsoe", "entities", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "<!DOCTYPE x [<!ENTITY a \"b\">]>", 0,
     "a declaration that a data answer does not need", ErrorKind::kTransient},
    {"open-meteo", "wrong place", "52.52", "48.1", 0, "answered for 48.1,13.419"},
    {"open-meteo", "wrong unit", "\"m/s\"", "\"km/h\"", 0, "unit 'km/h' of wind_speed_120m"},
    {"open-meteo", "no unit", ",\"temperature_2m\":\"°C\"", "", 0, "unit '' of temperature_2m"},
    {"open-meteo", "not UTC", "\"utc_offset_seconds\":0", "\"utc_offset_seconds\":3600", 0, "not stated to be UTC"},
    {"open-meteo", "out of order", "2025-01-01T01:00", "2025-01-01T00:00", 0, "twice or out of order"},
    {"open-meteo", "short column", "[4.0,5.0,6.0]", "[4.0,5.0]", 0, "2 values of wind_speed_120m for 3 times",
     ErrorKind::kTransient},
    {"open-meteo", "error", "\"hourly\":{", "\"error\":true,\"reason\":\"Minutely API request limit exceeded\",\"x\":{",
     0, "Minutely API request limit exceeded"},
};

TEST(Services, EveryKindOfBadAnswer) {
  for (const Case& c : kCases) {
    const std::string body = exchanged(kGood.at(c.provider), c.from, c.to);
    const auto report = fetch_once(c.provider, ok(body));
    const std::string name = std::string(c.provider) + ", " + c.what;
    EXPECT_EQ(points_of(report), c.points) << name << ": " << words_of(report);
    EXPECT_NE(words_of(report).find(c.words), std::string::npos) << name << ": " << words_of(report);
    EXPECT_TRUE(report || report.error().kind == c.kind) << name << ": " << words_of(report);
    EXPECT_EQ(words_of(report).find('\x1b'), std::string::npos) << name;
  }
}

TEST(Services, NoAnswerAtAll) {
  for (const auto& [name, good] : kGood) {
    const struct {
      std::string body;
      const char* words;
    } bodies[] = {{"", "the answer is empty"},
                  {" \r\n", "the answer is empty"},
                  {"<!DOCTYPE html><html><body>Sign in</body></html>", "is a web page"},
                  {good.substr(0, good.size() / 2), "no whole"},
                  {good.substr(0, good.size() - 1), "no whole"},
                  {"\x1b[2J", "no whole"}};
    for (const auto& b : bodies) {
      const auto report = fetch_once(name, ok(b.body));
      ASSERT_FALSE(report) << name << ": " << b.body;
      EXPECT_EQ(report.error().kind, ErrorKind::kTransient) << name;
      EXPECT_NE(report.error().message.find(b.words), std::string::npos) << name << ": " << report.error().message;
    }
  }
}

TEST(Services, Statuses) {
  const std::map<int, ErrorKind> kinds{{400, ErrorKind::kInvalid},    {401, ErrorKind::kPermission},
                                       {403, ErrorKind::kPermission}, {404, ErrorKind::kNotFound},
                                       {429, ErrorKind::kTransient},  {500, ErrorKind::kTransient},
                                       {502, ErrorKind::kTransient},  {503, ErrorKind::kTransient}};
  for (const auto& [name, good] : kGood)
    for (const auto& [status, kind] : kinds)
      for (const char* body : {R"({"error":"the words of it: em-secret-1"})", R"({"message":"the words of it"})",
                               R"({"error":{"code":"4","message":"the words of it"}})"}) {
        const auto report = fetch_once(name, {status, {}, body});
        ASSERT_FALSE(report) << name << status;
        EXPECT_EQ(report.error().kind, kind) << name << status;
        EXPECT_NE(report.error().message.find("the words of it"), std::string::npos) << name << status;
      }
  // The same words with status 200 are an error too.
  for (const char* name : {"electricity-maps", "watttime", "uk", "eia", "open-meteo"}) {
    const auto report = fetch_once(name, ok(R"({"message":"the words of it"})"));
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().kind, ErrorKind::kInvalid) << name;
    EXPECT_NE(report.error().message.find("the words of it"), std::string::npos);
  }
}

TEST(Services, EntsoeHasNoData) {
  const std::string body =
      "<Acknowledgement_MarketDocument><Reason><code>999</code><text>No matching data "
      "found</text></Reason></Acknowledgement_MarketDocument>";
  for (const int status : {200, 400}) {
    const auto report = fetch_once("entsoe", {status, {}, body});
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().kind, ErrorKind::kNotFound) << report.error().message;
    EXPECT_NE(report.error().message.find("No matching data found"), std::string::npos);
  }
}

TEST(Services, WattTimeLoginRefused) {
  const auto report = fetch_once("watttime", ok(kGood.at("watttime")), [](const HttpRequest&) {
    return HttpResponse{401, {}, R"({"error":"bad password wt-password-3"})"};
  });
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().kind, ErrorKind::kPermission);
  EXPECT_NE(report.error().message.find("OLIVINE_WATTTIME_PASSWORD"), std::string::npos);
  EXPECT_FALSE(fetch_once("watttime", ok(kGood.at("watttime")),
                          [](const HttpRequest&) { return ok(R"({"token":"a\r\nX: y"})"); }));
}

}  // namespace
}  // namespace olivine
