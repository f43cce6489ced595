#include "engine/run_levels.h"

#include <algorithm>
#include <cmath>

namespace olivine {

RunLevels::RunLevels(const AssessmentInput& input, const RunRecord& record) : in_(input) {
  const RecordEnergy& e = record.energy;
  if (!e.total.known() || !e.attributed.known() || !e.idle_charged.known() || !e.idle.known()) return;
  const double idle_j = in_joules(e.idle.value->mean()), charged_j = in_joules(e.idle_charged.value->mean());
  charged_part_ = idle_j > 0.0 ? charged_j / idle_j : 0.0;
  total_j_ = in_joules(e.total.value->mean());
  known_ = true;
  double counted_j = 0.0;  // without the loss in a power supply, which is no fact
  for (const ComponentSummary& c : in_.summary.components)
    counted_j += in_joules(to_energy(c.split.attributed)) + charged_part_ * in_joules(to_energy(c.split.idle));
  if (counted_j > 0.0) scale_ = total_j_ / counted_j;
  if (total_j_ > 0.0) {
    lower_ = in_joules(e.total.value->lower()) / total_j_;
    upper_ = in_joules(e.total.value->upper()) / total_j_;
  }
}

EnergyLevel RunLevels::at(std::size_t mark) const {
  const BoundaryEnergy& b = in_.summary.boundaries[mark];
  return {scale_ * (b.attributed_uj + charged_part_ * b.idle_uj) * 1e-6,
          scale_ * (b.attributed_off_uj + charged_part_ * b.idle_off_uj) * 1e-6};
}

std::optional<Estimate<Energy>> RunLevels::between(const EnergyLevel& from, const EnergyLevel& to) const {
  return part(std::max(0.0, to.joules - from.joules), std::hypot(from.off, to.off));
}

std::optional<Estimate<Energy>> RunLevels::part(double joules_of_run, double off) const {
  if (!known_) return std::nullopt;
  return Estimate<Energy>(
      Spread(joules_of_run, {{"run", joules_of_run * (lower_ - 1.0), joules_of_run * (upper_ - 1.0)},
                             {"boundary", -std::min(off, joules_of_run), off}}));
}

}  // namespace olivine
