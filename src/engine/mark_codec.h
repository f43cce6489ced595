// Marks among the bytes of a segment: they are raw readings like the others, so that `verify` and a replay see what the run
// saw. A segment without marks is as it was (OSG1); one with marks has this head before it:
//
//   "OSM1", count, then for each mark: tick, ns (signed), kind, pid, flags (1: number, 2: of, 4: scope), [number], [of],
//           [scope: trace (two numbers), span, parent, CPU ns + 1 or 0, flags (1: failed, 2: gone,
//           4: thread), [thread]], name
//
// Whole numbers are varints (segment_bytes.h).
//
// Units: ns. Errors: kCorrupt with the offset. Threads: pure. Lifetime: MarkedSegment views the bytes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/sample.h"

namespace olivine {

// "" when no sample has marks.
std::string encode_marks(const std::vector<TickSample>& samples);

struct TickMark {
  std::size_t tick = 0;
  Mark mark;
};
struct MarkedSegment {
  std::vector<TickMark> marks;
  std::string_view rest;  // the segment behind them
};
Result<MarkedSegment> take_marks(std::string_view bytes);

}  // namespace olivine
