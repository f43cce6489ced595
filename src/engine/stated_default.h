// A row of data/defaults.csv as a stated value, with its range and its origin.
//
// Units: the row's. Errors: std::logic_error for a key that is not there: the program was built with damaged tables. Threads: any.
// Lifetime: values.
#pragma once

#include <string_view>

#include "engine/context.h"

namespace olivine {

StatedValue from_default(std::string_view key);

}  // namespace olivine
