// What the two forms of MLflow's runs share: the states, the unit at the end of a metric's name, the integral of powers that
// MLflow's own system metrics sample.
//
//   energy_metric("total_energy_kwh")  -> {"total_energy_kwh", 1}      energy_metric("energy:Wh") -> {"energy", 0.001}
//   integrate_power({{0 s, 100 W}, {10 s, 300 W}})  -> 2,000 J (trapezium)
//
// Units: kWh a unit of the metric; s, W, J. Errors: kInvalid for a name without a unit. Threads: pure. Lifetime: values.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "account/activities/activity_table.h"

namespace olivine {

struct EnergyMetric {
  std::string name;
  double kwh_per_unit = 1.0;
};
Result<EnergyMetric> energy_metric(std::string_view said);

struct MlflowState {
  bool finished = false;
  ActivityStatus status = ActivityStatus::kUnknown;
};
// "FINISHED" or "3" (the file store writes numbers); absent when it is none.
std::optional<MlflowState> mlflow_state(std::string_view text);

// Of (s, W) in order of time.
double integrate_power(std::span<const std::pair<double, double>> samples);

}  // namespace olivine
