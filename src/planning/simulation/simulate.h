// Policies on traces of jobs: what each would have emitted, job by job, in one zone by one signal, beside starting at once and beside the
// least that was possible with all of the future known.
//
//   cases = every policy x zone x signal x forecast x seed; simulate(world, cases, threads) gives one row a case, the same on any number
//   of threads.
//
// A job that may not pause is run in one piece by every policy; the least that was possible is then its cheapest start.
//
// Jobs do not compete for machines here (olivine plan --jobs does that). A job begins in the first whole slot after its arrival and takes
// whole slots; its energy is spread evenly over them. A job whose slots are not all known, or that has not enough of them before its
// deadline, is left out and counted. The policy decides by one signal; what it emits by the other is beside.
//
//   forecasts   none; perfect; yesterday (each hour as the day before); noise:0.1 (the truth, with a normal error of 10 % of the mean);
//               service (what a service said in each slot of it and of those after it: the zone has it, SaidAhead)
//   limits      what policies by threshold must be told, the lowest price above 0 and the highest, are those of the whole series: of these they
//               know more than they would. Where no price is above 0 there are none, and nothing to save: they start at once
//   worst case  of such a policy: what it emits is at most so many times the least possible, of every job, while prices stay within the
//               limits (thresholds.h); none where a restart takes time, or where a service says what the price is
//   range       95 %, of the saving over all jobs: 1,000 bootstrap samples of the jobs, by the seed
//
// Units: g, kWh, slots. Errors: kInvalid for a policy or a forecast that is not known. Threads: as asked for. Lifetime: values.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "planning/queue_plan.h"

namespace olivine {

// What a service said at the begin of slot i: of slots i, i + 1, ...; NaN: not known.
using SaidAhead = std::vector<std::vector<double>>;

struct SimulatedZone {
  std::string zone;
  std::vector<double> average,
      marginal;  // g/kWh of each slot from the world's begin; NaN: not known; empty: no such series
  SaidAhead average_said = {}, marginal_said = {};  // empty: no service was asked
};

struct SimulationWorld {
  WallTime begin;
  Duration slot = hours(1);
  std::vector<SimulatedZone> zones;
  std::vector<std::vector<QueueJob>> traces;  // one for each seed of the cases, in the order of `seeds`
  std::vector<std::uint64_t> seeds;
  double edge_g = 0.0;      // at every start and stop
  std::size_t restart = 0;  // slots of running without progress after a pause
};

struct SimulationCase {
  std::string policy, zone;
  Signal signal = Signal::kAverage;
  std::string forecast = "yesterday";
  std::uint64_t seed = 1;
  bool operator==(const SimulationCase&) const = default;
};

struct SimulationRow {
  SimulationCase of;
  std::size_t jobs = 0, left_out = 0, late = 0, worse = 0;  // worse than at once
  double energy_kwh = 0.0;
  double at_once_g = 0.0, policy_g = 0.0, least_g = 0.0;        // by the case's signal, edges included
  std::optional<double> other_at_once_g, other_policy_g;        // by the other signal
  double saving = 0.0, saving_lower = 0.0, saving_upper = 0.0;  // fraction of at_once_g
  double delay_slots = 0.0, pauses = 0.0;                       // mean of a job; delay: of its end, against at once
  std::optional<double> price_low, price_high;                  // g/kWh: the limits, of policies that go by them
  std::optional<double> worst_case;                             // policy_g / least_g at most, within the limits
  // Of what could be saved at all; absent when nothing could.
  std::optional<double> captured() const;
};

// What may stand in a case: start_within and oracle know the future, the others are online (online_policy.h).
std::vector<std::string> simulated_policies();
Status check_forecast(const std::string& name);

Result<std::vector<SimulationRow>> simulate(const SimulationWorld& world, const std::vector<SimulationCase>& cases,
                                            std::size_t threads,
                                            const std::function<void(std::size_t done)>& progress = {});

}  // namespace olivine
