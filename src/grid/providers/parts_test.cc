// The small parts: times, addresses, secrets, retries, quotas, cache, CSV, keys, documents.
#include <gtest/gtest.h>

#include <algorithm>

#include "grid/providers/answer_cache.h"
#include "grid/providers/answer_json.h"
#include "grid/providers/answer_xml.h"
#include "grid/providers/curl_http_client.h"
#include "grid/providers/eia.h"
#include "grid/providers/electricity_maps.h"
#include "grid/providers/entsoe.h"
#include "grid/providers/entsoe_document.h"
#include "grid/providers/open_meteo.h"
#include "grid/providers/scripted_fixture.h"
#include "grid/providers/series_builder.h"
#include "grid/providers/series_csv.h"
#include "grid/providers/uk_carbon_intensity.h"
#include "grid/providers/utc_text.h"
#include "grid/providers/watttime.h"

namespace olivine {
namespace {

TEST(UtcText, ReadsWhatTheServicesWrite) {
  constexpr std::int64_t kNewYear = 1'735'689'600'000'000'000;  // date -d 2025-01-01T00:00Z +%s
  for (const char* text : {"2025-01-01T00:00:00.000Z", "2025-01-01T00:00:00+00:00", "2025-01-01T00:00Z",
                           "2025-01-01T01:00+01:00", "2024-12-31T19:00:00-05:00"})
    EXPECT_EQ(parse_utc(text).value().ns, kNewYear) << text;
  EXPECT_EQ(parse_utc("2025-01-01T00", Utc::kImplied).value().ns, kNewYear);
  EXPECT_EQ(parse_utc("2025-01-01", Utc::kImplied).value().ns, kNewYear);
  EXPECT_EQ(parse_utc("2024-02-29T12:00Z").value().ns - parse_utc("2024-02-28T12:00Z").value().ns, hours(24).ns);
  for (const char* text : {"", "2025-01-01T00:00", "2025-13-01T00:00Z", "2025-02-29T00:00Z", "2025-01-01T24:00Z",
                           "2025-01-01T00:60Z", "2025-1-1T00:00Z", "2025-01-01T00:00Zx", "9999-01-01T00:00Z",
                           "1969-12-31T00:00Z", "2025-01-01 00:00Z", "2025-01-01T00:00+99:00", "\x1b[2J"})
    EXPECT_FALSE(parse_utc(text)) << text;
  EXPECT_EQ(format_hour({kNewYear}), "2025-01-01T00");
  EXPECT_EQ(format_minute({kNewYear}), "2025-01-01T00:00Z");
  EXPECT_EQ(format_second({kNewYear - 1'000'000'000}), "2024-12-31T23:59:59Z");
  EXPECT_EQ(format_compact_minute({kNewYear}), "202501010000");
  EXPECT_EQ(parse_http_date("Wed, 21 Oct 2015 07:28:00 GMT").value().ns, 1'445'412'480'000'000'000);
  EXPECT_FALSE(parse_http_date("Wed, 21 Oct 2015 07:28:00 CET"));
}

TEST(Url, BuildsAndHidesSecrets) {
  const HttpRequest request =
      RequestUrl("https://h.example/", "/a").secret("key", "s e/cret").query("z", "10YBE--2 &=").request();
  EXPECT_EQ(request.url, "https://h.example/a?key=s%20e%2Fcret&z=10YBE--2%20%26%3D");
  EXPECT_EQ(request.public_url, "https://h.example/a?key=***&z=10YBE--2%20%26%3D");
  EXPECT_EQ(without_secrets("bad s e/cret in s%20e%2Fcret", request.secrets), "bad *** in ***");
  // RFC 4648, section 10.
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
}

TEST(Url, OnlyHttpsGoesOverANetwork) {
  for (const char* url : {"https://api.eia.gov", "https://h:8443/x?y", "http://127.0.0.1:80", "http://127.9.9.9/",
                          "http://localhost:1/", "http://[::1]:8080/x"})
    EXPECT_TRUE(origin_of(url)) << url;
  for (const char* url : {"http://api.eia.gov", "http://127.0.0.1.evil.example/", "http://128.0.0.1", "ftp://h",
                          "file:///etc/passwd", "https://", "https://user:pw@h/", "http://127.0.0.1@evil.example/",
                          "https://h:0/", "https://h:70000/", "https://h/a b", "https://h/\r\nX: y", "h",
                          "http://127.0.0.256/", "http://localhost.evil.example", "https://h\\@g/"})
    EXPECT_FALSE(origin_of(url)) << url;
  EXPECT_EQ(origin_of("https://user:hunter2@h/").error().message.find("hunter2"), std::string::npos);
}

TEST(Url, RedirectsStayOnTheirHost) {
  EXPECT_EQ(redirect_target("https://h/a?b", "/c").value(), "https://h/c");
  EXPECT_EQ(redirect_target("https://h/a", "https://h/c").value(), "https://h/c");
  EXPECT_EQ(redirect_target("https://h/a", "https://h:443/c").value(), "https://h:443/c");
  for (const char* location :
       {"https://g/c", "http://h/c", "//g/c", "https://h:444/c", "ftp://h/", "c", "https://h@g/c"})
    EXPECT_FALSE(redirect_target("https://h/a", location)) << location;
}

TEST(Retry, BacksOffWithinItsBounds) {
  Prng prng(1);
  const RetryPolicy policy{5, milliseconds(500), seconds(2), seconds(60)};
  RetryState state;
  for (const double d : {0.5, 1.0, 2.0, 2.0}) {
    const RetryStep step = next_attempt(policy, state, {true, {}, {}}, prng);
    ASSERT_TRUE(step.again);
    EXPECT_GE(in_seconds(step.wait), d / 2);
    EXPECT_LE(in_seconds(step.wait), d);
  }
  EXPECT_EQ(next_attempt(policy, state, {true, {}, {}}, prng).why_not, "given up after 5 attempts");
  RetryState other;
  EXPECT_FALSE(next_attempt(policy, other, {false, {}, {}}, prng).again);
}

TEST(Retry, RetryAfterIsKeptOrRefused) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Prng prng(seed);
    RetryState state;
    const RetryStep step = next_attempt({}, state, {true, seconds(1), seconds(7)}, prng);
    ASSERT_TRUE(step.again);
    EXPECT_GE(step.wait, seconds(7));
    EXPECT_LE(step.wait, milliseconds(7700));
    RetryState late;
    const RetryStep refused = next_attempt({}, late, {true, seconds(55), seconds(7)}, prng);
    EXPECT_FALSE(refused.again);
    EXPECT_NE(refused.why_not.find("asks to wait"), std::string::npos);
  }
  const WallTime now = at("2015-10-21T07:27:00Z");
  EXPECT_EQ(parse_retry_after("Wed, 21 Oct 2015 07:28:00 GMT", now), seconds(60));
  EXPECT_EQ(parse_retry_after(" 120 ", now), seconds(120));
  for (const char* text : {"", "soon", "-1", "1.5", "Wed, 21 Oct 2015 07:26:00 GMT"})
    EXPECT_FALSE(parse_retry_after(text, now)) << text;
  EXPECT_EQ(parse_retry_after("99999999999999999", now), hours(24 * 366));
}

// Against a brute force over all requests ever let through.
TEST(RateCount, NeverLetsMoreThroughThanTheLimit) {
  Prng prng(7);
  RateCount count({10, seconds(50)});
  std::vector<WallTime> passed;
  WallTime now = at("2025-01-01T00:00Z");
  for (int i = 0; i < 5000; ++i) {
    now = now + milliseconds(static_cast<std::int64_t>(prng.below(3000)));
    const Duration wait = count.wait_for(1, now);
    if (wait.ns > 0) {
      EXPECT_LE(wait, seconds(51));
      if (prng.below(2) == 0) now = now + wait;
    }
    if (count.wait_for(1, now).ns > 0) continue;
    count.add(1, now);
    passed.push_back(now);
    const auto recent = std::count_if(passed.begin(), passed.end(), [&](WallTime t) { return t + seconds(50) > now; });
    ASSERT_LE(recent, 10) << i;
    RateCount copy({10, seconds(50)});
    copy.read(count.text());
    EXPECT_EQ(copy.used(now), count.used(now));
  }
  EXPECT_GT(passed.size(), 500U);  // and does not starve
  RateCount damaged({10, seconds(50)});
  damaged.read("x y\n-5 3\n1 nan\n\n9 9 9");
  EXPECT_EQ(damaged.used(now), 0);
}

TEST(AnswerCache, KeepsCleanAnswersAndDistrustsDamage) {
  MemoryBlobStore files;
  AnswerCache cache(&files);
  const HttpRequest request = RequestUrl("https://h", "/a").secret("api_key", "topsecret").request();
  EXPECT_FALSE(cache.find(request));
  EXPECT_EQ(cache.keep(request, {at("2025-01-01T00:00Z"), "\"e\"", "echo topsecret\n{}"}), "");
  const auto found = cache.find(request);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->body, "echo ***\n{}");
  EXPECT_EQ(found->etag, "\"e\"");
  for (const auto& [name, bytes] : files.blobs) EXPECT_EQ((name + bytes).find("topsecret"), std::string::npos);
  const std::string name = cache_name(request), whole = files.blobs[name];
  for (std::size_t i = 0; i < whole.size();
       ++i) {  // any one byte changed: absent, or (in the etag or time) still a whole answer
    files.blobs[name] = whole;
    files.blobs[name][i] = static_cast<char>(files.blobs[name][i] ^ 1);
    const auto damaged = cache.find(request);
    EXPECT_TRUE(!damaged || damaged->body == "echo ***\n{}") << i;
    files.blobs[name] = whole.substr(0, i);
    EXPECT_FALSE(cache.find(request)) << i;
  }
  files.failing = true;
  EXPECT_NE(cache.keep(request, {}).find("was not kept"), std::string::npos);
  AnswerCache none(nullptr);
  EXPECT_EQ(none.keep(request, {}), "");
}

TEST(Credentials, FromEnvironmentAndFile) {
  const auto both = credentials_from({{"OLIVINE_EIA_KEY", "from-env"}},
                                     "# mine\nOLIVINE_EIA_KEY=from-file\n OLIVINE_ENTSOE_TOKEN = abc=d \n", "/t")
                        .value();
  EXPECT_EQ(both.eia_key.reveal(), "from-env");
  EXPECT_EQ(both.entsoe_token.reveal(), "abc=d");
  EXPECT_EQ(both.all(), (std::vector<std::string>{"from-env", "abc=d"}));
  for (const char* text : {"EIA=hunter2", "hunter2", "OLIVINE_EIA_KEY hunter2"}) {
    const auto refused = credentials_from({}, text, "/t");
    ASSERT_FALSE(refused) << text;
    EXPECT_NE(refused.error().message.find("/t:1"), std::string::npos);
    EXPECT_EQ(refused.error().message.find("hunter2"), std::string::npos);
  }
  const auto injected = credentials_from({{"OLIVINE_EIA_KEY", "a\r\nX: hunter2"}}, "", "");
  ASSERT_FALSE(injected);
  EXPECT_EQ(injected.error().message.find("hunter2"), std::string::npos);
}

TEST(SeriesCsv, GoesThereAndBack) {
  IntensitySeries series;
  series.zone = "FR";
  series.points = {exact_point(at("2025-01-01T00:00Z"), at("2025-01-01T00:30Z"), 58.123456789, true),
                   exact_point(at("2025-01-01T00:30Z"), at("2025-01-01T01:00Z"), 0),
                   exact_point(at("2025-01-01T05:00Z"), at("2025-01-01T05:30Z"), 1e-3)};
  const std::string text = series_csv(series);
  const auto read = parse_series_csv(text, "f.csv").value();
  ASSERT_EQ(read.size(), 1U);
  EXPECT_EQ(read[0].points, series.points);
  const std::string head = std::string(kSeriesCsvHeader) + "\n";
  for (const char* row :
       {"2025-01-01T00:00Z,,FR,average,lifecycle,false", "2025-01-01T00:00Z,-1,FR,average,lifecycle,false",
        "2025-01-01T00:00,1,FR,average,lifecycle,false", "2025-01-01T00:00Z,1,,average,lifecycle,false",
        "2025-01-01T00:00Z,1,FR,avg,lifecycle,false", "2025-01-01T00:00Z,1,FR,average,wtw,false",
        "2025-01-01T00:00Z,1,FR,average,lifecycle,maybe", "2025-01-01T00:00Z,nan,FR,average,lifecycle,false",
        "2025-01-01T00:00Z,1,FR,average,lifecycle"}) {
    const auto refused = parse_series_csv(head + row + "\n", "f.csv");
    ASSERT_FALSE(refused) << row;
    EXPECT_NE(refused.error().message.find("f.csv:2"), std::string::npos) << refused.error().message;
  }
  const auto hostile = parse_series_csv(head + "2025-01-01T00:00Z,1,FR,a\x1b[2J,lifecycle,false\n", "f.csv");
  ASSERT_FALSE(hostile);
  EXPECT_EQ(hostile.error().message.find('\x1b'), std::string::npos);
  const std::string good = "2025-01-01T00:00Z,1,FR,average,lifecycle,false\n";
  EXPECT_FALSE(parse_series_csv(head + good + good, "f.csv"));
  EXPECT_FALSE(parse_series_csv("time,value\n", "f.csv"));
  EXPECT_TRUE(parse_series_csv("\xef\xbb\xbf" + head + good, "f.csv")) << "a byte order mark is passed over";
}

TEST(Entsoe, EveryAreaCodeHasItsCheckCharacter) {
  for (const char* zone : {"AT", "BE", "BG", "CH", "CZ",     "DE",     "DK-DK1", "DK-DK2", "EE",     "ES",
                           "FI", "FR", "GB", "GR", "HR",     "HU",     "IE",     "IT",     "LT",     "LV",
                           "ME", "MK", "NL", "NO", "NO-NO1", "NO-NO2", "NO-NO3", "NO-NO4", "NO-NO5", "PL",
                           "PT", "RO", "RS", "SE", "SE-SE1", "SE-SE2", "SE-SE3", "SE-SE4", "SI",     "SK"})
    EXPECT_TRUE(is_eic(entsoe_domain(zone).value())) << zone << " " << entsoe_domain(zone).value();
  EXPECT_FALSE(is_eic("10YBE----------3"));
  EXPECT_NE(entsoe_domain("XX").error().message.find(" BE BG "), std::string::npos);
}

TEST(Entsoe, OmittedPositions) {
  const auto period = [](const char* points, bool repeats) {
    const std::string text = std::string(
                                 "<Period><timeInterval><start>2025-01-01T00:00Z</start><end>2025-01-01T05:00Z</end></"
                                 "timeInterval><resolution>PT60M</resolution>") +
                             points + "</Period>";
    const auto root = parse_xml(text);
    return read_entsoe_period(root.value(), repeats).value().mw;
  };
  const char* points =
      "<Point><position>2</position><quantity>5</quantity></Point><Point><position>4</position><quantity>0</quantity></"
      "Point>";
  using Values = std::vector<std::optional<double>>;
  EXPECT_EQ(period(points, true), (Values{std::nullopt, 5, 5, 0, 0}));
  EXPECT_EQ(period(points, false), (Values{std::nullopt, 5, std::nullopt, 0, std::nullopt}));
}

TEST(Entsoe, AnHourAlsoHoldsForItsQuarters) {
  const auto series = [](const char* type, const char* resolution, int count) {
    std::string text = std::string(
                           "<TimeSeries><inBiddingZone_Domain.mRID>10YBE----------2</"
                           "inBiddingZone_Domain.mRID><quantity_Measure_Unit.name>MAW</quantity_Measure_Unit.name>"
                           "<curveType>A01</curveType><MktPSRType><psrType>") +
                       type +
                       "</psrType></MktPSRType><Period><timeInterval><start>2025-01-01T00:00Z</start>"
                       "<end>2025-01-01T02:00Z</end></timeInterval><resolution>" +
                       resolution + "</resolution>";
    for (int i = 1; i <= count; ++i)
      text += "<Point><position>" + std::to_string(i) + "</position><quantity>" + std::to_string(100 * i) +
              "</quantity></Point>";
    return text + "</Period></TimeSeries>";
  };
  const std::string body = "<GL_MarketDocument><type>A75</type>" + series("B04", "PT60M", 2) +
                           series("B19", "PT15M", 8) + "</GL_MarketDocument>";
  const auto mix = parse_entsoe(body, "10YBE----------2").value();
  EXPECT_EQ(mix.step, seconds(900));
  IntensitySeries out;
  out.zone = "BE";
  ASSERT_TRUE(add_intensity(mix, {at("2025-01-01T00:00Z"), at("2025-01-01T02:00Z")}, out));
  ASSERT_EQ(out.points.size(), 8U);
  EXPECT_NEAR(out.points[1].g_per_kwh, (100 * 490 + 200 * 11) / 300.0, 1e-9);
  EXPECT_NEAR(out.points[4].g_per_kwh, (200 * 490 + 500 * 11) / 700.0, 1e-9);
}

TEST(Entsoe, TwoValuesAreAGapWhateverAThirdSays) {
  const auto series = [](int mw) {
    return "<TimeSeries><inBiddingZone_Domain.mRID>10YBE----------2</"
           "inBiddingZone_Domain.mRID><quantity_Measure_Unit.name>MAW"
           "</quantity_Measure_Unit.name><curveType>A01</curveType><MktPSRType><psrType>B04</psrType></"
           "MktPSRType><Period><timeInterval>"
           "<start>2025-01-01T00:00Z</start><end>2025-01-01T01:00Z</end></timeInterval><resolution>PT60M</"
           "resolution><Point><position>1"
           "</position><quantity>" +
           std::to_string(mw) + "</quantity></Point></Period></TimeSeries>";
  };
  const auto mix =
      parse_entsoe("<GL_MarketDocument><type>A75</type>" + series(1) + series(2) + series(1) + "</GL_MarketDocument>",
                   "10YBE----------2");
  ASSERT_TRUE(mix) << mix.error().message;
  ASSERT_EQ(mix->kinds.size(), 1U);
  EXPECT_EQ(mix->kinds[0].mw, (std::map<WallTime, std::optional<double>>{{at("2025-01-01T00:00Z"), std::nullopt}}));
  EXPECT_NE(mix->notes.front().find("1 values contradict"), std::string::npos);
}

TEST(AnswerJson, BoundsWhatItReads) {
  EXPECT_FALSE(AnswerJson::parse(std::string(17, '[') + std::string(17, ']')));
  EXPECT_TRUE(AnswerJson::parse(std::string(16, '[') + std::string(16, ']')));
  EXPECT_FALSE(AnswerJson::parse("[" + std::string(700'000, ',') + "]"));
  EXPECT_FALSE(AnswerJson::parse(std::string(1'000'000, '[')));
  EXPECT_FALSE(AnswerJson::parse("\"" + std::string(65536, 'x') + "\""));
  EXPECT_TRUE(AnswerJson::parse("\"" + std::string(65535, 'x') + "\""));
  const auto answer = AnswerJson::parse(R"({"a":[1,null,"x",1e999],"s":"[[[[[[[[[[[[[[[[[["})");
  EXPECT_FALSE(answer);  // 1e999 is no number
  const auto fine = AnswerJson::parse(R"({"a":[1,null,"x"],"s":"[[[[[[[[[[[[[[[[[["})").value();
  EXPECT_EQ(fine["a"][std::size_t{0}].number(), 1.0);
  EXPECT_TRUE(fine["a"][std::size_t{1}].is_null());
  EXPECT_FALSE(fine["a"][std::size_t{2}].number() || fine["a"][std::size_t{9}].present() || fine["b"]["c"].present());
}

TEST(AnswerXml, BoundsWhatItReads) {
  const auto root =
      parse_xml("<?xml version='1.0'?><!-- <x> --><ns:a b='>'><c/><d>t &amp; u</d><!-- y --></ns:a>\n").value();
  EXPECT_EQ(root.name, "a");
  EXPECT_EQ(root.text_of("d"), "t &amp; u");
  EXPECT_NE(root.child("c"), nullptr);
  std::string deep;
  for (int i = 0; i < 13; ++i) deep += "<a>";
  for (const std::string& text :
       {deep, std::string(1'000'000, '<'), std::string("<a></b>"), std::string("<a>"), std::string("<a><b></a></b>"),
        std::string("<a/>x"), std::string("<a b='></a>"), std::string("<!DOCTYPE a><a/>"),
        std::string("<a><![CDATA[x]]></a>"), std::string("<a></a"), std::string("< a/>")})
    EXPECT_FALSE(parse_xml(text)) << text.substr(0, 40);
}

TEST(Requests, AsTheServicesWantThem) {
  FetchQuery query = test_query(find_provider("electricity-maps").value());
  query.endpoint = "https://h";
  query.interval = {at("2024-12-01T00:00Z"), at("2025-01-02T00:00Z")};
  const auto maps = electricity_maps_requests(query, Secret("tok1"));
  ASSERT_EQ(maps.size(), 5U);  // four times ten days, and the forecast
  EXPECT_NE(maps[0].url.find("past-range?zone=FR&start=2024-12-01T00%3A00%3A00Z&end=2024-12-11T00%3A00%3A00Z"),
            std::string::npos)
      << maps[0].url;
  EXPECT_NE(maps[4].url.find("forecast?zone=FR&horizonHours=24"), std::string::npos) << maps[4].url;
  for (const HttpRequest& request : maps) {
    EXPECT_NE(request.url.find("&shouldUseFallbackCallerLookup=false"), std::string::npos) << request.url;
    EXPECT_EQ(request.url.find("tok1"), std::string::npos);
  }
  EXPECT_EQ(watttime_requests(query).size(), 3U);  // 30 days, the rest, the forecast
  EXPECT_TRUE(watttime_requests(query)[0].needs_login);
  const auto uk = uk_requests(query, {});
  ASSERT_EQ(uk.size(), 3U);  // 14 days each
  EXPECT_EQ(uk[0].url, "https://h/intensity/2024-12-01T00:00Z/2024-12-15T00:00Z");
  EXPECT_EQ(uk_requests(query, {13, ""})[2].url,
            "https://h/regional/intensity/2024-12-29T00:00Z/2025-01-02T00:00Z/regionid/13");
  const HttpRequest eia = eia_request(query, Secret("key1"), 5000);
  EXPECT_NE(eia.public_url.find("?api_key=***&frequency=hourly"), std::string::npos);
  EXPECT_NE(eia.url.find("start=2024-12-01T01&end=2025-01-02T00"), std::string::npos) << eia.url;
  EXPECT_NE(eia.url.find("offset=5000&length=5000"), std::string::npos);
  EXPECT_EQ(eia_respondent("US-CAL-CISO"), "CISO");
  EXPECT_EQ(entsoe_requests(query, Secret("tok2"), "10YBE----------2").size(), 2U);
}

TEST(Requests, ZonesThatAreNone) {
  const Credentials c = test_credentials();
  const struct {
    const char *provider, *zone;
  } wrong[] = {{"uk", "FR"},     {"uk", "GB:0"},         {"uk", "GB:18"},      {"uk", "GB:RG10 8XX"}, {"uk", "GB:../x"},
               {"entsoe", "XX"}, {"open-meteo", "91,0"}, {"open-meteo", "FR"}, {"eia", "CISO&x=1"},   {"eia", ""}};
  for (const auto& w : wrong) {
    const ProviderInfo provider = find_provider(w.provider).value();
    FetchQuery query = test_query(provider);
    query.zone = w.zone;
    EXPECT_FALSE(start_session(provider, query, c)) << w.provider << w.zone;
  }
  for (const ProviderInfo& provider : providers()) {
    FetchQuery query = test_query(provider);
    EXPECT_TRUE(start_session(provider, query, c)) << provider.name;
    const auto bare = start_session(provider, query, {});
    EXPECT_EQ(bare.has_value(), provider.secrets.empty()) << provider.name;
    EXPECT_TRUE(bare || bare.error().kind == ErrorKind::kPermission) << provider.name;
    query.endpoint = "http://evil.example";
    EXPECT_FALSE(start_session(provider, query, c));
  }
  EXPECT_NE(find_provider("entso").error().message.find("did you mean entsoe?"), std::string::npos);
}

}  // namespace
}  // namespace olivine
