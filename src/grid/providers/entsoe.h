// ENTSO-E transparency platform: actual generation by type (A75, A16) of European bidding zones and countries.
//
//   GET /api?securityToken=KEY&documentType=A75&processType=A16&in_Domain=10YBE----------2
//       &periodStart=202401010000&periodEnd=202401020000
//   GL_MarketDocument > TimeSeries (MktPSRType/psrType, curveType) > Period (timeInterval, resolution) > Point (position, quantity)
//
// Traps, each held by a test:
//  - curveType A03: a position that is left out repeats the one before it (one Point may stand for days). A01: it is a gap.
//  - outBiddingZone_Domain means consumption (pumping, a plant's own use), not generation: it is left out of the intensity.
//  - "No data" is a document of its own (Acknowledgement_MarketDocument, reason 999), with status 200 or 400.
//  - The zone (EIC) and the unit (MAW) must be stated, and the zone be the one that was asked for.
//  - Resolutions differ by type: a mean over an hour also holds for its quarters.
//  - 400 requests a minute and token, then a ban; long spans time out: asked in chunks of 31 days.
//
// Units: MW. Errors: as ProviderSession. Threads: pure. Lifetime: values.
#pragma once

#include "grid/providers/provider.h"

namespace olivine {

// The EIC of a zone key ("BE" -> "10YBE----------2"); an EIC is its own. kNotFound names the known keys.
Result<std::string> entsoe_domain(const std::string& zone);
// The last character of an EIC follows from the others (ENTSO-E, EIC reference manual: weights 16 to 2, modulo 37).
bool is_eic(std::string_view code);

std::vector<WallInterval> entsoe_parts(const WallInterval& interval);
std::vector<HttpRequest> entsoe_requests(const FetchQuery& query, const Secret& token, const std::string& domain);
// The mix of one document; kinds have the codes "B04" and, for consumption, "B10-out".
Result<ServiceMix> parse_entsoe(std::string_view body, const std::string& domain);
Result<std::unique_ptr<ProviderSession>> start_entsoe(const ProviderInfo& provider, const FetchQuery& query,
                                                      const Credentials& credentials);

}  // namespace olivine
