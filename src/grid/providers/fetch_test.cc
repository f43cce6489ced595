// The driver: cache, ETag, offline answers, retries, quota, paging, login. The world is scripted; waits move a clock.
#include "grid/providers/fetch.h"

#include <gtest/gtest.h>

#include <fmt/core.h>

#include "grid/providers/eia.h"
#include "grid/providers/scripted_fixture.h"
#include "grid/providers/utc_text.h"

namespace olivine {
namespace {

constexpr const char* kUk =
    R"({"data":[{"from":"2025-01-01T00:00Z","to":"2025-01-01T00:30Z","intensity":{"forecast":100,"actual":101}}]})";

Result<FetchReport> fetch_uk(TestWorld& world, HttpClient* http, FetchTools* given = nullptr) {
  const ProviderInfo provider = find_provider("uk").value();
  FetchTools tools = given != nullptr ? *given : world.tools(http);
  OLIVINE_TRY(const auto session, start_session(provider, test_query(provider), {}));
  return fetch(*session, provider, tools);
}

std::string notes_of(const FetchReport& report) {
  std::string all;
  for (const std::string& note : report.data.series.notes) all += note + "\n";
  return all;
}

TEST(Fetch, FreshStaleUnchangedOfflineTooOld) {
  TestWorld world;
  int status = 200;
  ScriptedClient http([&](const HttpRequest& request) -> Result<HttpResponse> {
    const bool same = !request.headers.empty() && request.headers.back().name == "If-None-Match" &&
                      request.headers.back().value == "\"v1\"";
    if (status == 0) return fail(ErrorKind::kTransient, "h: Could not resolve host");
    return same ? HttpResponse{304, {}, ""} : HttpResponse{status, {{"etag", "\"v1\""}}, kUk};
  });
  auto report = fetch_uk(world, &http);
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->requests_sent, 1);
  world.clock.advance(seconds(899));
  report = fetch_uk(world, &http);  // within the time to live
  EXPECT_EQ(report->requests_sent, 0);
  EXPECT_EQ(report->served_fresh, 1);
  EXPECT_EQ(report->oldest, seconds(899));
  world.clock.advance(seconds(2));
  report = fetch_uk(world, &http);
  EXPECT_EQ(report->requests_sent, 1);
  EXPECT_EQ(report->served_unchanged, 1);
  EXPECT_EQ(report->data.series.points.size(), 1U);
  report = fetch_uk(world, &http);  // the 304 made it fresh again
  EXPECT_EQ(report->served_fresh, 1);
  status = 0;
  world.clock.advance(hours(5));
  report = fetch_uk(world, &http);
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->served_stale, 1);
  EXPECT_NE(notes_of(*report).find(
                "offline: the answer of 5 h 00 min ago serves (h: Could not resolve host; given up after 4 attempts)"),
            std::string::npos)
      << notes_of(*report);
  report = fetch_uk(world, nullptr);  // no client at all
  EXPECT_EQ(report->served_stale, 1);
  world.clock.advance(hours(24 * 7));
  report = fetch_uk(world, &http);
  ASSERT_FALSE(report);
  EXPECT_NE(report.error().message.find("at most"), std::string::npos) << report.error().message;
}

TEST(Fetch, OfflineWithoutAKeptAnswer) {
  TestWorld world;
  const auto report = fetch_uk(world, nullptr);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().kind, ErrorKind::kTransient);
  EXPECT_NE(report.error().message.find("offline"), std::string::npos);
}

TEST(Fetch, AnAnswerFromTheFutureIsNotFresh) {
  TestWorld world;
  ScriptedClient http([](const HttpRequest&) { return ok(kUk); });
  ASSERT_TRUE(fetch_uk(world, &http));
  world.clock.step_wall(Duration{-hours(2).ns});
  EXPECT_EQ(fetch_uk(world, &http)->requests_sent, 1);
}

TEST(Fetch, RetriesWhatMayMendAndNothingElse) {
  const struct {
    HttpResponse bad;
    int sent;
  } cases[] = {{{503, {}, ""}, 3},       {{429, {{"Retry-After", "2"}}, ""}, 3},
               {{200, {}, "<html>"}, 3}, {{200, {}, "{\"data\":["}, 3},
               {{200, {}, ""}, 3},       {{304, {}, ""}, 3},
               {{401, {}, ""}, 1},       {{404, {}, ""}, 1},
               {{400, {}, ""}, 1}};
  for (const auto& c : cases) {
    TestWorld world;
    ScriptedClient http([&](const HttpRequest&) { return http.requests.size() <= 2 ? c.bad : ok(kUk); });
    const auto report = fetch_uk(world, &http);
    EXPECT_EQ(static_cast<int>(http.requests.size()), c.sent) << c.bad.status << c.bad.body;
    EXPECT_EQ(report.has_value(), c.sent == 3) << c.bad.status << c.bad.body;
    EXPECT_EQ(world.waits.size(), static_cast<std::size_t>(c.sent - 1));
    for (const Duration wait : world.waits) EXPECT_GE(wait, c.bad.headers.empty() ? milliseconds(250) : seconds(2));
  }
}

TEST(Fetch, ALongRetryAfterEndsTheAttempts) {
  TestWorld world;
  ScriptedClient http(
      [](const HttpRequest&) { return HttpResponse{429, {{"Retry-After", "Wed, 01 Jan 2025 08:00:00 GMT"}}, ""}; });
  const auto report = fetch_uk(world, &http);
  ASSERT_FALSE(report);
  EXPECT_EQ(http.requests.size(), 1U);
  EXPECT_NE(report.error().message.find("the service asks to wait 2 h"), std::string::npos) << report.error().message;
}

