// grid zones: zones, cloud regions and marginal regions whose key or name contains a text.
#include <fmt/core.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "apps/cli/app.h"
#include "apps/cli/commands.h"
#include "base/text.h"
#include "grid/shipped.h"
#include "grid/zone_source.h"

namespace olivine::cli {
namespace {

using Json = nlohmann::ordered_json;

struct Found {
  std::vector<ZoneFactor> zones;
  std::vector<ProfileZone> marginal;
  std::vector<CloudRegion> clouds;
  std::vector<ZoneAlias> names;  // other names that contain the text
};

Json or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }
Json or_null(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

// Cloud regions that the text finds, and those that stand in a zone that it finds.
std::vector<CloudRegion> clouds_of(std::string_view text, const std::vector<ZoneFactor>& zones) {
  std::vector<CloudRegion> found = search_cloud_regions(text);
  const std::size_t by_text = found.size();
  const auto same = [](const CloudRegion& a, const CloudRegion& b) {
    return a.provider == b.provider && a.region == b.region;
  };
  for (const CloudRegion& region : search_cloud_regions("")) {
    const auto end = found.begin() + static_cast<std::ptrdiff_t>(by_text);
    if (std::any_of(found.begin(), end, [&](const CloudRegion& r) { return same(r, region); })) continue;
    if (std::any_of(zones.begin(), zones.end(), [&](const ZoneFactor& z) { return z.zone == region.zone; }))
      found.push_back(region);
  }
  return found;
}

Found search(std::string_view text) {
  Found found;
  found.zones = search_zones(text);
  found.clouds = clouds_of(text, found.zones);
  found.names = search_aliases(text);
  const std::string wanted = to_lower(trim(text));
  for (const ProfileZone& region : profile_zones(Signal::kMarginal, Boundary::kDirect))
    if (to_lower(region.zone + " " + region.name).find(wanted) != std::string::npos) found.marginal.push_back(region);
  // A zone found by another name only is listed as well.
  for (const ZoneAlias& alias : found.names) {
    const auto same = [&](const ZoneFactor& z) { return z.zone == alias.zone; };
    if (std::any_of(found.zones.begin(), found.zones.end(), same)) continue;
    for (ZoneFactor& factor : yearly_factors(alias.zone)) found.zones.push_back(std::move(factor));
  }
  return found;
}

Json zone_json(const ZoneFactor& z) {
  return {{"kind", "zone"},
          {"zone", z.zone},
          {"name", z.name},
          {"parent", or_null(z.parent)},
          {"intensity_g_per_kwh", z.g_per_kwh},
          {"boundary", z.type},
          {"accounting", z.accounting},
          {"losses", z.losses},
          {"year", z.year > 0 ? Json(z.year) : Json(nullptr)},
          {"source", z.row.text()},
          {"cloud", nullptr}};
}

// A cloud region has the figures of the zone that it stands in.
Json cloud_json(const CloudRegion& c) {
  const auto zone = find_zone(c.zone);
  Json j = zone ? zone_json(*zone) : Json::object();
  j["kind"] = "cloud_region";
  j["name"] = fmt::format("{} {} ({})", c.provider, c.region, c.name);
  j["cloud"] = {{"provider", c.provider},
                {"region", c.region},
                {"place", c.name},
                {"grid", or_null(c.grid)},
                {"pue", or_null(c.pue)},
                {"pue_of", c.pue ? Json(c.pue_of_fleet ? "fleet" : "region") : Json(nullptr)},
                {"wue_l_per_kwh", or_null(c.wue_l_per_kwh)},
                {"wue_of", c.wue_l_per_kwh ? Json(c.wue_of_fleet ? "fleet" : "region") : Json(nullptr)},
                {"cfe_fraction", or_null(c.cfe_fraction)},
                {"published_g_per_kwh", or_null(c.g_per_kwh)},
                {"source", c.row.text()}};
  return j;
}

Json marginal_json(const ProfileZone& region) {
  return {{"kind", "marginal_region"},
          {"zone", region.zone},
          {"name", region.name},
          {"parent", "US"},
          {"intensity_g_per_kwh", nullptr},
          {"boundary", "direct"},
          {"accounting", "production"},
          {"losses", "unknown"},
          {"year", 2023},
          {"source", "data/profiles_marginal.csv, " + region.zone},
          {"cloud", nullptr}};
}

std::string json_of(const Found& found) {
  Json list = Json::array();
  for (const ZoneFactor& z : found.zones) list.push_back(zone_json(z));
  for (const ProfileZone& m : found.marginal) list.push_back(marginal_json(m));
  for (const CloudRegion& c : found.clouds) list.push_back(cloud_json(c));
  return list.dump(2, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string published(const std::optional<double>& value, bool of_fleet) {
  return value ? (of_fleet ? "~" : "") + shortest(*value) : "?";
}

std::string text_of(const Found& found) {
  std::string text;
  if (!found.zones.empty())
    text += fmt::format("{:<12} {:>10}  {:<10} {:<11} {:<5} {}\n", "zone", "g/kWh", "boundary", "accounting", "year",
                        "name");
  for (const ZoneFactor& z : found.zones)
    text += fmt::format("{:<12} {:>10.1f}  {:<10} {:<11} {:<5} {}\n", z.zone, z.g_per_kwh, z.type, z.accounting,
                        z.year > 0 ? std::to_string(z.year) : "?", z.name);
  if (!found.marginal.empty())
    text +=
        fmt::format("{}{:<12} name (marginal rates by hour: olivine grid show)\n", text.empty() ? "" : "\n", "region");
  for (const ProfileZone& m : found.marginal) text += fmt::format("{:<12} {}\n", m.zone, m.name);
  if (!found.clouds.empty())
    text += fmt::format("{}{:<9} {:<20} {:<7} {:<13} {:>5} {:>7}  {}\n", text.empty() ? "" : "\n", "cloud", "region",
                        "zone", "grid", "PUE", "L/kWh", "place   (~: the provider's mean, not the region's)");
  for (const CloudRegion& c : found.clouds)
    text += fmt::format("{:<9} {:<20} {:<7} {:<13} {:>5} {:>7}  {}\n", c.provider, c.region, c.zone, c.grid,
                        published(c.pue, c.pue_of_fleet), published(c.wue_l_per_kwh, c.wue_of_fleet), c.name);
  if (!found.names.empty()) text += fmt::format("{}other names\n", text.empty() ? "" : "\n");
  for (const ZoneAlias& a : found.names) text += olivine::text_of(a) + "\n";
  return text;
}

}  // namespace

int grid_zones_command(App& app) {
  const Found found = search(app.options.text);
  if (app.options.json) return print_json(app, json_of(found));
  const std::string text = text_of(found);
  if (!text.empty()) return print(text);
  const auto known = find_zone(app.options.text);
  return report_error(known ? Error{ErrorKind::kNotFound, "no zone"} : known.error());
}

}  // namespace olivine::cli
