// TickSample: all that one tick read, before any computation. The pipeline is a pure function of the machine
// description and these samples; a live run, a replayed trace and `verify` feed it the same way.
//
// Two encodings: segments in the ledger (bytes: varint deltas between ticks, losslessly, ~2 bytes a reading) and traces
// (JSON lines, docs/schemas/trace.schema.json: a header line with the machine description, then one line a tick).
//
// Units: raw counts of each source, ns, bytes. Errors: decoding checks every length and says kCorrupt with the offset;
// damaged input never crashes. Threads: values. Lifetime: values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "workload/mark.h"
#include "workload/usage.h"

namespace olivine {

enum class ReadingState : std::uint8_t {
  kValue,    // raw holds the hardware's integer
  kFailed,   // this read failed; the next may work
  kGone,     // the source went away
  kSkipped,  // not asked in this tick (slow source)
};

struct RawReading {
  ReadingState state = ReadingState::kSkipped;
  std::uint64_t raw = 0;  // of kValue only
  bool operator==(const RawReading&) const = default;
};

struct TickSample {
  Now now;
  std::vector<RawReading> readings;  // one per source of the machine description, in its order
  std::optional<UsageReading> usage;
  bool settle = false;      // attribute and commit at this tick
  std::vector<Mark> marks;  // that the work made since the tick before
  bool operator==(const TickSample&) const = default;
};

// Segment bytes for the ledger. A segment is complete in itself.
std::string encode_segment(const std::vector<TickSample>& samples);
Result<std::vector<TickSample>> decode_segment(std::string_view bytes);

// One line of a trace (without the newline).
std::string encode_trace_line(const TickSample& sample);
Result<TickSample> decode_trace_line(std::string_view line);

}  // namespace olivine
