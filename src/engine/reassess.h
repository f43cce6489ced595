// The same joules at another place, time or factor: a stored run assessed anew. Facts and energy stay; what is assumed about
// the world changes, and the assessment is the same pure function (assess).
//
//   run of 30 min in FR; zone PL, starts = all hours of January 2023  ->  its own power curve begun at each of 744 hours:
//   the mean of the starts is the value, the lowest and the highest start stand beside it
//
// Units: by type; wall time in UTC. Errors: kInvalid for a boundary or data set that does not fit, kNotFound for a data set
// that is not kept. An intensity that nobody knows makes carbon unknown, with the reason. Threads: one. Lifetime: values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "account/market_based.h"
#include "account/scopes.h"
#include "engine/run_intensity.h"

namespace olivine {

struct Circumstances {  // absent: as it was
  std::optional<GridZone> zone;
  std::optional<WallInterval> starts;  // every full hour in it; an instant is an interval of 1 ns
  std::optional<Boundary> boundary;
  std::string dataset;  // this one only
  std::optional<StatedValue> intensity, pue, price, water_site, water_grid;
  std::string currency;
};

// Of all starts: the lowest and highest intensity that the curve met.
struct StartRange {
  std::size_t starts = 0;
  double lowest_g_per_kwh = 0.0, highest_g_per_kwh = 0.0;
  WallTime lowest_at, highest_at;
};

struct Reassessed {
  RunRecord record;
  std::vector<EnergySlice> slices;                   // when the energy is taken to be used
  std::optional<StartRange> starts;                  // of the average; absent for one start
  std::optional<EstimatedFactor> direct, lifecycle;  // typed, for the scope map
};
Result<Reassessed> reassess(AssessmentInput run, const Circumstances& where, SeriesStore* store);

// Several runs as one: sums of figures that share inputs (an intensity, a gain) come out right.
struct ImpactTotal {
  Figure<Energy> energy, facility_energy;
  Figure<Carbon> average, marginal, embodied, total;
  Figure<Water> water_site, water_grid;
  Figure<Money> cost;
};
ImpactTotal total_of(const std::vector<Reassessed>& runs);

}  // namespace olivine
