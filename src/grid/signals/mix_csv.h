// mix_csv: a generation mix from a table of text: one column of times, one a fuel (a file: mixes/mix_file.h).
//
//   timestamp,WND,SUN,WAT,OIL,NG,COL,NUC,OTH,avg_CI
//   2022-01-01 00:00:00+00:00,16317,50,7,0,14483,9642,5101,60,334.2
//
// The first column holds times: YYYY-MM-DD, a blank or T, HH:MM with or without seconds, then Z, an offset, or nothing (UTC
// then, with a note). Each time is the beginning of its row. Columns with a fuel's name (fuels.h), and those that the
// caller names, are generation; "exchange:ZONE" is the net import from ZONE; every other column is left out, with a note.
// An empty field, NaN, null, NA and the like are "not known". The step is the most common distance between rows; a longer
// distance is a gap, a shorter one an error.
//
// With a column "zone" (or region, country) the table holds the rows of many zones, one row a zone and time; a fuel or neighbour that
// a zone never gives is one that it does not have. Its own numbers of METHODS 9:
//
//   time,zone,hydro,coal,exchange:A,exchange:B
//   2026-01-01T00:00Z,A,100,,,-50
//   2026-01-01T00:00Z,B,,50,50,
//
// Units: MW (or MWh per step), one unit for the whole file. Errors: kInvalid with file, line, value and the fix. At most
// kMaxMixTextBytes, 1,000 columns, 200 zones and 2,000,000 values. Threads: pure. Lifetime: values.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "grid/signals/generation_mix.h"

namespace olivine {

inline constexpr std::size_t kMaxMixTextBytes = 24U << 20U;

struct MixCsvOptions {
  std::string zone;                // "" when the caller does not know it
  std::vector<std::string> fuels;  // columns that are generation, whatever their name
  bool only_zone = false;          // of a table of many zones only `zone`
};

// Every zone of the table.
Result<std::vector<GenerationMix>> parse_mix_table(std::string_view file, std::string_view text,
                                                   const MixCsvOptions& options = {});
// The one zone of these; kInvalid names them where there are more.
Result<GenerationMix> only_mix(std::string_view file, std::vector<GenerationMix> mixes);

struct UtcTime {
  WallTime time;
  bool offset_stated = false;
  bool operator==(const UtcTime&) const = default;
};
// "2022-01-01 00:00:00+00:00", "2022-01-01T01:00+01:00", "2022-01-01T00:00Z".
Result<UtcTime> parse_utc_time(std::string_view text);

}  // namespace olivine
