// MachineDescription: all that the pipeline must know beside the samples. It is stored with every run, so that the run
// can be computed again on any machine.
//
// A component is one line of the account: a metered domain (component i = source i) or, behind the sources, the modelled
// CPU, memory and rest of node. A model stands in only where nothing is metered.
//
// Units: watts, bytes, ns. Errors: from_json says kCorrupt with the key. Threads: values. Lifetime: values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "hardware/cpu_model.h"
#include "sensors/energy_source.h"

namespace olivine {

// The power that a domain draws when nothing runs, with its 95 % range, and the most that it draws for longer than a
// second (0: not known; the source's ceiling holds then).
struct IdlePower {
  double watts = 0.0, lower_w = 0.0, upper_w = 0.0;
  double most_w = 0.0;
  bool operator==(const IdlePower&) const = default;
};

struct RestOfNode {  // only with --plane node
  double watts = 0.0, lower_w = 0.0, upper_w = 0.0;
  double psu_efficiency = 1.0, psu_lower = 1.0, psu_upper = 1.0;
};

struct MachineDescription {
  std::vector<SourceInfo> sources;
  std::vector<IdlePower> idle;  // one per source
  int logical_cpus = 1;
  std::optional<std::int64_t> memory_installed_bytes;
  std::optional<CpuPowerModel> cpu_model;        // present: CPU is modelled
  std::optional<MemoryPowerModel> memory_model;  // present: memory is modelled
  std::optional<RestOfNode> rest_of_node;
  Duration interval = milliseconds(100);

  std::size_t component_count() const;
  std::optional<std::size_t> cpu_model_component() const;
  std::optional<std::size_t> memory_model_component() const;
  std::optional<std::size_t> rest_component() const;
  // Kind, device, plane, place and basis of a component.
  Domain component_domain(std::size_t component) const;
  std::string component_source(std::size_t component) const;  // "powercap:intel-rapl:0", "model:cpu", ...
  double most_power_w(std::size_t component) const;           // what it can draw where nobody looked
};

std::string to_json(const MachineDescription& machine);
Result<MachineDescription> machine_from_json(std::string_view json);

}  // namespace olivine
