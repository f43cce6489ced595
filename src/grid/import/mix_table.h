// MixTable: generation by fuel or type, as a file has it: one row a step, one column a name. No meaning is added here.
//
// A number that the file does not give is NaN. Columns keep the file's names ("COL", "nat_gas", "B04"); what is drawn from
// the grid (pumping) is negative.
//
// Units: MW as the mean over the step. Errors: kInvalid names line or position. At most kMaxRows rows and kMaxCells cells.
// Threads: values. Lifetime: values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "grid/import/byte_source.h"

namespace olivine {

struct MixTable {
  std::string domain;                 // whose generation, as the file writes it; empty when it does not say
  std::vector<std::int64_t> begin_s;  // UTC, rising
  std::vector<std::uint32_t> length_s;
  std::vector<std::string> columns;
  std::vector<std::vector<double>> mw;  // one vector a column
  std::vector<std::string> notes;
};

}  // namespace olivine
