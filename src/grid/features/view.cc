#include "grid/features/view.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "base/text.h"
#include "base/time.h"
#include "grid/features/civil_time.h"
#include "grid/features/holidays.h"
#include "grid/features/view_names.h"
#include "provenance/graph.h"

namespace olivine::features {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::int64_t kLongestNs = 10 * 366 * kNsPerDay;

bool good_name(std::string_view name) {
  return !name.empty() && name.size() <= 100 && (name[0] < '0' || name[0] > '9') && name[0] != '_' &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

tl::unexpected<Error> wrong(const FeatureView& view, std::string_view feature, const std::string& why) {
  const std::string where = feature.empty() ? "" : fmt::format(", feature {}", printable(feature));
  return fail(ErrorKind::kInvalid, fmt::format("view {}{}: {}", printable(view.id()), where, why));
}

Status check_source_feature(const FeatureView& view, const Feature& f) {
  if (f.column.empty()) return wrong(view, f.name, fmt::format("{} needs a column", name_of(f.transform)));
  for (const std::string& taken : {view.entity, view.event_time, view.ingest_time})
    if (f.column == taken)
      return wrong(view, f.name, fmt::format("column {} is the entity or a time, not a number", printable(taken)));
  if (f.offset_ns < 0 || f.offset_ns > kLongestNs)
    return wrong(view, f.name, "offset must be 0 to 10 years: data never look ahead");
  const bool lagged = f.transform == Transform::kLag || f.transform == Transform::kDifference;
  if (lagged && f.offset_ns == 0)
    return wrong(view, f.name, fmt::format("{} needs an offset such as \"24h\"", name_of(f.transform)));
  if (f.transform == Transform::kLatest && f.offset_ns != 0)
    return wrong(view, f.name, "latest has no offset; use lag");
  if (is_rolling(f.transform) != (f.window_ns > 0) || f.window_ns > kLongestNs)
    return wrong(view, f.name, "a window such as \"24h\", up to 10 years, belongs to rolling_* and is needed there");
  if (f.min_count < 0 || (f.min_count > 0 && (!is_rolling(f.transform) || f.transform == Transform::kRollingCount)))
    return wrong(view, f.name, "min_count is at least 1 and belongs to rolling_* other than rolling_count");
  if (f.transform == Transform::kRollingStd && f.min_count == 1)
    return wrong(view, f.name, "rolling_std needs min_count 2 or more");
  if (f.ahead_ns != 0) return wrong(view, f.name, "ahead belongs to calendar and sun; data never look ahead");
  return {};
}

Status check_known_feature(const FeatureView& view, const Feature& f) {
  const std::int64_t ahead = f.ahead_ns < 0 ? -f.ahead_ns : f.ahead_ns;
  if (ahead > kLongestNs) return wrong(view, f.name, "ahead must be within 10 years");
  if (!f.column.empty() || f.offset_ns != 0 || f.window_ns != 0 || f.min_count != 0)
    return wrong(view, f.name,
                 fmt::format("{} reads no source: column, offset, window and min_count do not belong here",
                             name_of(f.transform)));
  const bool sun = f.transform == Transform::kSunElevation || f.transform == Transform::kSunAzimuth;
  if (sun) {
    const bool there = std::abs(f.latitude) <= 90.0 && std::abs(f.longitude) <= 180.0;
    return there ? Status{} : Status(wrong(view, f.name, "latitude is -90 to 90, longitude -180 to 180 degrees"));
  }
  if (const Status zone = check_zone_name(f.zone); !zone) return wrong(view, f.name, zone.error().message);
  if (f.transform == Transform::kHoliday)
    if (const Status country = check_holiday_country(f.country); !country)
      return wrong(view, f.name, country.error().message);
  return {};
}

Json json_of(const Feature& f) {
  Json json{{"name", f.name}, {"transform", name_of(f.transform)}, {"unit", f.unit}};
  if (!f.column.empty()) json["column"] = f.column;
  if (f.offset_ns != 0) json["offset"] = duration_text(f.offset_ns);
  if (f.window_ns != 0) json["window"] = duration_text(f.window_ns);
  if (f.min_count != 0) json["min_count"] = f.min_count;
  if (f.ahead_ns != 0) json["ahead"] = (f.ahead_ns < 0 ? "-" : "") + duration_text(std::abs(f.ahead_ns));
  if (!f.zone.empty()) json["zone"] = f.zone;
  if (!f.country.empty()) json["country"] = f.country;
  if (f.transform == Transform::kSunElevation || f.transform == Transform::kSunAzimuth)
    json["latitude"] = f.latitude, json["longitude"] = f.longitude;
  return json;
}

Json json_of(const FeatureView& v) {
  Json json{{"name", v.name},
            {"version", v.version},
            {"class", name_of(v.feature_class)},
            {"description", v.description},
            {"entity", v.entity},
            {"source", v.source},
            {"event_time", v.event_time},
            {"ingest_time", v.ingest_time},
            {"ttl", duration_text(v.ttl_ns)},
            {"lineage", v.lineage}};
  json["features"] = Json::array();
  for (const Feature& f : v.features) json["features"].push_back(json_of(f));
  return json;
}

Result<std::int64_t> duration_at(const Json& json, const char* key) {
  if (!json.contains(key)) return std::int64_t{0};
  const std::string text = json.at(key).get<std::string>();
  const bool negative = text.starts_with('-');
  OLIVINE_TRY(const Duration d, parse_duration(negative ? text.substr(1) : text));
  return negative ? -d.ns : d.ns;
}

Result<Feature> feature_from(const Json& json) {
  Feature f;
  f.name = json.at("name").get<std::string>();
  f.unit = json.at("unit").get<std::string>();
  OLIVINE_TRY(f.transform, transform_from(json.at("transform").get<std::string>()));
  f.column = json.value("column", "");
  f.zone = json.value("zone", "");
  f.country = json.value("country", "");
  f.min_count = json.value("min_count", std::int64_t{0});
  f.latitude = json.value("latitude", 0.0);
  f.longitude = json.value("longitude", 0.0);
  OLIVINE_TRY(f.offset_ns, duration_at(json, "offset"));
  OLIVINE_TRY(f.window_ns, duration_at(json, "window"));
  OLIVINE_TRY(f.ahead_ns, duration_at(json, "ahead"));
  return f;
}

Result<FeatureView> view_from(const Json& json) {
  FeatureView v;
  v.name = json.at("name").get<std::string>();
  v.version = json.at("version").get<std::int64_t>();
  OLIVINE_TRY(v.feature_class, feature_class_from(json.at("class").get<std::string>()));
  v.description = json.at("description").get<std::string>();
  v.entity = json.at("entity").get<std::string>();
  v.source = json.at("source").get<std::string>();
  v.event_time = json.at("event_time").get<std::string>();
  v.ingest_time = json.at("ingest_time").get<std::string>();
  v.lineage = json.at("lineage").get<std::vector<std::string>>();
  OLIVINE_TRY(v.ttl_ns, duration_at(json, "ttl"));
  for (const Json& each : json.at("features")) {
    OLIVINE_TRY(Feature f, feature_from(each));
    v.features.push_back(std::move(f));
  }
  return v;
}

// "features/load_lag/offset" -> "1h": features by name, so that a new one in the middle is one difference.
std::map<std::string, std::string> flat(const FeatureView& view) {
  Json json = json_of(view);
  Json named = Json::object();
  for (const Json& f : json["features"]) named[f.at("name").get<std::string>()] = f;
  json["features"] = named;
  std::string order;
  for (const Feature& f : view.features) order += (order.empty() ? "" : " ") + f.name;
  json["order of features"] = order;
  std::map<std::string, std::string> map;
  const Json leaves = json.flatten();  // items() only refers to it
  for (const auto& [path, value] : leaves.items())
    map[path.substr(1)] = value.is_string() ? value.get<std::string>() : value.dump();
  return map;
}

}  // namespace

std::string FeatureView::id() const { return fmt::format("{}@{}", name, version); }

Status check(const FeatureView& v) {
  if (!good_name(v.name)) return wrong(v, "", "a name has small letters, digits and _, and begins with a letter");
  if (v.version < 1) return wrong(v, "", "version counts from 1");
  if (v.entity.empty() || v.source.empty() || v.event_time.empty() || v.ingest_time.empty())
    return wrong(v, "", "entity, source, event_time and ingest_time are needed");
  if (v.ttl_ns <= 0 || v.ttl_ns > kLongestNs)
    return wrong(v, "", "ttl is more than 0, up to 10 years: how long a value stays true");
  if (v.lineage.empty()) return wrong(v, "", "lineage is needed: where the source comes from");
  if (v.features.empty()) return wrong(v, "", "it has no [[view.feature]]");
  std::set<std::string> names{"entity", "time"};
  for (const Feature& f : v.features) {
    if (!good_name(f.name)) return wrong(v, f.name, "a name has small letters, digits and _, and begins with a letter");
    if (!names.insert(f.name).second) return wrong(v, f.name, "the name is taken");
    if (f.unit.empty()) return wrong(v, f.name, "unit is needed; \"1\" for a plain number");
    OLIVINE_CHECK_STATUS(reads_source(f.transform) ? check_source_feature(v, f) : check_known_feature(v, f));
  }
  return {};
}

std::string canonical_text(const FeatureView& view) {
  return json_of(view).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Result<FeatureView> view_from_canonical(std::string_view text) {
  try {
    return view_from(Json::parse(text));
  } catch (const nlohmann::json::exception& e) {
    return fail(ErrorKind::kCorrupt, fmt::format("a stored feature view cannot be read: {}", printable(e.what())));
  }
}

std::string hash_of(const FeatureView& view) { return content_hash(canonical_text(view)); }

std::string differences(const FeatureView& before, const FeatureView& after) {
  const auto old_map = flat(before), new_map = flat(after);
  std::string text;
  const auto say = [&text](const std::string& key, const std::string& was, const std::string& is) {
    text += fmt::format("{}{}: {} -> {}", text.empty() ? "" : "; ", key, was, is);
  };
  for (const auto& [key, value] : old_map) {
    const auto found = new_map.find(key);
    if (found == new_map.end())
      say(key, value, "(absent)");
    else if (found->second != value)
      say(key, value, found->second);
  }
  for (const auto& [key, value] : new_map)
    if (!old_map.contains(key)) say(key, "(absent)", value);
  return text;
}

std::vector<std::string> columns_of(const FeatureView& view) {
  std::set<std::string> columns;
  for (const Feature& f : view.features)
    if (reads_source(f.transform)) columns.insert(f.column);
  return {columns.begin(), columns.end()};
}

std::int64_t reach_ns(const FeatureView& view) {
  std::int64_t reach = view.ttl_ns;
  for (const Feature& f : view.features)
    if (reads_source(f.transform)) reach = std::max(reach, f.offset_ns + std::max(f.window_ns, view.ttl_ns));
  return reach;
}

}  // namespace olivine::features
