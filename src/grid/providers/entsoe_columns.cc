#include "grid/providers/entsoe_columns.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/text.h"
#include "grid/providers/utc_text.h"

namespace olivine {

Result<EntsoeFrame> frame_of(std::span<const EntsoeTrack> tracks, std::size_t most_values) {
  EntsoeFrame frame;
  const EntsoePeriod* first = nullptr;
  for (const EntsoeTrack& track : tracks)
    for (const EntsoePeriod& period : track.periods) {
      const WallTime end{period.begin.ns + period.resolution.ns * static_cast<std::int64_t>(period.mw.size())};
      frame.begin = first == nullptr ? period.begin : std::min(frame.begin, period.begin);
      frame.end = first == nullptr ? end : std::max(frame.end, end);
      frame.step = std::min(frame.step, period.resolution);
      if (first == nullptr) first = &period;
      frame.several_resolutions = frame.several_resolutions || period.resolution != first->resolution;
    }
  if (first == nullptr) return fail(ErrorKind::kNotFound, "a TimeSeries of ENTSO-E has no Period");
  frame.begin = floor_to(frame.begin, frame.step);
  if (frame.rows() > most_values / std::max<std::size_t>(1, tracks.size()))
    return fail(ErrorKind::kInvalid,
                "the document spans too long a time for its areas and kinds of plant; split it by year");
  return frame;
}

std::vector<double> column_of(const EntsoeTrack& track, const EntsoeFrame& frame, std::size_t& contradicting) {
  std::vector<double> mw(frame.rows(), std::numeric_limits<double>::quiet_NaN());
  std::vector<bool> spoilt(mw.size());
  for (const EntsoePeriod& period : track.periods) {
    const auto pieces = static_cast<std::size_t>(period.resolution.ns / frame.step.ns);
    const auto first = static_cast<std::size_t>((period.begin - frame.begin).ns / frame.step.ns);
    for (std::size_t i = 0; i < period.mw.size() * pieces; ++i) {
      const auto& value = period.mw[i / pieces];
      const std::size_t row = first + i;
      if (!value || spoilt[row]) continue;
      if (!std::isnan(mw[row]) && mw[row] != *value) {
        spoilt[row] = true;
        mw[row] = std::numeric_limits<double>::quiet_NaN();
        ++contradicting;
      } else {
        mw[row] = *value;
      }
    }
  }
  return mw;
}

std::vector<std::string> notes_on(const EntsoeFrame& frame, std::size_t contradicting) {
  std::vector<std::string> notes;
  if (frame.several_resolutions)
    notes.push_back(fmt::format("kinds of generation have different resolutions: longer means are repeated every {}",
                                format_duration(frame.step)));
  if (contradicting > 0) notes.push_back(fmt::format("{} values contradict each other: gaps", contradicting));
  return notes;
}

}  // namespace olivine
