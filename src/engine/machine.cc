#include "engine/machine.h"

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

}  // namespace olivine
