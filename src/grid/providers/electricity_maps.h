// Electricity Maps v3: average intensity of consumption, flow-traced, lifecycle or direct.
//
//   GET /v3/carbon-intensity/history?zone=FR&emissionFactorType=lifecycle&shouldUseFallbackCallerLookup=false
//   auth-token: KEY
//   {"zone":"FR","history":[{"zone":"FR","carbonIntensity":58.8,"datetime":"2025-11-21T19:00:00.000Z",
//     "emissionFactorType":"lifecycle","isEstimated":false}]}
//
// Traps, each held by a test:
//  - A zone that the service does not know is answered for the place of the caller's IP address. Every request says
//    shouldUseFallbackCallerLookup=false, and an answer that does not name the zone that was asked for is refused.
//  - carbonIntensity may be null or estimated; a list may have both factor types.
//  - A free key has the last 24 h (`history`) only: they are asked with it, earlier times with `past-range` in chunks of ten days,
//    later ones with `forecast`.
//  - Errors come as {"error": ...} or {"message": ...}.
//
// Units: gCO2e/kWh. Errors: as ProviderSession. Threads: pure. Lifetime: values.
#pragma once

#include "grid/providers/list_session.h"

namespace olivine {

std::vector<HttpRequest> electricity_maps_requests(const FetchQuery& query, const Secret& token);
Result<ListedValues> parse_electricity_maps(std::string_view body, const std::string& zone, Boundary boundary);
Result<std::unique_ptr<ProviderSession>> start_electricity_maps(const ProviderInfo& provider, const FetchQuery& query,
                                                                const Credentials& credentials);

}  // namespace olivine
