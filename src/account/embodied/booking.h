// Booking: in which year's books the carbon of making hardware stands.
//
//   over the life   each year bears its part: 1,000 kg over 5 years: 200 kg a year; work done bears it by time and share
//                   (account/impacts.h), and what nobody used is the idle part: together M, no more (METHODS 13)
//   purchase year   a corporate scope 3 inventory: all of it once: 10 x 1,200 kg = 12 t in the year of purchase
//
// The two never stand in one total. A life that is no whole number of years ends within a year, which bears its part.
//
//   1,000 kg, 5 years, 50 % use: a run of a year of use hours (4,380 h) bears 1,000 x (4,380 / 8,760) / 5 / 0.5 = 200 kg
//
// Units: kg CO2e, years, hours. Errors: kInvalid for a life or a utilisation that is not above 0, or above 1,000 years or 1.
// Threads: pure. Lifetime: values.
#pragma once

#include <map>

#include "base/result.h"
#include "units/estimate.h"

namespace olivine {

enum class EmbodiedBooking { kOverLife, kPurchaseYear };

// year -> what stands in its books.
Result<std::map<int, Estimate<Carbon>>> booked(const Estimate<Carbon>& each, int count, int purchase_year, double life_years,
                                               EmbodiedBooking booking);

// Per hour of use: M / (life x 8,760 x utilisation).
Result<Estimate<Carbon>> embodied_per_hour(const Estimate<Carbon>& manufacture, const Estimate<Ratio>& life_years,
                                           const Estimate<Ratio>& utilisation);

}  // namespace olivine
