// EIA v2: net generation by fuel, hourly, of US balancing authorities (form EIA-930, public domain).
//
//   GET /v2/electricity/rto/fuel-type-data/data/?api_key=KEY&frequency=hourly&data[0]=value&facets[respondent][0]=CISO
//       &start=2025-01-01T01&end=2025-01-02T00&sort[0][column]=period&sort[0][direction]=asc&offset=0&length=5000
//   {"response":{"total":3,"data":[{"period":"2022-10-31T11","respondent":"PGE","fueltype":"NG","value":400,
//     "value-units":"megawatthours"}]}}
//
// Traps: `period` is UTC and names the END of its hour: 2022-10-31T11 is the hour from 10:00. `value` may be null, a number, or a
// number in quotes; `total` too. At most 5,000 rows an answer: pages by `offset` until `total`. A colon in start is an error.
// An hour in which one fuel is null gives no intensity, see mix.h. ZONE: "US-CAL-CISO" (its last part is the
// respondent) or the respondent itself.
//
// Units: MWh in an hour = MW. Errors: as ProviderSession. Threads: pure. Lifetime: values.
#pragma once

#include "grid/providers/provider.h"

namespace olivine {

inline constexpr std::size_t kEiaPageRows = 5000;

struct EiaRow {
  WallTime begin;
  std::string fuel;
  std::optional<double> mwh;
};
struct EiaPage {
  std::size_t total = 0;
  std::vector<EiaRow> rows;
};

std::string eia_respondent(const std::string& zone);
HttpRequest eia_request(const FetchQuery& query, const Secret& key, std::size_t offset);
Result<EiaPage> parse_eia(std::string_view body, const std::string& respondent);
Fuel eia_fuel(std::string_view code);
Result<std::unique_ptr<ProviderSession>> start_eia(const ProviderInfo& provider, const FetchQuery& query,
                                                   const Credentials& credentials);

}  // namespace olivine
