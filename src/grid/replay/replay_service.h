// The APIs of Electricity Maps v3, WattTime v3, UK Carbon Intensity, EIA v2 and ENTSO-E, played from stored series: a pure
// function of request, data and virtual time. apps/serve_replay puts it behind an HTTP server on this machine.
//
//   /electricity-maps/v3/carbon-intensity/{latest,history,past-range,forecast}    auth-token
//   /watttime/login, /watttime/v3/{historical,forecast}                           Basic, then Bearer
//   /uk/intensity[/FROM/TO | /FROM/fw24h | /FROM/fw48h | /FROM/pt24h]
//   /eia/v2/electricity/rto/fuel-type-data/data/                                  api_key
//   /entsoe/api (documentType A75)                                                securityToken
//
// Any key is good; none gives 401. The past ends at the virtual now, or at the moment that a request states (Olivine-Replay-Now:
// 2025-01-01T12:00:00Z, repeated in the answer); a forecast holds the stored values that come after it.
// The services' traps are played too: Electricity Maps answers an unknown zone for "the caller's" (GB) unless
// shouldUseFallbackCallerLookup=false; EIA names the end of an hour and pages; UK refuses more than 14 days; ENTSO-E leaves repeated
// positions out (A03). EIA and ENTSO-E need a mix: gas and wind (coal above gas) that has the intensity at AR5's factors.
//
// Units: g/kWh, lb/MWh, MW. Errors: as answers of the service. Threads: const use is free. Lifetime: data outlive it.
#pragma once

#include <map>
#include <string>

#include "grid/providers/http_client.h"
#include "grid/replay/replay_data.h"

namespace olivine {

struct ReplayRequest {
  std::string path;                            // decoded, without the query
  std::map<std::string, std::string> query;    // decoded
  std::map<std::string, std::string> headers;  // names in lower case
  std::string header(const std::string& name) const;
  std::string parameter(const std::string& name) const;
};

struct ReplayContext {
  const ReplayData& data;
  WallTime now;       // of the virtual clock
  std::string fault;  // "null", "negative", "wrongzone" change the values; others are the server's
};

HttpResponse answer_replay(const ReplayRequest& request, const ReplayContext& context);

// The parts, one a service; `path` is what follows "/electricity-maps" and so on.
HttpResponse replay_electricity_maps(const ReplayRequest& request, const std::string& path,
                                     const ReplayContext& context);
HttpResponse replay_watttime(const ReplayRequest& request, const std::string& path, const ReplayContext& context);
HttpResponse replay_uk(const ReplayRequest& request, const std::string& path, const ReplayContext& context);
HttpResponse replay_eia(const ReplayRequest& request, const std::string& path, const ReplayContext& context);
HttpResponse replay_entsoe(const ReplayRequest& request, const std::string& path, const ReplayContext& context);

// What a fault leaves of a whole answer: statuses, web page, nothing, half of it. Also adds the ETag and answers 304.
HttpResponse with_fault(const ReplayRequest& request, HttpResponse answer, const std::string& fault);

// One value of a list, as all services need it.
struct ReplayValue {
  WallTime begin;
  std::optional<double> g_per_kwh;
  bool estimated = false;
};
// At every step of [begin, end) that the data know; a gap of the data is left out.
Result<std::vector<ReplayValue>> replay_values(const ReplayContext& context, const std::string& zone, Signal signal,
                                               Boundary boundary, WallInterval interval, Duration step);

}  // namespace olivine
