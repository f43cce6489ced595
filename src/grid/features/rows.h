// Rows: what a source says, column by column; Spine: the questions asked of it; Frame: the answers.
//
// Units: times in UTC ns, values as the source has them; NaN is null. Errors: reading CSV gives kInvalid with file, line,
// value and what is expected. Threads: values. Lifetime: own their data.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace olivine::features {

struct FeatureView;

inline constexpr double kNull = std::numeric_limits<double>::quiet_NaN();
inline constexpr double kLargestValue = 1e150;  // so that squares are finite

struct Rows {
  std::vector<std::string> entities;  // names; `entity` counts from 0 in them
  std::vector<std::uint32_t> entity;
  std::vector<std::int64_t> event_ns, ingest_ns;
  std::vector<std::string> columns;
  std::vector<std::vector<double>> values;  // [column][row]

  std::size_t size() const { return entity.size(); }
  // By entity, event time, ingest time; rows alike in all three stay in the order in which they came.
  void sort();
  std::int64_t last_ingest_ns() const;  // of at least one row
  std::int64_t first_event_ns() const;
};

// Ask for these entities at these times, in any order; the same question may stand twice.
struct Spine {
  std::vector<std::string> entities;
  std::vector<std::uint32_t> entity;
  std::vector<std::int64_t> time_ns;
  std::size_t size() const { return entity.size(); }
};

// One column a feature, one row a question, in the order of the spine.
struct Frame {
  std::vector<std::string> names;
  std::vector<std::vector<double>> columns;
};

// The columns that the view reads, from CSV with a header line; lines that begin with # are comments, an empty field, NaN
// and null are null. `path` is for messages. Sorted.
Result<Rows> rows_from_csv(std::string_view csv, const std::string& path, const FeatureView& view);
// A content hash of sorted rows: equal for files that differ in order of lines or columns only.
std::string hash_of(const Rows& rows);
// Columns `entity_column` and "time"; further columns are not read.
Result<Spine> spine_from_csv(std::string_view csv, const std::string& path, const std::string& entity_column);
// "ENTITY_COLUMN,time,FEATURE...": shortest numbers that read back the same; null is an empty field.
std::string csv_from_frame(const Spine& spine, const Frame& frame, const std::string& entity_column);

}  // namespace olivine::features
