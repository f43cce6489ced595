// RunLevels: the energy of a run up to each of its marks, as the record counts it: with the idle energy that is charged to
// it, and with the loss in the power supply. What lies between two marks is the difference of two levels.
//
//   begin 1 at 100 J, end 1 at 300 J, the run 600 J: between({begin}, {end}) = 200 J; between({end}, whole()) = 300 J
//
// The range: what is common to the run (a model, a gain) moves all parts alike; how far a boundary may be off
// (boundary_meter.h) comes beside it.
//
// Units: J. Errors: none; known() is false where the run's energy is not known. Threads: pure. Lifetime: views `input`.
#pragma once

#include <optional>

#include "engine/assess.h"

namespace olivine {

struct EnergyLevel {
  double joules = 0.0, off = 0.0;  // up to a point, and how far the point may be off
};

class RunLevels {
 public:
  // After assess_energy.
  RunLevels(const AssessmentInput& input, const RunRecord& record);
  bool known() const { return known_; }
  EnergyLevel at(std::size_t mark) const;
  EnergyLevel whole() const { return {total_j_, 0.0}; }
  std::optional<Estimate<Energy>> between(const EnergyLevel& from, const EnergyLevel& to) const;
  // `joules` of the run, known to +- `off` beside what is common to the run.
  std::optional<Estimate<Energy>> part(double joules, double off) const;

 private:
  const AssessmentInput& in_;
  bool known_ = false;
  double charged_part_ = 0.0, total_j_ = 0.0, scale_ = 1.0, lower_ = 1.0, upper_ = 1.0;
};

}  // namespace olivine
