// WattTime v3: marginal operating emission rate (co2_moer) or average (co2_aoer), direct CO2.
//
//   GET /v3/historical?region=CAISO_NORTH&start=...&end=...&signal_type=co2_moer        Authorization: Bearer TOKEN
//   {"data":[{"point_time":"2025-01-01T00:00:00+00:00","value":870.0}],
//    "meta":{"region":"CAISO_NORTH","signal_type":"co2_moer","units":"lbs_co2_per_mwh","data_point_period_seconds":300,
//            "model":{"date":"2023-03-01"},"warnings":[]}}
//
//   870 lb/MWh * 0.45359237 kg/lb = 394.6253619 g/kWh          (one pound is 0.45359237 kg exactly)
//
// Traps: the token comes from /login (Basic) and lives 30 minutes, see login_http_client.h. The unit, the region and the
// length of a step must be stated in `meta`. `warnings` are notes; values of several models in one history are one too. History
// is asked in chunks of 30 days; a forecast reaches 72 h. ZONE is WattTime's region, or US-CAL-CISO for CAISO_NORTH.
// The licence forbids passing the data on.
//
// Units: lb/MWh in, g/kWh out. Errors: as ProviderSession. Threads: pure. Lifetime: values.
#pragma once

#include "grid/providers/list_session.h"

namespace olivine {

inline constexpr double kGramsPerKwhInLbPerMwh = 0.45359237;

std::string watttime_region(const std::string& zone);
std::vector<HttpRequest> watttime_requests(const FetchQuery& query);
Result<ListedValues> parse_watttime(std::string_view body, const std::string& region, std::string_view signal_type);
// The token of an answer to /login.
Result<Secret> parse_watttime_login(std::string_view body);
Result<std::unique_ptr<ProviderSession>> start_watttime(const ProviderInfo& provider, const FetchQuery& query,
                                                        const Credentials& credentials);

}  // namespace olivine
