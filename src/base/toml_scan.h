// What the TOML parser must not see. toml++ 3.3 recurses with the nesting, takes for granted that a table header has a key, and
// that what stands outside of texts and comments is ASCII: assertions in a debug build, anything in a release.
//
//   toml_problem("zone = \"FR\"", 32)  ->  nothing
//   toml_problem("[[\n", 32)           ->  line 1: a line that begins with [ names a table, such as [run]
//
// Units: lines count from 1. Errors: none; the problem is the answer. Threads: pure. Lifetime: `why` is a literal.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace olivine {

struct TomlProblem {
  std::size_t line = 0;
  std::string_view why;
  bool too_deep = false;
};
std::optional<TomlProblem> toml_problem(std::string_view text, std::size_t max_depth);

}  // namespace olivine
