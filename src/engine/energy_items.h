// EnergyItem: one component of a run's energy with the idle energy that the policy charges, before figures and provenance are made
// of it. IdleCharge and power_supply_loss are the rules alone, for whoever counts a run that is under way (energy_so_far.h).
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

// The idle energy that a run is charged: by its share of the busy CPU time of all its time so far, or as the policy says.
class IdleCharge {
 public:
  IdleCharge(const PipelineSummary& summary, const RunContext& context);
  bool known() const;  // false: the policy asks for CPU times that are not known; of() is 0 then, a lower bound
  EnergyAmount of(const Split& split) const;

 private:
  IdlePolicy policy_;
  double reserved_part_;
  std::optional<double> part_of_busy_;
};

// Lost in the power supply, of each joule that it feeds: efficiency 0.8: 0.25.
double power_supply_loss(const RestOfNode& rest);

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
