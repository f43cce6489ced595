#include "engine/energy_so_far.h"

#include <cmath>

namespace olivine {
namespace {

std::optional<double> run_part_of_busy(const PipelineSummary& s) {
  if (!s.run_cpu_ns || !s.others_cpu_ns || !s.self_cpu_ns) return std::nullopt;
  const double busy = *s.run_cpu_ns + *s.others_cpu_ns + *s.self_cpu_ns;
  return busy > 0.0 ? *s.run_cpu_ns / busy : 0.0;
}

}  // namespace

EnergySoFar energy_so_far(const MachineDescription& machine, const PipelineSummary& summary, const RunContext& context) {
  EnergySoFar out;
  out.complete = context.unmetered.empty();
  const auto part = run_part_of_busy(summary);
  const auto with_idle = [&](const Split& split) {
    return split.attributed + idle_charged(context.idle_policy, {split.idle, split.others, split.self, part.value_or(0.0), context.reserved_part});
  };
  Split fed;
  for (std::size_t c = 0; c < summary.components.size(); ++c) {
    const ComponentSummary& component = summary.components[c];
    fed += component.split;
    out.energy += with_idle(component.split);
    const bool is_meter = c < machine.sources.size();
    if (is_meter && component.good_reads == 0 && machine.component_domain(c).place == Place::kCounted) out.complete = false;
  }
  if (!part && context.idle_policy == IdlePolicy::kShare) out.complete = false;
  if (machine.rest_of_node && fed.total().count() > 0) {
    const double loss = 1.0 / machine.rest_of_node->psu_efficiency - 1.0;
    out.energy += microjoule_amount(std::llround(static_cast<double>(out.energy.count()) * loss));
  }
  return out;
}

}  // namespace olivine
