// What the providers' tests share: a client that answers from a function, and what a query looks like.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/memory_blob_store.h"
#include "grid/providers/fetch.h"
#include "grid/providers/login_http_client.h"
#include "grid/providers/utc_text.h"
#include "testing/fake_clock.h"

namespace olivine {

class ScriptedClient final : public HttpClient {
 public:
  using Answer = std::function<Result<HttpResponse>(const HttpRequest&)>;
  explicit ScriptedClient(Answer answer) : answer_(std::move(answer)) {}
  Result<HttpResponse> get(const HttpRequest& request) override {
    requests.push_back(request);
    return answer_(request);
  }
  std::vector<HttpRequest> requests;

 private:
  Answer answer_;
};

inline WallTime at(const char* text) { return parse_utc(text).value(); }

inline Credentials test_credentials() {
  return {Secret("em-secret-1"), Secret("wt-user-2"), Secret("wt-password-3"), Secret("eia-secret-4"),
          Secret("entsoe-secret-5")};
}

inline FetchQuery test_query(const ProviderInfo& provider) {
  FetchQuery query;
  query.zone = provider.name == "watttime"     ? "CAISO_NORTH"
               : provider.name == "uk"         ? "GB"
               : provider.name == "eia"        ? "CISO"
               : provider.name == "entsoe"     ? "BE"
               : provider.name == "open-meteo" ? "52.5,13.4"
                                               : "FR";
  query.interval = {at("2025-01-01T00:00Z"), at("2025-01-01T03:00Z")};
  query.now = at("2025-01-01T06:00Z");
  query.signal = signal_from(provider.default_signal).value();
  query.boundary = boundary_from(provider.default_boundary).value();
  return query;
}

// A clock, a store and tools that wait by moving the clock.
struct TestWorld {
  FakeClock clock{{{at("2025-01-01T06:00Z")}, {1'000'000'000}, 1'000'000'000}};
  MemoryBlobStore files;
  std::vector<Duration> waits;
  FetchTools tools(HttpClient* http) {
    FetchTools t;
    t.http = http;
    t.files = &files;
    t.clock = &clock;
    t.sleep = [this](Duration d) {
      waits.push_back(d);
      clock.advance(d);
    };
    t.secrets = test_credentials().all();
    return t;
  }
};

inline HttpResponse ok(std::string body) { return {200, {}, std::move(body)}; }

}  // namespace olivine
