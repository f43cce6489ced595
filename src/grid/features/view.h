// FeatureView: the definition of a set of features, once for training and serving.
//
// A view reads one source (a table with an entity, an event time, an ingest time and columns of numbers) and says how each
// feature comes from it. Its class is one of the three data models of Cerar et al. (arXiv 2205.04267): domain (the
// quantity itself and its past), contextual (what the world around adds: calendar, sun, weather), behavioural (what people
// do: working days, holidays). A version is immutable: the registry keeps its content hash and refuses another definition
// under the same name and version.
//
// Meaning at time t, of the rows with event_time <= t and ingest_time <= t only (of rows with one event time, the one
// ingested last):
//   latest           the newest row's value; null when t >= event_time + ttl
//   lag              the newest row's value with event_time <= t - offset; null when t - offset >= event_time + ttl
//   difference       latest - lag; null when either is
//   rolling_*        mean, sum, min, max, std, count of rows with event_time in (t - offset - window, t - offset]; null
//                    below min_count rows (default 1, std 2; count has no minimum)
//   hour, weekday, weekend, month, day_of_year, hours_in_day, utc_offset_h, hour_sin, hour_cos, year_sin, year_cos
//                    of the local time at t + ahead in `zone`
//   holiday          1 or 0 for the local day at t + ahead in `country`
//   sun_elevation, sun_azimuth        degrees at t + ahead at `latitude`, `longitude`
// What is known for sure in advance (calendar, sun) may look ahead; data never do.
//
// Units: durations in ns; `unit` of a feature is free text, required. Errors: kInvalid with file, line, view and feature.
// Threads: values. Lifetime: values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace olivine::features {

enum class Transform {
  kLatest,
  kLag,
  kDifference,
  kRollingMean,
  kRollingSum,
  kRollingMin,
  kRollingMax,
  kRollingStd,
  kRollingCount,
  kHour,
  kWeekday,
  kWeekend,
  kMonth,
  kDayOfYear,
  kHoursInDay,
  kUtcOffset,
  kHourSin,
  kHourCos,
  kYearSin,
  kYearCos,
  kHoliday,
  kSunElevation,
  kSunAzimuth
};
std::string_view name_of(Transform transform);
inline bool is_rolling(Transform t) { return t >= Transform::kRollingMean && t <= Transform::kRollingCount; }
inline bool reads_source(Transform t) { return t <= Transform::kRollingCount; }

enum class FeatureClass { kDomain, kContextual, kBehavioural };
std::string_view name_of(FeatureClass c);

struct Feature {
  std::string name, unit;
  Transform transform = Transform::kLatest;
  std::string column;                         // latest to rolling_count
  std::int64_t offset_ns = 0, window_ns = 0;  // lag, difference, rolling
  std::int64_t min_count = 0;                 // rolling; 0: the transform's own minimum
  std::int64_t ahead_ns = 0;                  // calendar, sun
  std::string zone, country;                  // calendar, holiday
  double latitude = 0.0, longitude = 0.0;     // sun
  bool operator==(const Feature&) const = default;
};

struct FeatureView {
  std::string name;
  std::int64_t version = 1;
  FeatureClass feature_class = FeatureClass::kDomain;
  std::string description;
  std::string entity;                   // the column that names the entity
  std::string source;                   // a name; which file it is says who computes
  std::string event_time, ingest_time;  // columns
  std::int64_t ttl_ns = 0;              // how long a value stays true
  std::vector<std::string> lineage;     // where the source comes from, in words or addresses
  std::vector<Feature> features;
  bool operator==(const FeatureView&) const = default;
  std::string id() const;  // "load@2"
};

// "[[view]]" tables of a TOML file. `path` is for messages.
Result<std::vector<FeatureView>> parse_views(std::string_view toml, const std::string& path);
// Names, durations, zones and columns that fit together.
Status check(const FeatureView& view);
// One text for one meaning: JSON with keys in order. "24h" and "1d" give the same.
std::string canonical_text(const FeatureView& view);
Result<FeatureView> view_from_canonical(std::string_view text);
std::string hash_of(const FeatureView& view);
// "ttl: 48h -> 24h; features/load_lag/offset: 1h -> 2h"; empty when they are equal.
std::string differences(const FeatureView& before, const FeatureView& after);
// The source's columns that the features read, sorted.
std::vector<std::string> columns_of(const FeatureView& view);
// How old a row can be and still matter: the longest of offset + window and offset + ttl.
std::int64_t reach_ns(const FeatureView& view);

}  // namespace olivine::features
