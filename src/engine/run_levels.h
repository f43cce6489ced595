// RunLevels: the energy of a run up to each of its marks, as the record counts it: with the idle energy that is charged to
// it, and with the loss in the power supply. What lies between two marks is the difference of two levels.
//
//   begin 1 at 100 J, end 1 at 300 J, the run 600 J: between({begin}, {end}) = 200 J; between({end}, whole()) = 300 J
//
// The range: what is common to the run (a model, a gain) moves all parts alike; how far a boundary may be off
// (boundary_meter.h) comes beside it, in quadrature. No part is below nothing, or above the run's own upper bound.
//
// A PartOfRun is a sum over many stretches. Within a reading nothing is known but its sum E: of j that fell into the sum's stretches the
// power may be off by as much as itself, and what they have too much the rest of the reading has too little, so that j is known
// to +- min(j, E - j), however often the stretches begin and end. Readings are independent: in quadrature.
//
//   a reading of 10 J, a hundred scopes of 0.09 J in it, 0.01 J after each: one of them 0.09 +- 0.09 J, their sum 9 +- 1 J
//   ten such readings: 90 J +- 3.2 J
//
// Units: J. Errors: none; known() is false where the run's energy is not known. Threads: pure. Lifetime: views `input`.
#pragma once

#include <optional>

#include "engine/assess.h"

namespace olivine {

struct EnergyLevel {
  double joules = 0.0, off = 0.0;                 // up to a point, and how far the point may be off
  double reading_begin_j = 0.0, reading_j = 0.0;  // the reading that the point lies in: from where on, how much
};

class RunLevels;

class PartOfRun {
 public:
  // `share` of what lies between two points; points come in order.
  void add(double share, const EnergyLevel& from, const EnergyLevel& to);
  double joules() const { return joules_; }
  std::optional<Estimate<Energy>> estimate(const RunLevels& levels) const;

 private:
  void in_reading(const EnergyLevel& reading, double joules);
  double off_squared() const;

  double joules_ = 0.0, off_squared_ = 0.0;  // of readings that are over
  double begin_j_ = 0.0, reading_j_ = 0.0, in_reading_j_ = 0.0;
};

class RunLevels {
 public:
  // After assess_energy.
  RunLevels(const AssessmentInput& input, const RunRecord& record);
  bool known() const { return known_; }
  EnergyLevel at(std::size_t mark) const;
  EnergyLevel whole() const { return {total_j_, 0.0, total_j_, 0.0}; }
  std::optional<Estimate<Energy>> between(const EnergyLevel& from, const EnergyLevel& to) const;
  // `joules` of the run, known to -+ `down`, `up` beside what is common to the run.
  std::optional<Estimate<Energy>> part(double joules, double down, double up) const;
  double lower() const { return lower_; }  // of the whole run, a part of its value

 private:
  const AssessmentInput& in_;
  bool known_ = false;
  double charged_part_ = 0.0, total_j_ = 0.0, scale_ = 1.0, lower_ = 1.0, upper_ = 1.0;
};

}  // namespace olivine
