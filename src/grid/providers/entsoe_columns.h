// The periods of ENTSO-E's TimeSeries on one grid of times: of a file (mixes/entsoe_file.h) and of an answer (entsoe_document.h).
//
//   B04 by the hour 100, 200; B19 by quarters  ->  step 15 min; B04 100 100 100 100 200 200 200 200
//
// Resolutions differ by kind: a mean over an hour also holds for its quarters. Two different values for one time are a gap, whatever a
// third one says, and are counted.
//
// Units: MW. Errors: kNotFound without a Period; kInvalid where the times span more values than the limit (a value now and one in a
// hundred years make a million rows). Threads: pure. Lifetime: values.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "grid/providers/entsoe_document.h"

namespace olivine {

// What belongs to one column.
struct EntsoeTrack {
  std::string code;
  Fuel fuel = Fuel::kOther;
  std::vector<EntsoePeriod> periods;
};

struct EntsoeFrame {
  WallTime begin{}, end{};
  Duration step = hours(1);
  bool several_resolutions = false;
  std::size_t rows() const { return static_cast<std::size_t>((end.ns - begin.ns) / step.ns); }
  WallTime time_of(std::size_t row) const { return {begin.ns + static_cast<std::int64_t>(row) * step.ns}; }
};
// rows x tracks is at most `most_values`.
Result<EntsoeFrame> frame_of(std::span<const EntsoeTrack> tracks, std::size_t most_values);

// The column of a track, NaN where nothing is known; `contradicting` counts the times with two values.
std::vector<double> column_of(const EntsoeTrack& track, const EntsoeFrame& frame, std::size_t& contradicting);

// What a reader should know of the frame and the contradictions.
std::vector<std::string> notes_on(const EntsoeFrame& frame, std::size_t contradicting);

}  // namespace olivine
