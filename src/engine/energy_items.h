// EnergyItem: one component of a run's energy with the idle energy that the policy charges, before figures and provenance are made of it.
//
// The power supply's loss (only with --plane node) is an item of its own, shared in the proportions of what it feeds.
//
// Units: microjoules, exact. Errors: none. Threads: pure. Lifetime: values.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "engine/component_range.h"

namespace olivine {

struct EnergyItem {
  std::size_t component = 0;
  Domain domain;
  std::string source;
  Split split;
  EnergyAmount idle_charged;
  bool known = true, charge_known = true;
  double coverage = 1.0;
  ComponentRange range;  // of a component: filled by the assessment
  ProvenanceId measured_node;

  // Else it only cross-checks: it lies inside or around a counted meter.
  bool counted() const { return domain.place == Place::kCounted || split.total().count() > 0; }
};

EnergyItem energy_item(const AssessmentInput& input, std::size_t component);
// Absent without a modelled power supply, and where nothing was fed. `fed`: the counted items.
std::optional<EnergyItem> psu_item(const AssessmentInput& input, std::span<const EnergyItem> fed);

// How much of the machine's idle energy is charged to the run, 0 to 1: what pricing needs before the rest.
double idle_charged_part(const AssessmentInput& input);

}  // namespace olivine
