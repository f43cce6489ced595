// The intensity that energy is priced with: the best that is known for its zone and the hours at which it was used.
//
//   1. a stored data set of that zone, signal and boundary (grid/store): of those that overlap, the one that covers most of the
//      energy; equally good, the newest import. One data set answers, none are merged.
//   2. what it does not cover is priced by 3 or 4 and said: `covered`, `fallback`. A gap is never taken for the hours beside it.
//   3. the shipped month x hour profile, at the level of the year (grid/shipped_span.h)
//   4. the yearly factor
//
// Each step down leaves its reason in `notes`. A direct figure never stands in for a lifecycle one, nor an average for a
// marginal. What nothing is known of is unknown, with a reason, and with what the covered part says as a lower bound.
//
//   FR, 1 kWh 10:30-11:30; data set 100 g at 10:00, nothing from 11:00; profile 60 at 11:00
//     -> 0.5 x 100 + 0.5 x 60 = 80 g/kWh, covered 0.5, fallback "month x hour profile of 2022 ..."
//
// Units: g/kWh, energy-weighted. Errors: kNotFound for a zone or data set that is not there (it names the data set), kInvalid
// for a data set of another zone, signal or boundary, kCorrupt for a damaged one. Threads: one. Lifetime: values.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "account/location_based.h"
#include "grid/shipped_span.h"
#include "grid/store/series_store.h"

namespace olivine {

struct IntensityAsk {
  std::string zone;  // key, as resolve_zone gives it
  std::span<const EnergySlice> slices = {};
  Signal signal = Signal::kAverage;
  std::optional<Boundary> boundary =
      std::nullopt;          // absent: lifecycle for an average, whatever is known for a marginal
  std::string dataset = {};  // this one and no other: its hash or the first digits; "" the best
  bool stored_only = false;  // nothing shipped
};

struct ChosenIntensity {
  std::optional<Estimate<CarbonIntensity>> estimate;  // absent: unknown
  CarbonIntensity at_least;                           // of an unknown one
  std::string reason;                                 // why unknown
  std::string zone, name, boundary;
  std::string method;   // "data set", "month x hour profile", "yearly factor"
  std::string dataset;  // content hash
  std::string period, source, origin;
  std::string fallback;
  double covered = 1.0;  // by the data set; 1 where there is none
  Basis basis = Basis::kReference;
  std::vector<std::string> notes;
  IntensitySeries series;  // the points that answered, without those of a fallback
};
// `store` may be null: nothing is kept. The slices must not be empty.
Result<ChosenIntensity> choose_intensity(const IntensityAsk& ask, SeriesStore* store);

}  // namespace olivine
