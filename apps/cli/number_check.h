// What the parser's own checks let pass: a sign or digits too many where a whole number is unsigned, "010" as eight, and not-a-number as
// within any range.
//
//   simulate->add_option("--seeds", s.seeds)->check(whole_number(0, most))      --seeds: '-1' is not a whole number from 0 to ...
//
// Units: those of the option. Errors: as the parser's checks: a text that names value and range. Threads: pure. Lifetime: values.
#pragma once

#include <cstdint>

namespace CLI {
class Validator;
}

namespace olivine::cli {

// Digits alone.
CLI::Validator whole_number(std::uint64_t least, std::uint64_t most);
CLI::Validator number_between(double least, double most);

}  // namespace olivine::cli
