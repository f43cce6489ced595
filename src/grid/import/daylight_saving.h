// Does a series whose times do not say their zone look like local time? In spring local time jumps an hour: exactly one hour
// is missing on a Sunday at which clocks change (Europe: the last of March, 01:00 to 03:00; North America: the second, 02:00).
// In autumn an hour comes twice, which the importer refuses by itself.
//
//   ... 2020-03-29 01:00, 03:00 ...  ->  "the hour from 2020-03-29T02:00 is missing, as it is in local time: ..."
//
// Units: UTC seconds as read. Errors: none; an empty text when nothing is suspicious. Threads: pure. Lifetime: values.
#pragma once

#include <span>
#include <string>

#include "grid/store/series_file.h"

namespace olivine {

std::string daylight_saving_note(std::span<const StoredPoint> points);

}  // namespace olivine
