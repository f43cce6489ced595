#include "grid/features/view_names.h"

#include <fmt/format.h>

#include <array>

#include "base/text.h"

namespace olivine::features {
namespace {

constexpr std::array<std::string_view, 23> kTransforms{
    "latest",      "lag",         "difference",    "rolling_mean",  "rolling_sum", "rolling_min",
    "rolling_max", "rolling_std", "rolling_count", "hour",          "weekday",     "weekend",
    "month",       "day_of_year", "hours_in_day",  "utc_offset_h",  "hour_sin",    "hour_cos",
    "year_sin",    "year_cos",    "holiday",       "sun_elevation", "sun_azimuth"};
static_assert(static_cast<std::size_t>(Transform::kSunAzimuth) + 1 == kTransforms.size());

constexpr std::array<std::string_view, 3> kClasses{"domain", "contextual", "behavioural"};

template <class Value, class Names>
Result<Value> value_from(const Names& names, std::string_view name, std::string_view what) {
  for (std::size_t i = 0; i < names.size(); ++i)
    if (names[i] == name) return static_cast<Value>(i);
  return fail(ErrorKind::kInvalid,
              fmt::format("no {} \"{}\"; known: {}", what, printable(name.substr(0, 60)), fmt::join(names, ", ")));
}

}  // namespace

std::string_view name_of(Transform transform) { return kTransforms[static_cast<std::size_t>(transform)]; }
std::string_view name_of(FeatureClass c) { return kClasses[static_cast<std::size_t>(c)]; }
Result<Transform> transform_from(std::string_view name) {
  return value_from<Transform>(kTransforms, name, "transform");
}
Result<FeatureClass> feature_class_from(std::string_view name) {
  return value_from<FeatureClass>(kClasses, name, "class");
}

}  // namespace olivine::features
