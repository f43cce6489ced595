// EnergyCurve: when a run used its energy, coarse enough to keep in memory for a month: one slice for five minutes of wall
// time, for an hour once a week is full. A slice reaches from the first to the last fact in it, so that a run of ten seconds
// is a slice of ten seconds. It is filled by the pipeline, live and in a replay alike, from the same facts in the same order:
// both give the same curve to the last microjoule.
//
//   facts 10:03:00-10:03:01 5 J, 10:04:00-10:04:01 3 J     -> 1 slice 10:03:00-10:04:01, 8 J
//   fact 10:04-10:08 4 J (a meter that failed meanwhile)   -> its own slice, for it lies in two fives
//
// Units: whole microjoules; wall time. Where the wall clock stepped backwards within a fact the fact happens at its end.
// Errors: none. Threads: values. Lifetime: values.
#pragma once

#include <cstdint>
#include <vector>

#include "account/location_based.h"
#include "units/amount.h"

namespace olivine {

class EnergyCurve {
 public:
  // `attributed` to the run, and `idle` of the machine, of which a part may be charged to it.
  void add(WallTime begin, WallTime end, EnergyAmount attributed, EnergyAmount idle);
  // attributed + idle x idle_part, in order of time.
  std::vector<EnergySlice> slices(double idle_part) const;
  std::size_t size() const { return slices_.size(); }

 private:
  struct Slice {
    std::int64_t begin_ns = 0, end_ns = 0;
    EnergyTotal attributed_uj = 0, idle_uj = 0;
  };
  void coarsen();

  std::vector<Slice> slices_;
  std::int64_t step_ns_ = std::int64_t{300} * 1'000'000'000;
};

}  // namespace olivine
