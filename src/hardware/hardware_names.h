// HardwareNames: every name in the hardware catalogue, and how a name that a person types is found among them.
//
// A person writes "H100-SXM", "rtx4090", "Xeon Gold 6154", "p4d.24xlarge", "PowerEdge R740". The search goes from strict to loose:
//   1. the catalogue's own key, name or alias, with any spelling of spaces and dashes         "h100sxm" -> NVIDIA H100 80GB HBM3
//   2. the kernel's or NVML's name of a part                                                "NVIDIA A100-SXM4-80GB MIG 1g.10gb"
//   3. every word stands in exactly one row                                                    "xeon 6154" -> Intel Xeon Gold 6154
// Several rows are an error that names them: nothing is taken that the name does not say.
//
// Units: none. Errors: kNotFound names the nearest; kInvalid an ambiguous name with what it may mean. Threads: any.
// Lifetime: views live as long as the program (the tables are built in, or replaced before the first reader).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace olivine {

enum class HardwareKind { kCpu, kGpu, kMemory, kStorage, kServer, kComputer, kInstance };
std::string_view name_of(HardwareKind kind);  // "cpu", "gpu", "memory", "storage", "server", "computer", "instance"
Result<HardwareKind> hardware_kind_from(std::string_view word);

struct HardwareName {
  HardwareKind kind = HardwareKind::kCpu;
  std::string_view table;  // "cpus"
  std::size_t row = 0;     // in that table
  std::string_view key, name;
  std::string_view aliases;  // by '|'
};

// Every row of the catalogue, in the order of the kinds and then of the tables.
std::vector<HardwareName> hardware_names(std::optional<HardwareKind> kind);
// Those whose key, name or alias holds every word of `text`; "" takes all.
std::vector<HardwareName> hardware_matching(std::string_view text, std::optional<HardwareKind> kind);
// The one row that `name` means.
Result<HardwareName> find_hardware_name(std::string_view name, std::optional<HardwareKind> kind);
// The nearest names by shared pairs of letters, best first.
std::vector<std::string> nearest_hardware(std::string_view name, std::optional<HardwareKind> kind, std::size_t most);

}  // namespace olivine
