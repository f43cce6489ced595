// A job that can run at several scales: how many workers in each slot emit least.
//
// Within a slot the scale may change once, so that a slot's work lies anywhere between that of two scales. The least cost of a
// slot is then a convex function of its work (the lower hull of the scales' points, rest included), and taking its pieces in
// order of cost for work is optimal for any throughput curve: at most one piece, the last taken, is taken in part.
//
//   scales 1: 1 slot of work at power 1; 2: 1.8 at power 2;  prices 1, 3;  2 slots of work
//     slot 0 to scale 1 (1.0 a unit of work), slot 0 on to scale 2 (1.25), 0.2 of slot 1 at scale 1 (3.0): cost 2 + 0.6 = 2.6
//   Without a fractional last slot, as CarbonScaler does it, the last piece is taken whole: slot 1 in full, cost 5.
//
// Starting, stopping and changing the scale cost nothing here; with such costs or a power that is drawn at rest the greedy choice is
// not optimal.
//
// A price below zero (of money: an intensity below zero is not known to a plan) makes the dearest way to do the work the cheapest: there the
// pieces are those of the upper hull.
//
// Units: work in slots at the throughput 1; power relative to one; costs in the unit of the prices. A price that is not known (NaN) is not
// used. Errors: kInvalid for a curve that makes no sense, kNotFound when the work does not fit.
// Threads: pure. Lifetime: values. Source: Hanafy et al., "CarbonScaler" (SIGMETRICS 2023), algorithm 1; the fractional last
// slot is the fractional knapsack's.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/result.h"

namespace olivine {

struct ScalePoint {
  double scale = 1.0;       // workers, GPUs: what it is called
  double throughput = 1.0;  // slots of work done in a slot
  double power = 1.0;
};

struct ElasticJob {
  std::vector<ScalePoint> scales;  // of rising throughput and power
  double slots = 1.0;              // work
  double last_slot = 1.0;          // how much of the last slot lies before the deadline, in (0, 1]
};
Status check(const ElasticJob& job);

enum class LastSlot { kFractional, kWhole };

// A slot runs `high_part` of its time at scales[high] and the rest at scales[low]; no scale: at rest.
struct ElasticUse {
  static constexpr std::size_t kRest = static_cast<std::size_t>(-1);
  std::size_t slot = 0, low = kRest, high = kRest;
  double high_part = 1.0;
  double length = 1.0;  // of the slot: its last one may be cut short by the deadline
  bool operator==(const ElasticUse&) const = default;
};

struct ElasticSchedule {
  std::vector<ElasticUse> uses;  // in order of slots
  double cost = 0.0, work = 0.0;
};

// Slots of running at power 1 that the uses take, each at its price; NaN when a price is not known.
double cost_of(std::span<const ElasticUse> uses, const ElasticJob& job, std::span<const double> prices);
double work_of(std::span<const ElasticUse> uses, const ElasticJob& job);

Result<ElasticSchedule> cheapest_elastic(const ElasticJob& job, std::span<const double> prices,
                                         LastSlot last = LastSlot::kFractional);
// At one scale from slot 0 on, the last slot in part.
Result<ElasticSchedule> elastic_at_once(const ElasticJob& job, std::size_t scale, std::span<const double> prices);

}  // namespace olivine
