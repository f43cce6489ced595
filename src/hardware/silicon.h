// Silicon: the dies inside one package, as data/gpus.csv and data/cpu_dies.csv write them.
//
//   "814@5"              one die of 814 mm2 in a 5 nm process
//   "8x115@5+4x370@6"    eight of 115 mm2 in 5 nm and four of 370 mm2 in 6 nm: 2,400 mm2 in all
//
// A processor's name does not always say which die it holds, or how many: then `smaller` and `larger` are the ends.
//
// Units: mm2, nm. Errors: kInvalid for text that is no list of dies; an unknown processor is absent.
// Threads: any. Lifetime: values.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "provenance/table.h"

namespace olivine {

struct Die {
  int count = 1;
  double area_mm2 = 0.0;
  double node_nm = 0.0;
  bool operator==(const Die&) const = default;
};
using Silicon = std::vector<Die>;

// At most 32 kinds of die, 1,000 of each.
Result<Silicon> parse_silicon(std::string_view text);
double area_mm2(const Silicon& silicon);
std::string text_of(const Silicon& silicon);  // "8 x 115 mm2 at 5 nm, 4 x 370 mm2 at 6 nm"

struct CpuSilicon {
  Silicon smaller, larger;  // equal where the name says which
  std::string what;         // "Milan: 2 to 8 core dies and an I/O die"
  FactRow row;
};
// By key and class of cpus.csv. Absent where no row fits, and where the fitting row knows no die.
std::optional<CpuSilicon> silicon_of_cpu(std::string_view key, std::string_view cls);
// '#' a digit, '?' any sign, '*' at the end the rest.
bool fits_pattern(std::string_view pattern, std::string_view key);

}  // namespace olivine
