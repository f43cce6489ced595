// RunBudget: what a run used so far, counted as its record will count it, against a budget (planning/budget.h).
//
//   energy   attributed + idle charged, with the power supply's loss on plane node: the record's energy_j.total so far
//   carbon   each settled piece of it x PUE x the average intensity of its hour (data set, profile, or the yearly factor: the same
//            order as the record's); the record prices five-minute slices when the run has ended
//   money    energy x PUE x price
//
//   100 kJ settled in an hour of 360 g/kWh, PUE 1.2: 0.1e6 / 3.6e6 x 1.2 x 360 = 12 g
//
// Where a part is unknown (a meter that was never readable), what is counted is a lower bound and says so.
// No system call is made but at the turn of an hour, to look the next intensity up.
//
// Units: J, g, or money. Errors: create says kInvalid with the flag that mends it. Threads: one. Lifetime: values.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "engine/context.h"
#include "engine/energy_so_far.h"
#include "engine/run_intensity.h"
#include "planning/budget.h"

namespace olivine {

class RunBudget {
 public:
  // g/kWh of the hour that begins then. The usual one looks where the record will look.
  using HourPrice = std::function<double(WallTime hour)>;
  static HourPrice hour_price(const RunContext& context, const GridFolder& grid);

  static Result<RunBudget> create(const Budget& budget, const RunContext& context, HourPrice hour_price);

  BudgetWatch::Crossed step(const EnergySoFar& so_far, WallTime now);
  double used() const { return used_; }
  bool complete() const { return complete_; }
  // The same amount once more, on top of what is used.
  void grant();
  const BudgetWatch& watch() const { return watch_; }
  std::string used_text() const;  // "at least 1.61 kWh"

 private:
  RunBudget(const Budget& budget, double factor, HourPrice hour_price)
      : watch_(budget), factor_(factor), hour_price_(std::move(hour_price)) {}

  BudgetWatch watch_;
  double factor_;  // of a joule: 1, PUE (carbon), PUE x price (money)
  HourPrice hour_price_;
  double counted_j_ = 0.0, used_ = 0.0, g_per_kwh_ = 0.0;
  std::optional<WallTime> hour_;
  bool complete_ = true;
};

}  // namespace olivine
