// mix_csv: a generation mix from a table of text: one column of times, one a fuel. Plain or gzip.
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
// Units: MW (or MWh per step), one unit for the whole file. Errors: kInvalid with file, line, value and the fix; kNotFound,
// kPermission of the file. At most 24 MiB of text (6 MiB of gzip), 1,000 columns and 2,000,000 values. Threads: one user of the FileSystem.
// Lifetime: values.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/file_system.h"
#include "grid/signals/generation_mix.h"

namespace olivine {

struct MixCsvOptions {
  std::string zone;                // "" when the caller does not know it
  std::vector<std::string> fuels;  // columns that are generation, whatever their name
};

Result<GenerationMix> parse_mix_csv(std::string_view file, std::string_view text, const MixCsvOptions& options = {});
Result<GenerationMix> read_mix_csv(FileSystem& files, const std::string& path, const MixCsvOptions& options = {});

struct UtcTime {
  WallTime time;
  bool offset_stated = false;
  bool operator==(const UtcTime&) const = default;
};
// "2022-01-01 00:00:00+00:00", "2022-01-01T01:00+01:00", "2022-01-01T00:00Z".
Result<UtcTime> parse_utc_time(std::string_view text);

}  // namespace olivine
