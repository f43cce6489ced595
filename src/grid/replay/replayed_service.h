// ReplayedService: a grid service as it would have answered at any moment, asked through the client that asks the real one (fetch.h), from
// a server that `olivine grid serve-replay` started on this machine.
//
//   service = open("http://127.0.0.1:8080/uk", curl)
//   service->ask("GB", Signal::kAverage, {t, t + 48 h}, t)   what it says at t: this half-hour, and its forecast of those to come
//
// Each request states its moment in a header, Olivine-Replay-Now, and the answer must repeat it: the virtual clock of the server does not
// count, so that the same questions have the same answers, however long they take. The client's own clock stands at that moment too:
// answers grow old, are kept and serve when the service fails as they would have; waiting costs no time.
// They are kept in memory, until an earlier moment is asked for. The keys sent are made up: no key of the user leaves the program.
//
// Forecasts: Electricity Maps 72 h (the hour under way is in its history), WattTime 72 h, UK 48 h; EIA and ENTSO-E have none.
//
// Units: UTC. Errors: kInvalid for an address that no replay has, on another machine, or of a server that repeats no moment; else those of
// fetch.h. Threads: one. Lifetime: owns all of it.
#pragma once

#include <memory>
#include <string>

#include "base/memory_blob_store.h"
#include "grid/providers/fetch.h"
#include "grid/providers/login_http_client.h"
#include "grid/replay/replay_service.h"

namespace olivine {

inline constexpr const char* kReplayNow = "Olivine-Replay-Now";
// The server's part: the moment that a request states, else `otherwise`.
Result<WallTime> replay_now(const ReplayRequest& request, WallTime otherwise);

class ReplayedService {
 public:
  static Result<std::unique_ptr<ReplayedService>> open(const std::string& url, std::unique_ptr<HttpClient> http);
  const ProviderInfo& provider() const { return provider_; }
  Duration ahead() const { return ahead_; }    // of its forecasts; 0: it has none
  Duration before() const { return before_; }  // ask from so long before now on, to be told of now
  Result<FetchReport> ask(const std::string& zone, Signal signal, WallInterval interval, WallTime now);

 private:
  class Moment final : public Clock {
   public:
    Now now() const override { return now_; }
    void set(WallTime t) { now_.wall = t; }
    void pass(Duration d) { now_.wall.ns += d.ns, now_.mono.ns += d.ns, now_.boot_ns += d.ns; }

   private:
    Now now_;
  };
  // Adds the moment, and wants it back.
  class StatingClient final : public HttpClient {
   public:
    StatingClient(std::unique_ptr<HttpClient> inner, const Clock& clock, std::string url)
        : inner_(std::move(inner)), clock_(clock), url_(std::move(url)) {}
    Result<HttpResponse> get(const HttpRequest& request) override;

   private:
    std::unique_ptr<HttpClient> inner_;
    const Clock& clock_;
    std::string url_;
  };

  ReplayedService(std::string url, const ProviderInfo& provider, std::unique_ptr<HttpClient> http);

  std::string url_;
  ProviderInfo provider_;
  Duration ahead_, before_;
  Moment moment_;
  StatingClient http_;
  LoginHttpClient login_;
  MemoryBlobStore kept_;
};

}  // namespace olivine
