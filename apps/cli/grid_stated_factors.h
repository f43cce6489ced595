// --factors COL=1003.7,NG=430: fuel factors as people type them.
//
// Units: g/kWh. Errors: kInvalid names the word and shows one that is right. Threads: pure. Lifetime: values.
#pragma once

#include <string_view>
#include <vector>

#include "grid/signals/fuels.h"

namespace olivine::cli {

std::vector<std::string> words_of(std::string_view list);  // at commas, trimmed, without empty ones
Result<std::vector<FuelFactor>> stated_factors(std::string_view list, Boundary boundary);

}  // namespace olivine::cli
