// One block of a series file: up to 1024 steps of numbers, some of them missing, some marked as estimated.
//
// Numbers that are whole multiples of 10^-d (d = 0..6, chosen per block) are kept as integers; the others as the 64-bit
// floating point numbers that they are. Either way they come back equal to the last bit: n / 10^d is rounded once, as the
// decimal text "274.05" was when it was read (both are the double nearest to the same decimal).
// Integers, their differences, or what the differences differ from those a day before, whichever is shortest, are packed in groups of 32 with the bits that each group needs.
//
//   274.05 274.10 274.00 -> 27405 27410 27400 (d = 2) -> first 27405, differences +5 -10 -> minimum -10, 4 bits each
//
//   byte 0  flags: 1 a bitmap of present steps follows, 2 a bitmap of estimated steps follows, 4 all are estimated
//   byte 1  d, or 15 for floating point numbers (8 bytes each, little endian)
//   byte 2  0 integers, 1 differences, 2 to 5 differences less those 24, 48, 96, 288 numbers before (a day of usual steps)
//   bitmaps, first step in the lowest bit; then the numbers of the present steps: with differences the first as a zigzag
//   varint; groups of 32: minimum as zigzag varint, bits (0..56) as a byte, packed from the lowest bit
//
// Units: those of the caller. Errors: kCorrupt; a damaged block never reads outside its bytes nor allocates more than its
// steps need. Threads: pure. Lifetime: values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace olivine {

inline constexpr std::size_t kBlockSteps = 1024;

struct BlockSteps {
  std::vector<double> values;           // NaN where the step is missing
  std::vector<std::uint8_t> estimated;  // 0 or 1, as long as values; 0 where the step is missing
};

// At most kBlockSteps steps. Every value that is not NaN must be finite.
std::string encode_block(const BlockSteps& steps);
Result<BlockSteps> decode_block(std::string_view bytes, std::size_t steps);

}  // namespace olivine
