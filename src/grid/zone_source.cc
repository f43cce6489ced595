#include "grid/zone_source.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include <algorithm>

#include "base/text.h"

namespace olivine {
namespace {

constexpr std::size_t kMaxMetadataBytes = 4 << 20;  // instance-data.json holds the user's start-up script too
constexpr std::size_t kMaxDepth = 64;

using Json = nlohmann::json;

bool is_given(const std::optional<std::string>& text) { return text && !trim(*text).empty(); }

std::string text_at(const Json& object, const char* key) {
  if (!object.is_object()) return "";
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

struct Place {
  std::string provider, region;
};

// cloud-init's standard keys ("v1"), in their two spellings; a flat file with the same keys is read as well.
std::optional<Place> place_in(std::string_view text) {
  if (nests_deeper(text, kMaxDepth)) return std::nullopt;
  const Json document = Json::parse(text, nullptr, false);
  if (!document.is_object()) return std::nullopt;
  const auto standard = document.find("v1");
  for (const Json* part : {standard != document.end() ? &*standard : &document, &document}) {
    Place place;
    for (const char* key : {"cloud_name", "cloud-name", "cloud_id", "provider"}) {
      if (place.provider.empty()) place.provider = text_at(*part, key);
    }
    for (const char* key : {"region", "availability_zone", "availability-zone"}) {
      if (place.region.empty()) place.region = text_at(*part, key);
    }
    if (!place.region.empty()) return place;
  }
  return std::nullopt;
}

// One short word per provider: "aws" for "Amazon Web Services", "aws" and "ec2".
std::string provider_word(std::string_view provider) {
  const std::string name = to_lower(provider);
  const auto has = [&](std::string_view word) { return name.find(word) != std::string::npos; };
  if (has("amazon") || has("aws") || has("ec2")) return "aws";
  if (has("google") || has("gcp") || has("gce")) return "gcp";
  if (has("azure") || has("microsoft")) return "azure";
  return name;
}

// Whether `region` is `known` or an availability zone in it: "eu-west-3a", "europe-west1-b", "westeurope-1".
bool in_region(std::string_view region, std::string_view known) {
  if (known.empty() || !region.starts_with(known)) return false;
  const std::string_view rest = region.substr(known.size());
  if (rest.empty()) return true;
  const std::string_view name = rest.front() == '-' ? rest.substr(1) : rest;
  const char c = name.size() == 1 ? name.front() : ' ';
  return (c >= 'a' && c <= 'z') || (rest.front() == '-' && c >= '0' && c <= '9');
}

// A fleet's mean may be off for one region by as much as its published regions differ.
void add_pue_range(const CsvTable& table, CloudRegion& place) {
  if (!place.pue) return;
  place.pue_lower = place.pue_upper = *place.pue;
  if (!place.pue_of_fleet) return;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    if (table.cell(row, "provider") != place.provider || table.cell(row, "pue_of") != "region") continue;
    const auto other = table.maybe_number(row, "pue");
    place.pue_lower = std::min(*place.pue_lower, other.value_or(*place.pue));
    place.pue_upper = std::max(*place.pue_upper, other.value_or(*place.pue));
  }
}

CloudRegion region_at(const CsvTable& table, std::size_t row) {
  CloudRegion place;
  place.provider = std::string(table.cell(row, "provider"));
  place.region = std::string(table.cell(row, "region"));
  place.zone = std::string(table.cell(row, "zone"));
  place.name = std::string(table.cell(row, "name"));
  place.grid = std::string(table.cell(row, "grid"));
  place.pue = table.maybe_number(row, "pue");
  place.wue_l_per_kwh = table.maybe_number(row, "wue_l_per_kwh");
  place.cfe_fraction = table.maybe_number(row, "cfe_fraction");
  place.g_per_kwh = table.maybe_number(row, "grid_g_per_kwh");
  place.pue_of_fleet = table.cell(row, "pue_of") == "fleet";
  place.wue_of_fleet = table.cell(row, "wue_of") == "fleet";
  add_pue_range(table, place);
  place.row = table.fact(row, "region");
  return place;
}

void use_metadata(FileSystem& files, const std::string& path, ZoneChoice& choice) {
  if (path.empty()) return;
  const Result<std::string> text = read_text(files, path, kMaxMetadataBytes);
  if (!text) {
    if (text.error().kind != ErrorKind::kNotFound) {
      choice.notes.push_back(
          fmt::format("the cloud metadata file cannot be used: {}", printable(text.error().message)));
    }
    return;
  }
  const std::optional<Place> place = place_in(*text);
  if (!place) {
    choice.notes.push_back(fmt::format("{} names no cloud region", printable(path)));
    return;
  }
  choice.cloud = find_cloud_region(place->provider, place->region);
  const std::string where = printable(place->provider.substr(0, 60) + " " + place->region.substr(0, 60));
  if (!choice.cloud) {
    choice.notes.push_back(
        fmt::format("{} names the region {}, which data/cloud_regions.csv does not have", printable(path), where));
  } else if (choice.zone.empty() && !choice.cloud->zone.empty()) {
    choice.zone = choice.cloud->zone;
    choice.origin = fmt::format("cloud metadata {} ({})", printable(path), where);
  }
}

}  // namespace

std::optional<CloudRegion> find_cloud_region(std::string_view provider, std::string_view region) {
  const Result<const CsvTable*> found = fact_table("cloud_regions");
  if (!found) return std::nullopt;
  const CsvTable& table = **found;
  const std::string wanted = to_lower(trim(region));
  const std::string of = provider_word(trim(provider));
  std::optional<std::size_t> best;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const std::string_view known = table.cell(row, "region");
    if (!of.empty() && provider_word(table.cell(row, "provider")) != of) continue;
    if (in_region(wanted, to_lower(known)) && (!best || known.size() > table.cell(*best, "region").size())) best = row;
  }
  if (!best) return std::nullopt;
  return region_at(table, *best);
}

std::vector<CloudRegion> search_cloud_regions(std::string_view text) {
  std::vector<CloudRegion> found;
  const Result<const CsvTable*> table = fact_table("cloud_regions");
  const std::string wanted = to_lower(trim(text));
  for (std::size_t row = 0; table && row < (*table)->rows(); ++row) {
    std::string all;
    for (const char* column : {"provider", "region", "name", "zone", "grid"})
      all += " " + to_lower((*table)->cell(row, column));
    if (all.find(wanted) != std::string::npos) found.push_back(region_at(**table, row));
  }
  return found;
}

std::vector<CloudRegion> cloud_regions_in(std::string_view zone) {
  std::vector<CloudRegion> found;
  if (zone.empty()) return found;
  for (CloudRegion& region : search_cloud_regions(""))
    if (region.zone == zone || region.grid == zone) found.push_back(std::move(region));
  return found;
}

ZoneChoice choose_zone(FileSystem& files, const ZoneInputs& inputs) {
  ZoneChoice choice;
  if (is_given(inputs.flag)) {
    choice.zone = trim(*inputs.flag);
    choice.origin = "flag --zone";
  } else if (is_given(inputs.environment)) {
    choice.zone = trim(*inputs.environment);
    choice.origin = "environment OLIVINE_ZONE";
  } else if (is_given(inputs.config)) {
    choice.zone = trim(*inputs.config);
    choice.origin = inputs.config_origin.empty() ? "config" : inputs.config_origin;
  }
  use_metadata(files, inputs.cloud_metadata_file, choice);
  if (choice.origin.empty()) choice.origin = "unknown";
  return choice;
}

}  // namespace olivine
