// GridIntensity: the intensity of a zone over a span from what this machine holds: a stored series, else the shipped month x hour
// profile, else the yearly factor; an unknown zone is the world's default, assumed.
//
// Energy is used evenly over the span, or as the query's slices say, and each hour's intensity is weighted with it (METHODS 3):
//
//   1 kW 10:30-11:30, series 100 g/kWh then 300: 200 g/kWh, not the hour's mean of its begin
//
// Hours that the series lacks are priced by the profile or the factor of the same boundary; `coverage` says how much. The range is
// relative and common to all hours of a zone: of a profile the range of single hours, weighted; of a yearly factor that of a day
// (of an hour for spans below one day, none for a whole year), widened by age as METHODS says.
//
// Units: g/kWh. Errors: kNotFound for a zone that no table has. Threads: one. Lifetime: the store outlives it. Answers are kept: the
// same question costs nothing.
#pragma once

#include <map>

#include "account/lifecycle/sources.h"

namespace olivine {

class GridIntensity final : public IntensitySource {
 public:
  // `store`: hourly series, or null. `now` dates activities that say no time.
  GridIntensity(IntensityProvider* store, WallTime now) : store_(store), now_(now) {}
  Result<SpanIntensity> over(const SpanIntensityQuery& query) override;

 private:
  Result<SpanIntensity> ask(const SpanIntensityQuery& query);
  Result<std::optional<SpanIntensity>> from_series(const SpanIntensityQuery& query, Boundary boundary);
  Result<SpanIntensity> from_tables(const SpanIntensityQuery& query);

  IntensityProvider* store_;
  WallTime now_;
  std::map<std::string, SpanIntensity> kept_;
};

}  // namespace olivine
