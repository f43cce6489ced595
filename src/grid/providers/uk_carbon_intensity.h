// UK Carbon Intensity API (NESO): average, direct CO2, of consumption in Great Britain, half-hours, with a 48 h forecast.
//
//   GET /intensity/2018-01-20T12:00Z/2018-01-20T13:00Z
//   {"data":[{"from":"2018-01-20T12:00Z","to":"2018-01-20T12:30Z","intensity":{"forecast":266,"actual":263}}]}
//
// "CO2 emissions related to electricity generation only", with imports, transmission and distribution losses (the API's own
// introduction). ZONE: "GB"; "GB:13" is region 13 of 17; "GB:RG10" the region of an outward postcode.
//
// Traps: at most 14 days a request. `actual` is null for what is to come, and regions never have it: the forecast then
// serves, marked as estimated. A regional answer is an object, a national one a list; a long postcode gives an empty body.
//
// Units: gCO2/kWh. Errors: as ProviderSession. Threads: pure. Lifetime: values.
#pragma once

#include "grid/providers/list_session.h"

namespace olivine {

struct UkRegion {
  int id = 0;            // 1..17; 0: not by id
  std::string postcode;  // "RG10"; "": not by postcode
};
// kInvalid says what may be written.
Result<UkRegion> uk_region(const std::string& zone);
std::vector<HttpRequest> uk_requests(const FetchQuery& query, const UkRegion& region);
Result<ListedValues> parse_uk(std::string_view body, const UkRegion& region);
Result<std::unique_ptr<ProviderSession>> start_uk(const ProviderInfo& provider, const FetchQuery& query,
                                                  const Credentials& credentials);

}  // namespace olivine
