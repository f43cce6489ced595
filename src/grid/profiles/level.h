// The level of a profile: a grid keeps the shape of its days for years, but not its level. A profile of 2022 used for another
// year is moved by what the zone's yearly figures say of that year against 2022.
//
//   FR: profile of 2022, mean 99.5 g/kWh (consumption). Ember: 78.55 in 2022, 44.18 in 2024 (production)
//   2024: every cell x 44.18 / 78.55 = 0.562; mean 55.9
//
// Only the ratio of two figures of one source and type is used, so that the profile stays what it is (consumption stays
// consumption, METHODS 9). The year nearest to the one asked for serves; where that is the profile's own, or the zone has no
// such figures, the profile stays as it is. Average lifecycle profiles only.
//
// The range: the month's spread, widened by the years between the level's year and the use, at least by one, for the shape is
// older than the level (assumed).
//
// Units: ratio. Errors: kCorrupt for a damaged table. Threads: any. Lifetime: values.
// Source: data/zone_years.csv. Tested on the hours of Great Britain and Germany of 2020 (level_test.cc).
#pragma once

#include "grid/profiles/profiles.h"

namespace olivine {

// The change of the zone's level from the profile's year to `year`; absent when nothing is known that is nearer.
Result<std::optional<LevelChange>> level_change(const MonthHourProfile& profile, int year);
// The profile moved to the level of `year`; profile.level says how.
Result<MonthHourProfile> at_level_of(MonthHourProfile profile, int year);
// "moved from the level of 2022 to that of 2024: x 0.562 (Ember ...: 78.55 to 44.18 g/kWh)"
std::string text_of(const LevelChange& change);

}  // namespace olivine
