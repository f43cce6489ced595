// A grid data service as pure parts: which requests to send, and what the answers mean. No I/O, no clock.
//
//   ProviderSession::next      the next request, or none when all is asked (pages and chunks come one after another)
//   ProviderSession::accept    one answer of status 200; an error changes nothing, so the same request may be sent again
//   ProviderSession::finish    what was learnt
//
// Services (reference/grid-and-scheduling.md, section 3): each in its own file, with its traps in the header there.
//
// Units: g/kWh, MW, UTC. Errors of accept: kCorrupt for bytes that are no answer (empty, web page, cut off): asking again
// may help; anything else is final: kInvalid for another zone or unit, kNotFound where the service has no data. Threads: one
// session, one thread. Lifetime: a session is used once.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "grid/intensity.h"
#include "grid/providers/credentials.h"
#include "grid/providers/http_client.h"
#include "grid/providers/mix.h"
#include "grid/providers/retry.h"
#include "grid/providers/weather.h"

namespace olivine {

struct FetchQuery {
  std::string zone;       // as typed: zone key, "GB:13", "52.5,13.4"
  WallInterval interval;  // [from, to)
  WallTime now;
  Signal signal = Signal::kAverage;
  Boundary boundary = Boundary::kLifecycle;
  std::string endpoint;  // base URL in place of the service's own; "" for its own
};

struct FetchedData {
  IntensitySeries series;               // no points for weather
  std::optional<ServiceMix> mix;        // EIA, ENTSO-E
  std::optional<WeatherTable> weather;  // Open-Meteo
};

class ProviderSession {
 public:
  virtual ~ProviderSession() = default;
  virtual Result<std::optional<HttpRequest>> next() = 0;
  virtual Status accept(const HttpResponse& answer) = 0;
  virtual Result<FetchedData> finish() = 0;
};

struct ProviderInfo {
  std::string_view name;   // "electricity-maps"
  std::string_view title;  // "Electricity Maps"
  std::string_view base_url;
  std::string_view licence;
  std::string_view secrets;  // "OLIVINE_EIA_KEY"; "" when none is needed
  std::string_view default_signal, default_boundary;
  Duration ttl;                     // how long an answer that reaches up to now stays fresh
  double request_cost = 1.0;        // in terms of the limits
  std::array<RateLimit, 3> limits;  // requests 0: none
  std::string_view limits_source;   // who says so
};

std::span<const ProviderInfo> providers();
// kNotFound names the nearest and all known ones.
Result<ProviderInfo> find_provider(std::string_view name);
// kInvalid for a zone, signal or boundary that the service does not have; kPermission where a secret is missing.
Result<std::unique_ptr<ProviderSession>> start_session(const ProviderInfo& provider, const FetchQuery& query,
                                                       const Credentials& credentials);

// Shared by the services: the signal and boundary must be the one that the service has.
Status require(const FetchQuery& query, const ProviderInfo& provider, Signal signal, std::optional<Boundary> boundary);

}  // namespace olivine
