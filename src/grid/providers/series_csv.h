// The CSV of intensities that `grid fetch -o` writes, `grid import` reads, and `grid serve-replay --data` plays.
//
//   time_utc,gco2e_per_kwh,zone,signal,boundary,estimated
//   2025-01-01T00:00:00Z,58.8,FR,average,lifecycle,false
//
// A row is one point; it lasts until the next time of its series when that is at most an hour later, else as long as the
// shortest distance between two times of the series (an hour for a single point). A gap has no row. Strict: the header must be
// this one, an empty or negative value is an error, times are in order.
//
// Units: g/kWh, UTC. Errors: kInvalid with file name and line. Threads: pure. Lifetime: values.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "grid/intensity.h"

namespace olivine {

inline constexpr std::string_view kSeriesCsvHeader = "time_utc,gco2e_per_kwh,zone,signal,boundary,estimated";

std::string series_csv(const IntensitySeries& series);
// One series for each zone, signal and boundary in the text.
Result<std::vector<IntensitySeries>> parse_series_csv(std::string_view text, const std::string& name);

}  // namespace olivine
