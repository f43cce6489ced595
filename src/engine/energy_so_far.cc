#include "engine/energy_so_far.h"

#include <cmath>

#include "engine/energy_items.h"

namespace olivine {

EnergySoFar energy_so_far(const MachineDescription& machine, const PipelineSummary& summary,
                          const RunContext& context) {
  EnergySoFar out;
  const IdleCharge charge(summary, context);
  out.complete = context.unmetered.empty() && charge.known();
  Split fed;
  for (std::size_t c = 0; c < summary.components.size(); ++c) {
    const ComponentSummary& component = summary.components[c];
    fed += component.split;
    out.energy += component.split.attributed + charge.of(component.split);
    const bool is_meter = c < machine.sources.size();
    if (is_meter && component.good_reads == 0 && machine.component_domain(c).place == Place::kCounted)
      out.complete = false;
  }
  if (machine.rest_of_node && fed.total().count() > 0) {
    const double loss = power_supply_loss(*machine.rest_of_node);
    out.energy += microjoule_amount(std::llround(static_cast<double>(out.energy.count()) * loss));
  }
  return out;
}

}  // namespace olivine
