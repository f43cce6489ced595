// compute: the batch side of a feature view: every question of a spine answered from the rows of a source.
//
// Point in time: the answer at t uses the rows with event_time <= t and ingest_time <= t and no other. A row enters at
// max(event_time + offset, ingest_time); sorted by that, one sweep an entity answers all its questions: for the newest row a
// running maximum, for windows what enters and what leaves. Sorting is skipped where the rows already stand so.
// O((rows + questions) log) at worst, linear for sorted input.
//
//   event 10:00, ingested 10:30, value 5; a row of 09:00 before it, value 4:
//   latest at 10:15 is 4 (the other is not known yet), at 10:30 it is 5
//
// Units: as Rows. Errors: kInvalid when the rows lack a column that the view reads. Threads: pure. Lifetime: values.
#pragma once

#include <span>

#include "grid/features/rolling_window.h"
#include "grid/features/rows.h"
#include "grid/features/view.h"

namespace olivine::features {

// `rows` must be sorted (Rows::sort).
Result<Frame> compute(const FeatureView& view, const Rows& rows, const Spine& spine);

// What the batch and the online side share, so that a definition has one meaning.
double rolling_value(const Feature& feature, RollingWindow& window);  // null below the feature's minimum
double known_value(const Feature& feature, std::int64_t time_ns);     // calendar and sun; null where no rule holds
inline bool expired(std::int64_t event_ns, std::int64_t offset_ns, std::int64_t ttl_ns, std::int64_t time_ns) {
  return time_ns - offset_ns >= event_ns + ttl_ns;
}

// For each question of one entity, sorted by time, the newest visible row with event_time <= t - offset that is not
// expired; kNoRow without one. `event_ns` and `ingest_ns` are the entity's rows, sorted.
struct Question {
  std::int64_t time_ns;
  std::uint32_t place;  // row of the spine
};
inline constexpr std::uint32_t kNoRow = 0xffffffffU;
struct AsOf {
  std::int64_t offset_ns = 0, ttl_ns = 0;
};
void newest_rows(std::span<const std::int64_t> event_ns, std::span<const std::int64_t> ingest_ns, const AsOf& as_of,
                 std::span<const Question> questions, std::vector<std::uint32_t>& rows);

// The questions by entity (of the rows) and time; entities that the rows do not know are left out.
struct SortedSpine {
  std::vector<Question> questions;
  std::vector<std::size_t> begin;  // of each entity of the rows, and the end of the last
};
SortedSpine sort_spine(const Rows& rows, const Spine& spine);

}  // namespace olivine::features
