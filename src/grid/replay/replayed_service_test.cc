// A replayed service: what it says at any moment, how its answers grow old, and what is no replay.
#include "grid/replay/replayed_service.h"

#include <gtest/gtest.h>

#include "grid/providers/scripted_fixture.h"
#include "grid/replay/replay_fixture.h"

namespace olivine {
namespace {

const WallTime kBegin = at("2025-01-01T00:00Z");

// 100, 101, 102, ... g/kWh by hour, from stored data behind answer_replay; `fault` says what goes wrong from now on.
struct Server {
  std::string fault;
  bool repeats = true;
  std::vector<HttpRequest> requests;
  ReplayData data{series()};

  static std::vector<IntensitySeries> series() {
    std::vector<IntensitySeries> all;
    for (const auto& [zone, boundary] : {std::pair{"FR", Boundary::kLifecycle}, std::pair{"GB", Boundary::kDirect},
                                         std::pair{"CAISO_NORTH", Boundary::kDirect}}) {
      IntensitySeries s;
      s.zone = zone;
      s.boundary = boundary;
      s.signal = std::string_view(zone) == "CAISO_NORTH" ? Signal::kMarginal : Signal::kAverage;
      for (int h = 0; h < 24 * 20; ++h)
        s.points.push_back(exact_point(kBegin + hours(h), kBegin + hours(h + 1), 100.0 + h));
      all.push_back(std::move(s));
    }
    return all;
  }

  Result<HttpResponse> answer(const HttpRequest& request) {
    requests.push_back(request);
    const ReplayRequest r = replay_request_of(request, "http://127.0.0.1:8080");
    OLIVINE_TRY(const WallTime now, replay_now(r, at("2099-01-01T00:00Z")));
    const std::string kind = r.path == "/watttime/login" ? "" : fault;
    HttpResponse said = with_fault(r, answer_replay(r, {data, now, kind}), kind);
    if (repeats) said.headers.push_back({kReplayNow, format_second(now)});
    return said;
  }
};

std::unique_ptr<ReplayedService> opened(Server& server, const std::string& service) {
  auto made = ReplayedService::open(
      "http://127.0.0.1:8080/" + service,
      std::make_unique<ScriptedClient>([&server](const HttpRequest& r) { return server.answer(r); }));
  EXPECT_TRUE(made) << service;
  return std::move(*made);
}

Result<FetchReport> ask(ReplayedService& service, WallTime now) {
  const bool uk = service.provider().name == "uk", watttime = service.provider().name == "watttime";
  return service.ask(uk         ? "GB"
                     : watttime ? "CAISO_NORTH"
                                : "FR",
                     watttime ? Signal::kMarginal : Signal::kAverage,
                     {{now.ns - service.before().ns}, now + service.ahead()}, now);
}

TEST(ReplayedService, SaysOfNowAndOfLaterWhatTheServiceKnowsThen) {
  for (const char* name : {"electricity-maps", "uk", "watttime"}) {
    Server server;
    const auto service = opened(server, name);
    for (const int h : {30, 200, 31}) {  // in any order
      const auto report = ask(*service, kBegin + hours(h));
      ASSERT_TRUE(report) << name << ": " << report.error().message;
      const auto& points = report->data.series.points;
      for (const IntensityPoint& p : points)
        EXPECT_NEAR(p.g_per_kwh, 100.0 + static_cast<double>((p.begin - kBegin).ns / hours(1).ns), 1e-9) << name;
      EXPECT_LE(points.front().begin, kBegin + hours(h)) << name << ": of now";
      EXPECT_EQ(points.back().end, kBegin + hours(h) + service->ahead()) << name;
    }
    for (const HttpRequest& r : server.requests)
      for (const HttpHeader& header : r.headers)
        EXPECT_EQ(header.value.find("secret"), std::string::npos) << "keys are made up";
  }
}

TEST(ReplayedService, AnswersGrowOldAndServeWhileTheServiceFails) {
  Server server;
  const auto service = opened(server, "electricity-maps");
  ASSERT_TRUE(ask(*service, kBegin + hours(48)));
  server.fault = "503";
  const auto late = ask(*service, kBegin + hours(60));
  ASSERT_TRUE(late) << late.error().message;
  EXPECT_GT(late->served_stale, 0);
  EXPECT_EQ(late->data.series.points.back().end, kBegin + hours(48 + 73))
      << "the forecast of twelve hours ago ends there";
  EXPECT_EQ(ask(*service, kBegin + hours(48 + 24 * 8)).error().kind, ErrorKind::kTransient) << "eight days are too old";
  server.fault = "";
  EXPECT_EQ(ask(*service, kBegin + hours(48 + 24 * 8))->served_stale, 0);
}

TEST(ReplayedService, NullAndNegativeAreGaps) {
  for (const char* fault : {"null", "negative"}) {
    Server server;
    const auto service = opened(server, "uk");
    server.fault = fault;
    const auto report = ask(*service, kBegin + hours(48));
    ASSERT_TRUE(report) << fault;
    EXPECT_EQ(report->data.series.points.size(), 95U) << fault;
  }
}

TEST(ReplayedService, WhatIsNoReplay) {
  Server server;
  for (const char* url :
       {"", "8080", "http://127.0.0.1:8080", "http://127.0.0.1:8080/open-meteo", "https://api.carbonintensity.org.uk",
        "https://api.carbonintensity.org.uk/uk", "http://127.0.0.1:8080/uk?x=1", "http://user@127.0.0.1:8080/uk"})
    EXPECT_EQ(ReplayedService::open(
                  url, std::make_unique<ScriptedClient>([&](const HttpRequest& r) { return server.answer(r); }))
                  .error()
                  .kind,
              ErrorKind::kInvalid)
        << url;
  EXPECT_TRUE(server.requests.empty());
  server.repeats = false;
  const auto service = opened(server, "uk");
  const auto report = ask(*service, kBegin + hours(48));
  ASSERT_FALSE(report);
  EXPECT_NE(report.error().message.find("no server of olivine grid serve-replay"), std::string::npos);
  EXPECT_EQ(server.requests.size(), 1U) << "it is not asked again";
  EXPECT_EQ(replay_now({"/uk", {}, {{"olivine-replay-now", "soon"}}}, kBegin).error().kind, ErrorKind::kInvalid);
}

}  // namespace
}  // namespace olivine
