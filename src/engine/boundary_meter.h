// BoundaryMeter: how much energy had been used when a mark was made. Facts are spans; a boundary inside a span takes the
// part of it that lies before (constant power within the span). A mark makes the recorder settle at once, so that a span
// seldom holds a boundary for more than a millisecond; how far the assumption may be wrong is kept beside.
//
//   facts 0..10 s: 100 J, 10..11 s: 30 J; boundary at 10.9 s: 127 J +- 3 J
//   The shorter side of the boundary, 0.1 s at 30 W, is known to +- all of it.
//   The reading that it lies in: 30 J from 100 J on. What is off on one side of a boundary is off on the other side too, the reading is not.
//
// Units: uJ as double (whole below 2^53), ns. Errors: none. Threads: one. Lifetime: value.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "ledger/ledger.h"

namespace olivine {

struct BoundaryEnergy {
  std::int64_t ns = 0;                                // monotonic
  double attributed_uj = 0.0, idle_uj = 0.0;          // from the start of the run to here, all counted components
  double attributed_off_uj = 0.0, idle_off_uj = 0.0;  // how far these may be off
  std::optional<double> run_cpu_ns{};                 // CPU time of the run from its start to here; absent: not known
  double begin_attributed_uj = 0.0, begin_idle_uj = 0.0;      // up to the beginning of the reading that it lies in
  double reading_attributed_uj = 0.0, reading_idle_uj = 0.0;  // of that reading
};

class BoundaryMeter {
 public:
  explicit BoundaryMeter(std::size_t components) : tracks_(components) {}
  // Boundaries come in order of time; facts of one component too.
  void boundary(std::int64_t ns);
  void fact(const EnergyFact& fact);
  // CPU time of the run up to `ns`; between two readings it grows evenly.
  void cpu(std::int64_t ns, double run_ns);
  // What no fact reached is everything so far.
  void finish();
  const std::vector<BoundaryEnergy>& boundaries() const { return boundaries_; }

 private:
  struct Track {  // one component
    EnergyFact last;
    double attributed_uj = 0.0, idle_uj = 0.0;  // before `last`
    std::size_t next = 0;                       // the first boundary that is not resolved
  };
  void resolve(Track& track, bool all);

  std::vector<Track> tracks_;
  std::vector<BoundaryEnergy> boundaries_;
  std::int64_t cpu_ns_ = 0;  // of the last reading
  std::optional<double> cpu_run_ns_;
  std::size_t next_cpu_ = 0;  // the first boundary whose CPU time is not known yet
};

}  // namespace olivine
