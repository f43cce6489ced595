// mix_csv: generation by fuel from tables of text (dc-rl and EIA-930 style).
//
//   timestamp,WND,SUN,WAT,OIL,NG,COL,NUC,OTH,avg_CI
//   2022-01-01 00:00:00+00:00,16317,50,7,0,14483,9642,5101,60,334.2
//
// Every column with a fuel's name becomes a column; others (an intensity beside them) are named in a note.
//
// Units, Errors, Threads, Lifetime: as MixTable and import.h.
#pragma once

#include "grid/import/mix_table.h"

namespace olivine {

Result<MixTable> parse_mix_csv(ByteSource& source);

}  // namespace olivine
