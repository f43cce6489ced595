// Location-based carbon of energy at the hour it was used: each piece of energy times the intensity that the grid had then,
// not the energy times a mean.
//
//   1 kW 10:30-11:30, 100 g/kWh from 10:00, 300 from 11:00:   0.5 kWh x 100 + 0.5 kWh x 300 = 200 g
//   1 kWh 10:00-11:00 and 3 kWh 11:00-12:00 at 100 and 300:   1,000 g; the mean of 200 would say 800
//   the series ends at 11:00, 200 assumed beyond:             50 g + 0.5 kWh x 200 = 150 g, half of the energy covered
//
// What the series does not cover stays uncovered: a gap is not filled here. blended_intensity prices it by a stated fallback,
// and keeps the two apart in its range. The points of one series share their error, so that all go to their bounds together.
// Weighted by time where there is no energy to weigh by.
//
// Units: by type; wall time in UTC ns, [begin, end). A slice of no length happens at its begin. Errors: kInvalid for a slice
// that ends before it begins, for an energy that is negative or not finite, and for what check(series) refuses.
// Threads: pure. Lifetime: values. Source: METHODS 3; GHG Protocol Scope 2 Guidance (2015), 6.3, location-based method.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "grid/intensity.h"
#include "units/estimate.h"

namespace olivine {

// Energy that was used evenly over an interval.
struct EnergySlice {
  WallInterval interval;
  Energy energy;
};

struct PricedBySeries {
  Energy covered, uncovered;
  Carbon carbon;                 // of what is covered
  Carbon lower, upper;           // with every point at its lower, its upper bound
  double covered_share = 0.0;    // of the energy; of the time where there is no energy
  double estimated_share = 0.0;  // of what is covered: points that the source filled or modelled
  std::size_t points = 0;        // of the series that were used
  // Energy-weighted mean, lower and upper bound of the covered part; 0 when nothing is covered.
  CarbonIntensity mean, mean_lower, mean_upper;
};
Result<PricedBySeries> price_by_series(std::span<const EnergySlice> slices, const IntensitySeries& series);

// What of the slices no point of the series covers: the pieces between its points, each with its part of the energy.
std::vector<EnergySlice> uncovered_slices(std::span<const EnergySlice> slices, const IntensitySeries& series);

// The mean intensity of all the energy: the series where it covers, `fallback` for the rest. Its range moves with two inputs:
// `series_input` for the covered part, those of the fallback for the rest.
Estimate<CarbonIntensity> blended_intensity(const PricedBySeries& priced, std::string_view series_input,
                                            const Estimate<CarbonIntensity>& fallback);

}  // namespace olivine
