#include "grid/providers/provider.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "grid/providers/eia.h"
#include "grid/providers/electricity_maps.h"
#include "grid/providers/entsoe.h"
#include "grid/providers/open_meteo.h"
#include "grid/providers/uk_carbon_intensity.h"
#include "grid/providers/watttime.h"

namespace olivine {
namespace {

constexpr std::string_view kOurs = "ours: the service states none";

constexpr RateLimit kMinute60{60, seconds(60)};
constexpr std::array<ProviderInfo, 6> kProviders{{
    {"electricity-maps",
     "Electricity Maps v3",
     "https://api.electricitymaps.com",
     "terms of your contract",
     "OLIVINE_ELECTRICITY_MAPS_TOKEN",
     "average",
     "lifecycle",
     seconds(600),
     1,
     {{kMinute60}},
     kOurs},
    {"watttime",
     "WattTime v3",
     "https://api.watttime.org",
     "may not be passed on (WattTime's terms)",
     "OLIVINE_WATTTIME_USER and OLIVINE_WATTTIME_PASSWORD",
     "marginal",
     "direct",
     seconds(300),
     1,
     {{{3000, seconds(300)}}},
     "docs.watttime.org"},
    {"uk",
     "UK Carbon Intensity API (NESO)",
     "https://api.carbonintensity.org.uk",
     "CC BY 4.0",
     "",
     "average",
     "direct",
     seconds(900),
     1,
     {{kMinute60}},
     kOurs},
    {"eia",
     "EIA v2, form EIA-930",
     "https://api.eia.gov",
     "public domain",
     "OLIVINE_EIA_KEY",
     "average",
     "lifecycle",
     seconds(1800),
     1,
     {{kMinute60}},
     kOurs},
    {"entsoe",
     "ENTSO-E transparency platform",
     "https://web-api.tp.entsoe.eu",
     "ENTSO-E's terms, mostly CC BY 4.0",
     "OLIVINE_ENTSOE_TOKEN",
     "average",
     "lifecycle",
     seconds(1800),
     1,
     {{{400, seconds(60)}}},
     "ENTSO-E"},
    {"open-meteo",
     "Open-Meteo",
     "https://api.open-meteo.com",
     "CC BY 4.0, free tier non-commercial",
     "",
     "average",
     "lifecycle",
     seconds(3600),
     4,
     {{{600, seconds(60)}, {5000, hours(1)}, {10000, hours(24)}}},
     "Open-Meteo"},
}};

using Start = Result<std::unique_ptr<ProviderSession>> (*)(const ProviderInfo&, const FetchQuery&, const Credentials&);
constexpr std::array<Start, 6> kStart{start_electricity_maps, start_watttime,  start_uk, start_eia,
                                      start_entsoe,           start_open_meteo};

bool has_secrets(std::string_view provider, const Credentials& c) {
  if (provider == "electricity-maps") return !c.electricity_maps_token.empty();
  if (provider == "watttime") return !c.watttime_user.empty() && !c.watttime_password.empty();
  if (provider == "eia") return !c.eia_key.empty();
  if (provider == "entsoe") return !c.entsoe_token.empty();
  return true;
}

// What a zone key may hold: it goes into addresses and file names.
bool is_zone_text(std::string_view zone) {
  if (zone.empty() || zone.size() > 40) return false;
  return std::all_of(zone.begin(), zone.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == ':' || c == ',' || c == '.' || c == '+';
  });
}

}  // namespace

std::span<const ProviderInfo> providers() { return kProviders; }

Result<ProviderInfo> find_provider(std::string_view name) {
  std::vector<std::string> known;
  std::string list;
  for (const ProviderInfo& p : kProviders) {
    if (p.name == name) return p;
    known.emplace_back(p.name);
    list += (list.empty() ? "" : ", ") + std::string(p.name);
  }
  const std::string near = nearest(name, known);
  return fail(ErrorKind::kNotFound, fmt::format("no provider '{}'{}; known: {}", printable(name.substr(0, 40)),
                                                near.empty() ? "" : "; did you mean " + near + "?", list));
}

Status require(const FetchQuery& query, const ProviderInfo& provider, Signal signal, std::optional<Boundary> boundary) {
  if (query.signal != signal)
    return fail(ErrorKind::kInvalid, fmt::format("{} has no {} signal; write --signal {}", provider.title,
                                                 name_of(query.signal), name_of(signal)));
  if (boundary && query.boundary != *boundary)
    return fail(ErrorKind::kInvalid, fmt::format("{} has no {} intensities; write --boundary {}", provider.title,
                                                 name_of(query.boundary), name_of(*boundary)));
  return {};
}

Result<std::unique_ptr<ProviderSession>> start_session(const ProviderInfo& provider, const FetchQuery& asked,
                                                       const Credentials& credentials) {
  FetchQuery query = asked;
  if (query.endpoint.empty()) query.endpoint = provider.base_url;
  OLIVINE_TRY([[maybe_unused]] const UrlOrigin origin, origin_of(query.endpoint));
  if (query.endpoint.find_first_of("?#") != std::string::npos)
    return fail(ErrorKind::kInvalid, "--endpoint is a base address, without ? and #");
  if (!is_zone_text(query.zone))
    return fail(ErrorKind::kInvalid, fmt::format("'{}' is not a zone", printable(query.zone.substr(0, 60))));
  if (query.interval.end <= query.interval.begin) return fail(ErrorKind::kInvalid, "--to must be later than --from");
  if ((query.interval.end.ns - query.interval.begin.ns) / hours(24).ns > 3 * 366)
    return fail(ErrorKind::kInvalid, "at most three years are asked at once");
  if (!has_secrets(provider.name, credentials))
    return fail(
        ErrorKind::kPermission,
        fmt::format(
            "{} needs {}; set it in the environment or in the file that grid_token_file names (docs/providers.md)",
            provider.title, provider.secrets));
  for (std::size_t i = 0; i < kProviders.size(); ++i)
    if (kProviders[i].name == provider.name) return kStart[i](provider, query, credentials);
  return fail(ErrorKind::kInternal, "a provider without a session");
}

}  // namespace olivine
