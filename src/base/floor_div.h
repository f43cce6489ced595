// Division that rounds down, also below zero: the hour, the day or the step that a time lies in.
//
//   floor_div(-1, 3600) = -1     floor_div(3599, 3600) = 0
//
// Units: none. Errors: none; the divisor is above zero. Threads: pure.
#pragma once

#include <cstdint>

namespace olivine {

constexpr std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

}  // namespace olivine
