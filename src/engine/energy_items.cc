#include "engine/energy_items.h"

#include <algorithm>
#include <array>
#include <vector>

namespace olivine {
namespace {

std::optional<double> run_part_of_busy(const PipelineSummary& s) {
  if (!s.run_cpu_ns || !s.others_cpu_ns || !s.self_cpu_ns) return std::nullopt;
  const double busy = *s.run_cpu_ns + *s.others_cpu_ns + *s.self_cpu_ns;
  return busy > 0.0 ? *s.run_cpu_ns / busy : 0.0;
}

void charge_idle(const AssessmentInput& input, EnergyItem& item) {
  const IdleCharge charge(input.summary, input.context);
  item.charge_known = charge.known();
  item.idle_charged = charge.of(item.split);
}

}  // namespace

IdleCharge::IdleCharge(const PipelineSummary& summary, const RunContext& context)
    : policy_(context.idle_policy), reserved_part_(context.reserved_part), part_of_busy_(run_part_of_busy(summary)) {}

bool IdleCharge::known() const { return part_of_busy_.has_value() || policy_ != IdlePolicy::kShare; }

EnergyAmount IdleCharge::of(const Split& split) const {
  return idle_charged(policy_, {split.idle, split.others, split.self, part_of_busy_.value_or(0.0), reserved_part_});
}

double power_supply_loss(const RestOfNode& rest) { return 1.0 / rest.psu_efficiency - 1.0; }

EnergyItem energy_item(const AssessmentInput& input, std::size_t component) {
  const ComponentSummary& s = input.summary.components[component];
  EnergyItem item;
  item.component = component;
  item.domain = input.machine.component_domain(component);
  item.source = input.machine.component_source(component);
  item.split = s.split;
  const double duration = static_cast<double>(input.summary.duration_ns);
  item.coverage = duration > 0.0 ? std::clamp(1.0 - static_cast<double>(s.gap_ns) / duration, 0.0, 1.0) : 0.0;
  item.known = s.split.total().count() > 0 || item.coverage > 0.0;
  if (item.domain.place == Place::kEncloses) item.domain.kind = DomainKind::kRest;
  charge_idle(input, item);
  return item;
}

std::optional<EnergyItem> psu_item(const AssessmentInput& input, std::span<const EnergyItem> fed) {
  if (!input.machine.rest_of_node) return std::nullopt;
  const RestOfNode& rest = *input.machine.rest_of_node;
  Split whole;
  for (const EnergyItem& item : fed) whole += item.split;
  if (whole.total().count() == 0) return std::nullopt;
  EnergyItem item;
  item.component = input.summary.components.size();
  item.domain = {DomainKind::kRest, "psu", Plane::kNodeAc, Place::kCounted, Basis::kAssumed};
  item.source = "model:psu";
  CumulativeRounder rounder;
  const EnergyAmount loss = rounder.add(to_energy(whole.total()) * power_supply_loss(rest));
  const std::array<double, 5> weights{static_cast<double>(whole.attributed.count()),
                                      static_cast<double>(whole.others.count()),
                                      static_cast<double>(whole.self.count()), static_cast<double>(whole.idle.count()),
                                      static_cast<double>(whole.unattributed.count())};
  const auto parts = apportion(loss, weights);
  item.split = {parts[0], parts[1], parts[2], parts[3], parts[4]};
  const double nominal = power_supply_loss(rest);
  item.range.low = nominal > 0.0 ? (1.0 / rest.psu_upper - 1.0) / nominal : 1.0;
  item.range.high = nominal > 0.0 ? (1.0 / rest.psu_lower - 1.0) / nominal : 1.0;
  item.range.input = "model:psu";
  charge_idle(input, item);
  return item;
}

double idle_charged_part(const AssessmentInput& input) {
  std::vector<EnergyItem> items;
  for (std::size_t c = 0; c < input.summary.components.size(); ++c)
    if (EnergyItem item = energy_item(input, c); item.counted()) items.push_back(std::move(item));
  if (auto loss = psu_item(input, items)) items.push_back(*std::move(loss));
  double idle_j = 0.0, charged_j = 0.0;
  for (const EnergyItem& item : items) {
    if (!item.known) continue;
    idle_j += in_joules(to_energy(item.split.idle));
    if (item.charge_known) charged_j += in_joules(to_energy(item.idle_charged));
  }
  return idle_j > 0.0 ? charged_j / idle_j : 0.0;
}

}  // namespace olivine
