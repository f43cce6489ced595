#include "engine/machine.h"

#include <algorithm>
#include <stdexcept>

namespace olivine {

std::size_t MachineDescription::component_count() const {
  return sources.size() + (cpu_model ? 1U : 0U) + (memory_model ? 1U : 0U) + (rest_of_node ? 1U : 0U);
}

std::optional<std::size_t> MachineDescription::cpu_model_component() const {
  if (!cpu_model) return std::nullopt;
  return sources.size();
}

std::optional<std::size_t> MachineDescription::memory_model_component() const {
  if (!memory_model) return std::nullopt;
  return sources.size() + (cpu_model ? 1U : 0U);
}

std::optional<std::size_t> MachineDescription::rest_component() const {
  if (!rest_of_node) return std::nullopt;
  return component_count() - 1;
}

Domain MachineDescription::component_domain(std::size_t component) const {
  if (component < sources.size()) return sources[component].domain;
  if (component == cpu_model_component())
    return {DomainKind::kPackage, "cpu", Plane::kChip, Place::kCounted, Basis::kModelled};
  if (component == memory_model_component())
    return {DomainKind::kDram, "memory", Plane::kChip, Place::kCounted, Basis::kModelled};
  if (component == rest_component())
    return {DomainKind::kRest, "node", Plane::kNodeDc, Place::kCounted, Basis::kAssumed};
  throw std::logic_error("no component " + std::to_string(component));
}

std::string MachineDescription::component_source(std::size_t component) const {
  if (component < sources.size()) return sources[component].id;
  if (component == cpu_model_component()) return "model:cpu";
  if (component == memory_model_component()) return "model:memory";
  return "model:rest-of-node";
}

double MachineDescription::most_power_w(std::size_t component) const {
  if (component == cpu_model_component()) return cpu_model->full_upper_w * cpu_model->share;
  if (component >= sources.size()) return 0.0;  // other models have no gaps
  const double ceiling_w = sources[component].power_ceiling_w;
  const double most_w = component < idle.size() ? idle[component].most_w : 0.0;
  return most_w > 0.0 ? std::min(most_w, ceiling_w) : ceiling_w;
}

}  // namespace olivine
