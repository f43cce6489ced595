// HardwareItem: what the catalogue says about one piece of hardware, ready to be shown: figures with range, basis and source, and
// words. What a source does not state stays unknown; a default that stands in is named as such.
//
//   hardware_item("H100-SXM") -> "NVIDIA H100 80GB HBM3", design power 700 W, memory 80 GB, silicon 814 mm2 at 5 nm, ...
//
// What making it emitted is reckoned in account/embodied/hardware_embodied.h, which reads the parts kept in here.
//
// Units: each figure names its own. Errors: as hardware_names.h. Threads: any. Lifetime: values.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"
#include "hardware/catalogue.h"
#include "hardware/cloud_instance.h"
#include "hardware/hardware_names.h"
#include "hardware/silicon.h"

namespace olivine {

struct HardwareFigure {
  std::string id, label, unit;  // "tdp_w", "design power", "W"
  std::optional<double> value;  // absent: unknown
  double lower = 0.0, upper = 0.0;
  Basis basis = Basis::kReference;
  std::string source;
  std::string note;  // "" or what the reader has to know
};

// A row of data/memory.csv or data/storage.csv, by capacity.
struct CapacityEntry {
  std::string key;
  double g_per_gb = 0.0, lower = 0.0, upper = 0.0;
};
// A row of data/product_footprints.csv.
struct ProductEntry {
  std::string kind;  // "server", "laptop", "drive"
  double embodied_kg = 0.0, lower_kg = 0.0, upper_kg = 0.0;
};
using HardwarePart = std::variant<std::monostate, CpuEntry, GpuEntry, CloudInstance, CapacityEntry, ProductEntry>;

struct HardwareItem {
  HardwareKind kind = HardwareKind::kCpu;
  std::string key, name;
  std::vector<std::string> aliases;
  std::vector<std::pair<std::string, std::string>> words;  // "class" -> "server"
  std::vector<HardwareFigure> figures;
  std::vector<std::string> notes;
  std::string licence;
  FactRow row;
  HardwarePart part;

  const HardwareFigure* find(std::string_view id) const;  // null when there is none
};

Result<HardwareItem> hardware_item(const HardwareName& name);
// By what a person types.
Result<HardwareItem> hardware_item(std::string_view name, std::optional<HardwareKind> kind = std::nullopt);

}  // namespace olivine
