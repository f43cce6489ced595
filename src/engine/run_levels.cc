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
  const auto level = [&](double attributed, double idle) {
    return scale_ * (attributed + charged_part_ * idle) * 1e-6;
  };
  return {level(b.attributed_uj, b.idle_uj), level(b.attributed_off_uj, b.idle_off_uj),
          level(b.begin_attributed_uj, b.begin_idle_uj), level(b.reading_attributed_uj, b.reading_idle_uj)};
}

std::optional<Estimate<Energy>> RunLevels::between(const EnergyLevel& from, const EnergyLevel& to) const {
  const double joules = std::max(0.0, to.joules - from.joules), off = std::hypot(from.off, to.off);
  return part(joules, std::min(off, lower_ * joules), off);
}

// joules x (1 - lower) and at most lower x joules downward: together not more than joules. Upward likewise, to the run's upper bound.
std::optional<Estimate<Energy>> RunLevels::part(double joules, double down, double up) const {
  if (!known_) return std::nullopt;
  return Estimate<Energy>(
      Spread(joules, {{"run", joules * (lower_ - 1.0), joules * (upper_ - 1.0)},
                      {"boundary", -std::min(down, lower_ * joules), std::min(up, std::max(0.0, total_j_ - joules))}}));
}

void PartOfRun::add(double share, const EnergyLevel& from, const EnergyLevel& to) {
  const double joules = share * (to.joules - from.joules);
  joules_ += joules;
  if (from.reading_begin_j == to.reading_begin_j && from.reading_j == to.reading_j) return in_reading(from, joules);
  in_reading(from, share * (from.reading_begin_j + from.reading_j - from.joules));  // to its end
  in_reading(to, share * (to.joules - to.reading_begin_j));
}

void PartOfRun::in_reading(const EnergyLevel& reading, double joules) {
  if (reading.reading_begin_j != begin_j_ || reading.reading_j != reading_j_) {
    off_squared_ = off_squared();
    begin_j_ = reading.reading_begin_j;
    reading_j_ = reading.reading_j;
    in_reading_j_ = 0.0;
  }
  in_reading_j_ += joules;
}

double PartOfRun::off_squared() const {
  const double off = std::max(0.0, std::min(in_reading_j_, reading_j_ - in_reading_j_));
  return off_squared_ + off * off;
}

std::optional<Estimate<Energy>> PartOfRun::estimate(const RunLevels& levels) const {
  const double off = std::sqrt(off_squared());
  return levels.part(joules_, levels.lower() * off, off);
}

}  // namespace olivine
