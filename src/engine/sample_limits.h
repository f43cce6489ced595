// What one sample may hold, the same in a segment, in a trace line and in a machine description, so that whatever is read
// from one can be written to another.
//
// Units: in the names. Errors: none. Threads: constants. Lifetime: constants.
#pragma once

#include <cstddef>

namespace olivine {

inline constexpr std::size_t kMostSources = 65'536;
inline constexpr std::size_t kMostGpus = 1'024;
inline constexpr std::size_t kMostNameBytes = 4'096;      // of one device
inline constexpr std::size_t kMostGpuNameBytes = 65'536;  // of all devices of one sample
inline constexpr std::size_t kMostMarks = 65'536;         // of one run
// A longer list of reading states or of GPUs is written with every tick instead of once for all ticks that repeat it: a
// few damaged bytes must not stand for much memory.
inline constexpr std::size_t kMostRepeatedReadings = 256;
inline constexpr std::size_t kMostRepeatedGpus = 64;
inline constexpr std::size_t kMostRepeatedNameBytes = 4'096;

}  // namespace olivine