TEST(Fetch, NeverMoreThanTheQuota) {
  TestWorld world;
  std::vector<MonoTime> times;
  ScriptedClient http([&](const HttpRequest&) {
    times.push_back(world.clock.now().mono);
    return HttpResponse{503, {}, ""};
  });
  for (int i = 0; i < 40; ++i) EXPECT_FALSE(fetch_uk(world, &http));  // every call reads the count from the store
  ASSERT_GT(times.size(), 120U);
  for (std::size_t i = 60; i < times.size(); ++i) EXPECT_GE(times[i] - times[i - 60], seconds(60)) << i;
  TestWorld second;
  FetchTools tools = second.tools(&http);
  tools.retry.total = seconds(1);
  ASSERT_TRUE(second.files.replace("rate-uk-0.txt",
                                   fmt::format("{} 60\n", floor_to(second.clock.now().wall, milliseconds(1200)).ns)));
  const auto refused = fetch_uk(second, &http, &tools);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("the quota of UK Carbon Intensity API (NESO) (60 requests in 1 min 00 s"),
            std::string::npos)
      << refused.error().message;
}

TEST(Fetch, ACacheThatCannotBeWrittenIsANote) {
  TestWorld world;
  world.files.failing = true;
  ScriptedClient http([](const HttpRequest&) { return ok(kUk); });
  const auto report = fetch_uk(world, &http);
  ASSERT_TRUE(report);
  EXPECT_NE(notes_of(*report).find("was not kept"), std::string::npos);
  EXPECT_EQ(report->data.series.points.size(), 1U);
}

TEST(Fetch, AFailingClientLosesNoSecret) {
  TestWorld world;
  const ProviderInfo provider = find_provider("eia").value();
  ScriptedClient http([](const HttpRequest& request) -> Result<HttpResponse> {
    return fail(ErrorKind::kTransient, "cannot reach " + request.url);
  });
  FetchTools tools = world.tools(&http);
  const auto session = start_session(provider, test_query(provider), test_credentials()).value();
  const auto report = fetch(*session, provider, tools);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().message.find("eia-secret-4"), std::string::npos) << report.error().message;
}

std::string eia_page(std::size_t total, std::size_t from, std::size_t count) {
  std::string rows;
  for (std::size_t i = from; i < from + count; ++i)
    rows += fmt::format(
        R"({}{{"period":"{}","respondent":"CISO","fueltype":"{}","value":{},"value-units":"megawatthours"}})",
        rows.empty() ? "" : ",", format_hour(at("2024-01-01T01:00Z") + hours(static_cast<std::int64_t>(i / 2))),
        i % 2 == 0 ? "NG" : "WND", i % 2 == 0 ? 700 : 300);
  return fmt::format(R"({{"response":{{"total":{},"data":[{}]}}}})", total, rows);
}

TEST(Fetch, EiaPagesUntilTheTotal) {
  TestWorld world;
  const ProviderInfo provider = find_provider("eia").value();
  const std::size_t total = 2 * 24 * 300;  // three pages, the last one short
  ScriptedClient http([&](const HttpRequest& request) {
    const std::size_t from = 5000 * (http.requests.size() - 1);
    EXPECT_NE(request.url.find(fmt::format("offset={}&length=5000", from)), std::string::npos) << request.url;
    return ok(eia_page(total, from, std::min<std::size_t>(5000, total - from)));
  });
  FetchQuery query = test_query(provider);
  query.interval = {at("2024-01-01T00:00Z"), at("2024-10-27T00:00Z")};
  FetchTools tools = world.tools(&http);
  const auto session = start_session(provider, query, test_credentials()).value();
  const auto report = fetch(*session, provider, tools);
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(http.requests.size(), 3U);
  EXPECT_EQ(report->data.series.points.size(), 24U * 300);
  // A page without rows before the total is no end.
  TestWorld other;
  ScriptedClient cut([&](const HttpRequest&) { return ok(eia_page(total, 0, cut.requests.size() == 1 ? 5000 : 0)); });
  tools = other.tools(&cut);
  const auto again = start_session(provider, query, test_credentials()).value();
  const auto short_report = fetch(*again, provider, tools);
  ASSERT_FALSE(short_report);
  EXPECT_NE(short_report.error().message.find("announces 14400 rows and sends none from 5000 on"), std::string::npos)
      << short_report.error().message;
}

TEST(Login, AgainAfterHalfAnHourAndOnceAfterA401) {
  TestWorld world;
  int logins = 0;
  int status = 200;
  ScriptedClient inner([&](const HttpRequest& request) {
    if (request.url.ends_with("/login")) {
      EXPECT_EQ(request.headers[0].value, "Basic " + base64("u:pass word"));
      ++logins;
      return ok(fmt::format(R"({{"token":"token-number-{}"}})", logins));
    }
    EXPECT_EQ(request.headers.back().value, fmt::format("Bearer token-number-{}", logins));
    return HttpResponse{status, {}, fmt::format("you are token-number-{}", logins)};
  });
  LoginHttpClient client(inner, world.clock, "https://h", Secret("u"), Secret("pass word"));
  HttpRequest request = RequestUrl("https://h", "/v3/historical").request();
  request.needs_login = true;
  EXPECT_EQ(client.get(request)->body, "you are ***");
  world.clock.advance(seconds(29 * 60 - 1));
  EXPECT_TRUE(client.get(request));
  EXPECT_EQ(logins, 1);
  world.clock.advance(seconds(1));
  EXPECT_TRUE(client.get(request));
  EXPECT_EQ(logins, 2);
  status = 401;
  EXPECT_EQ(client.get(request)->status, 401);
  EXPECT_EQ(logins, 3);  // once, not for ever
}

}  // namespace
}  // namespace olivine
