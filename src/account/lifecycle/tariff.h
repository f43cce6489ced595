// Tariffs: what a kilowatt-hour costs by hour of the day and day of the week. Energy used evenly over a span costs the mean price of
// the span, weighted by the time in each band (of a measured run by its energy).
//
//   band 22-06 at 0.10, otherwise 0.30 EUR/kWh; 1 kW from 21:00 to 23:00: 0.20 EUR a kWh, 0.40 EUR
//
// The first band that fits holds. Hours are of a clock with a fixed offset from UTC; daylight saving is not known here.
//
// Units: shares of the energy; minutes of the day inside. Errors: kInvalid for hours, days and offsets that are none.
// Threads: pure. Lifetime: values.
#pragma once

#include <span>
#include <vector>

#include "account/lifecycle/activity_work.h"

namespace olivine {

// The share of the energy in each band, then outside of all: sums to 1.
Result<std::vector<double>> shares_of_bands(const ManifestTariff& tariff, std::span<const EnergySlice> slices);
// The price of a part's energy as a formula; nothing when the tariff has no price for some of it.
Result<std::optional<FormulaId>> tariff_price(AccountContext& context, const ActivityWork& work,
                                              const EnergyPart& part);

}  // namespace olivine
