// Names of transforms and classes, as they stand in a definition, back to values.
//
// Units: none. Errors: kInvalid names the nearest known word. Threads: pure. Lifetime: values.
#pragma once

#include <string_view>

#include "base/result.h"
#include "grid/features/view.h"

namespace olivine::features {

Result<Transform> transform_from(std::string_view name);
Result<FeatureClass> feature_class_from(std::string_view name);

}  // namespace olivine::features
