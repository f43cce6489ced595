// Components: the carbon of making the parts of a machine, each with its range, how it was reckoned and where from.
//
//   logic    fab.h from the dies, and 150 g for the package (K_r of the ACT model)
//   memory   grams per GB of data/memory.csv          storage   grams per GB of data/storage.csv
//   GPUs     the maker's published footprint where there is one; else dies + package + memory + board, bottom-up
//   the rest pieces of data/server_parts.csv
//
// A chip whose dies are not known takes the stand-in of data/server_parts.csv: basis assumed, wide range.
//   64 GB of DRAM of unknown kind: 64 x 726 g = 46.5 kg [4.2, 88.8]
//
// Units: kg CO2e as Estimate<Carbon>; GB. Errors: kNotFound for a part, a memory or a storage that the tables lack; kInvalid for
// a count or a capacity below 0. Threads: any. Lifetime: values.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "hardware/catalogue.h"
#include "provenance/basis.h"
#include "units/estimate.h"

namespace olivine {

struct EmbodiedPart {
  std::string id, label;    // "cpu", "2 x AMD EPYC 7763"
  Estimate<Carbon> carbon;  // of all pieces
  Basis basis = Basis::kModelled;
  std::string how;  // "8 x 81 mm2 at 7 nm, 416 mm2 at 14 nm; ACT"
  std::string source;
};

Result<EmbodiedPart> cpu_embodied(const CpuEntry& cpu, int count);
Result<EmbodiedPart> gpu_embodied(const GpuEntry& gpu, int count);
Result<EmbodiedPart> memory_embodied(double gb, std::string_view key = "dram");
Result<EmbodiedPart> storage_embodied(double gb, std::string_view key);
// A piece of data/server_parts.csv.
Result<EmbodiedPart> piece_embodied(std::string_view key, int count);
// The row of data/memory.csv for a GPU's memory: "hbm2e" -> "hbm"; "" for memory in the die ("sram").
std::string_view memory_row_of(std::string_view memory_kind);

}  // namespace olivine
