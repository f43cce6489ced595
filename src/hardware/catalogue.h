// The hardware catalogue: what a processor or a GPU of a given name draws at full load, from the built-in fact tables.
//
// Names differ between /proc/cpuinfo, vendors' lists and clouds; both sides are normalised to one key before comparing:
//
//   "Intel(R) Xeon(R) CPU E5-2620 v3 @ 2.40GHz"       -> "xeon e5 2620 v3"
//   "AMD EPYC 8024P 8-Core Processor"                 -> "epyc 8024p"
//   "AMD Ryzen 7 5800H with Radeon Graphics"          -> "ryzen 7 5800h"
//   "11th Gen Intel(R) Core(TM) i7-1165G7 @ 2.80GHz"  -> "core i7 1165g7"
//
// The steps are those of data/README.md; data/cpu_name_cases.csv is the test that they share with the table's own tool.
//
// Units: watts, counts. Errors: none; an unknown name is absent, and default_cpu gives the stand-in with a wide range.
// Threads: any. Lifetime: values.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "provenance/basis.h"
#include "provenance/table.h"

namespace olivine {

struct CpuEntry {
  std::string name;  // as the table spells it
  std::string cls;   // "server", "desktop", "mobile", "embedded", "unknown": chooses the curve of data/cpu_model.csv
  double tdp_w = 0.0, tdp_lower_w = 0.0, tdp_upper_w = 0.0;
  int cores = 0, threads = 0;  // of one processor; 0: not known
  int year = 0;                // 0: not known
  Basis basis = Basis::kReference;
  FactRow row;
};

struct GpuEntry {
  std::string name;  // as the table spells it
  double tdp_w = 0.0;
  double memory_gb = 0.0;   // 0: not known
  int year = 0;             // 0: not known
  std::string kind;         // "gpu", "accelerator", "module"
  std::string memory_kind;  // "hbm3", "gddr6"; "": not known
  double tflops16 = 0.0;    // dense peak of 16-bit matrix products; 0: not known
  std::string dies;         // silicon.h; "": not known
  double embodied_kg = 0.0, embodied_lower_kg = 0.0, embodied_upper_kg = 0.0;  // published; 0: not known
  std::string embodied_source, die_source, note;
  Basis basis = Basis::kReference;
  FactRow row;
};

std::string normalise_cpu_name(std::string_view name);
// "NVIDIA A100-SXM4-80GB" -> "a100 sxm4 80gb"
std::string normalise_gpu_name(std::string_view name);

// By the name as /proc/cpuinfo has it. Absent when the catalogue does not know it (also for names that hypervisors
// invent).
std::optional<CpuEntry> find_cpu(std::string_view cpuinfo_model_name);
// The stand-in for an unknown processor: `threads` x the default watts per thread; basis assumed, wide range.
CpuEntry default_cpu(std::string_view vendor, int threads, bool server);
// By the name as NVML has it. The longest entry whose words all stand in the name, when what is left of the name is
// only detail (a memory size, a MIG profile): an "RTX 3080 Ti Laptop GPU" is no RTX 3080. Absent when there is none.
std::optional<GpuEntry> find_gpu(std::string_view name);

// One row of gpus.csv, also one without a design power (tdp_w 0).
GpuEntry gpu_entry(const CsvTable& table, std::size_t row);

// The same on a given table, for tests.
std::optional<CpuEntry> find_cpu_in(const CsvTable& table, std::string_view cpuinfo_model_name);
std::optional<GpuEntry> find_gpu_in(const CsvTable& table, std::string_view name);

}  // namespace olivine
