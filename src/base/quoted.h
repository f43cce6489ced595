// A text between double quotes, as JSON, YAML and TOML's basic strings write it alike: quotes, backslashes and control characters
// escaped, all else as it is.
//
// Units: none. Errors: none; bytes that are no UTF-8 stay. Threads: pure. Lifetime: values.
#pragma once

#include <string>
#include <string_view>

namespace olivine {

std::string double_quoted(std::string_view text);

}  // namespace olivine
