// The replay server against our own clients: what is fetched from it is what it was given.
#include <gtest/gtest.h>

#include "grid/providers/scripted_fixture.h"
#include "grid/providers/utc_text.h"
#include "grid/replay/replay_faults.h"
#include "grid/replay/replay_fixture.h"
#include "grid/replay/replay_service.h"

namespace olivine {
namespace {

IntensitySeries stored(const std::string& zone, Signal signal, Boundary boundary) {
  IntensitySeries series;
  series.zone = zone;
  series.signal = signal;
  series.boundary = boundary;
  for (int h = 0; h < 48; ++h) {
    if (h == 7) continue;  // a gap
    const WallTime begin = at("2025-01-01T00:00Z") + hours(h);
    series.points.push_back(exact_point(begin, begin + hours(1), 20.0 + 25 * h));  // up to 745: wind, gas and coal
  }
  return series;
}

Result<FetchReport> fetch_replayed(const ProviderInfo& provider, const FetchQuery& asked, const ReplayData& data,
                                   const std::string& fault = "") {
  TestWorld world;
  ScriptedClient http([&](const HttpRequest& request) {
    const ReplayRequest r = replay_request_of(request, "https://h");
    return with_fault(r, answer_replay(r, {data, asked.now, fault}), fault);
  });
  FetchQuery query = asked;
  query.endpoint = "https://h/" + std::string(provider.name);
  const Credentials c = test_credentials();
  LoginHttpClient login(http, world.clock, query.endpoint, c.watttime_user, c.watttime_password);
  FetchTools tools = world.tools(&login);
  tools.retry.max_attempts = 1;
  OLIVINE_TRY(const auto session, start_session(provider, query, c));
  return fetch(*session, provider, tools);
}

FetchQuery replay_query(const ProviderInfo& provider) {
  FetchQuery query = test_query(provider);
  query.interval = {at("2025-01-01T00:00Z"), at("2025-01-02T06:00Z")};
  query.now = at("2025-01-02T06:00Z");
  return query;
}

TEST(Replay, WhatIsFetchedIsWhatWasStored) {
  for (const ProviderInfo& provider : providers()) {
    if (provider.name == "open-meteo") continue;
    const FetchQuery query = replay_query(provider);
    const ReplayData data({stored(query.zone, query.signal, query.boundary)});
    const auto report = fetch_replayed(provider, query, data);
    ASSERT_TRUE(report) << provider.name << report.error().message;
    const auto& points = report->data.series.points;
    ASSERT_FALSE(points.empty()) << provider.name;
    const std::int64_t per_hour = hours(1).ns / (points[0].end - points[0].begin).ns;
    EXPECT_EQ(static_cast<std::int64_t>(points.size()), 29 * per_hour) << provider.name;  // 30 hours less the gap
    for (const IntensityPoint& p : points) {
      const std::int64_t h = (p.begin - at("2025-01-01T00:00Z")).ns / hours(1).ns;
      EXPECT_NE(h, 7) << provider.name;
      EXPECT_NEAR(p.g_per_kwh, 20.0 + 25 * static_cast<double>(h), 1e-3)
          << provider.name << " " << format_second(p.begin);
    }
  }
}

TEST(Replay, ForecastsAreTheStoredFuture) {
  for (const char* name : {"electricity-maps", "watttime", "uk"}) {
    const ProviderInfo provider = find_provider(name).value();
    FetchQuery query = replay_query(provider);
    query.interval.end = at("2025-01-02T12:00Z");
    const ReplayData data({stored(query.zone, query.signal, query.boundary)});
    const auto report = fetch_replayed(provider, query, data);
    ASSERT_TRUE(report) << name << report.error().message;
    const IntensityPoint& last = report->data.series.points.back();
    EXPECT_EQ(last.end, query.interval.end) << name;
    EXPECT_NEAR(last.g_per_kwh, 20.0 + 25 * 35, 1e-3) << name;
  }
}

TEST(Replay, FaultsAreSeenByTheClients) {
  for (const ProviderInfo& provider : providers()) {
    if (provider.name == "open-meteo") continue;
    const FetchQuery query = replay_query(provider);
    const ReplayData data({stored(query.zone, query.signal, query.boundary)});
    for (const char* fault : {"401", "403", "404", "429", "500", "503", "html", "empty", "truncate", "wrongzone"})
      EXPECT_FALSE(fetch_replayed(provider, query, data, fault)) << provider.name << fault;
    const std::size_t whole = fetch_replayed(provider, query, data)->data.series.points.size();
    for (const char* fault : {"null", "negative"}) {
      const auto report = fetch_replayed(provider, query, data, fault);
      ASSERT_TRUE(report) << provider.name << fault << report.error().message;
      EXPECT_EQ(report->data.series.points.size(), whole - 1) << provider.name << fault;
    }
  }
}

TEST(Replay, PlaysTheTrapOfTheCallersPlace) {
  const ReplayData data({});
  ReplayRequest request{
      "/electricity-maps/v3/carbon-intensity/history", {{"zone", "XX-NOWHERE"}}, {{"auth-token", "t"}}};
  const HttpResponse trapped = answer_replay(request, {data, at("2025-01-02T06:00Z"), ""});
  EXPECT_EQ(trapped.status, 200);
  EXPECT_NE(trapped.body.find("\"zone\":\"GB\""), std::string::npos);
  request.query["shouldUseFallbackCallerLookup"] = "false";
  EXPECT_EQ(answer_replay(request, {data, at("2025-01-02T06:00Z"), ""}).status, 404);
}

TEST(Replay, EtagsHold) {
  const ReplayData data({});
  ReplayRequest request{"/uk/intensity", {}, {}};
  const ReplayContext context{data, at("2025-01-02T06:00Z"), ""};
  const HttpResponse first = with_fault(request, answer_replay(request, context), "");
  request.headers["if-none-match"] = first.header("etag");
  EXPECT_EQ(with_fault(request, answer_replay(request, context), "").status, 304);
  EXPECT_EQ(with_fault(request, answer_replay(request, {data, at("2025-01-02T07:00Z"), ""}), "").status, 200);
}

TEST(ReplayFaults, SharesCountsAndSeeds) {
  ReplayFaults counted(parse_replay_faults("429:first2,html:first3").value(), 0);
  EXPECT_EQ(counted.next(), "429");
  EXPECT_EQ(counted.next(), "429");
  EXPECT_EQ(counted.next(), "html");
  EXPECT_EQ(counted.next(), "");
  ReplayFaults a(parse_replay_faults("429:0.1, null:0.2").value(), 5),
      b(parse_replay_faults("429:0.1,null:0.2").value(), 5);
  int throttled = 0, nulls = 0;
  for (int i = 0; i < 10000; ++i) {
    const std::string kind = a.next();
    EXPECT_EQ(kind, b.next());
    throttled += kind == "429" ? 1 : 0;
    nulls += kind == "null" ? 1 : 0;
  }
  EXPECT_NEAR(throttled, 1000, 120);  // 4 standard deviations of 30
  EXPECT_NEAR(nulls, 1800, 160);      // where no 429 was due
  for (const char* text : {"418:0.1", "429", "429:2", "429:-1", "429:firstx", "null:", ","})
    EXPECT_FALSE(parse_replay_faults(text)) << text;
  EXPECT_TRUE(parse_replay_faults("").value().empty());
}

}  // namespace
}  // namespace olivine
