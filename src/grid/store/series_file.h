// The series file: one data set of one zone, signal and boundary, compressed, read where it lies (memory-mapped), never
// changed, named by the hash of what it holds.
//
//   0   8  "OLVGRID1"                          40  8  check of bytes 0-39 (XXH3-64)
//   8   4  bytes of the description            48  .  description: JSON, at most 64 KiB
//   12  4  number of blocks, at most 65536     .   .  one entry of 32 bytes a block:
//   16  8  time of import, UTC ns                       8 first step begins, UTC s; 4 length of a step, s; 2 steps; 2 present;
//   24 16  content hash (XXH3-128)                      2 estimated; 2 zero; 4 bytes; 8 check of the block (XXH3-64)
//                                              .   .  the blocks (block_codec.h), one behind the other
//
// The content hash covers description and entries, and through their checks every block: whoever names the hash gets these
// numbers or an error. The time of import is outside, so that the same content has the same hash on every machine. Against
// damage, not against forgers.
// All times are UTC: a day of 23 or 25 hours is nothing special, and a leap second has no number (POSIX). Steps may change
// within a file; a missing step has no number; a long gap has no block.
// Numbers stay in their source's unit and digits: 2.294 lb/kWh is kept as 2.294, and converted when it is asked for.
//
// Units: as `unit` says; times UTC seconds in the file, WallTime outside. Errors: kCorrupt for a damaged file, kInvalid for
// points that do not fit. No input makes it read outside the bytes or allocate more than 64 MB. Threads: a SeriesFile may
// be read by many. Lifetime: a SeriesFile views the bytes it was opened on.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "grid/intensity.h"

namespace olivine {

inline constexpr std::size_t kMaxSeriesFileBytes = std::size_t{64} << 20U;
inline constexpr std::size_t kMaxStoredPoints = std::size_t{1} << 21U;  // 20 years of 5 minutes
inline constexpr std::size_t kMaxAnswerPoints = std::size_t{1} << 20U;  // of one query
inline constexpr std::int64_t kMinStepS = 60, kMaxStepS = 86'400;

struct StoredPoint {
  std::int64_t begin_s = 0;    // UTC
  std::uint32_t length_s = 0;  // kMinStepS .. kMaxStepS
  bool estimated = false;
  double value = 0.0;  // in the unit of the series; finite
  bool operator==(const StoredPoint&) const = default;
};

struct SeriesDescription {
  std::string zone;  // letters, digits, '-', '_', at most 40
  Signal signal = Signal::kAverage;
  Boundary boundary = Boundary::kLifecycle;
  std::string accounting = "unknown", losses = "unknown", gases = "unknown";
  std::string unit = "g_per_kwh";  // a name of units_of_intensity (intensity_unit.h)
  std::string source, format;      // who published it; how it was read
  std::vector<std::string> notes;
  bool operator==(const SeriesDescription&) const = default;
};

struct StoredSeries {
  SeriesDescription about;
  std::vector<StoredPoint> points;  // in order of time, not overlapping
};

struct Dataset {
  SeriesDescription about;
  std::string hash;  // 32 hexadecimal digits
  WallTime imported_at, begin, end;
  std::vector<std::int64_t> steps_s;                   // the lengths that occur, in order of first use
  std::size_t points = 0, missing = 0, estimated = 0;  // missing: steps without a number between begin and end
  std::size_t file_bytes = 0;
  std::string path;  // set by the store
};

// Every value to so many decimals (0 .. 6): 17 digits take 8 bytes a point, two decimals 2.
void round_values(std::vector<StoredPoint>& points, int decimals);

// A zone's key as it may stand in a file's name.
bool is_zone_key(std::string_view key);

Result<std::string> encode_series(const StoredSeries& series, WallTime imported_at);

class SeriesFile {
 public:
  // Checks head, description and entries against the content hash; blocks are checked when they are read.
  static Result<SeriesFile> open(std::string_view bytes);
  const Dataset& dataset() const { return dataset_; }
  // The points that overlap the interval, in g/kWh.
  Result<std::vector<IntensityPoint>> points(WallInterval interval) const;
  // Everything, as it was stored.
  Result<std::vector<StoredPoint>> stored() const;

 private:
  struct Block {
    std::int64_t begin_s = 0, step_s = 0;
    std::size_t steps = 0, present = 0, estimated = 0, offset = 0, bytes = 0;
    std::uint64_t check = 0;
    std::int64_t end_s() const { return begin_s + step_s * static_cast<std::int64_t>(steps); }
  };
  template <class Take>
  Status read_block(const Block& block, Take take) const;
  static Result<std::vector<Block>> read_entries(std::string_view entries);

  std::string_view data_;
  std::vector<Block> blocks_;
  Dataset dataset_;
  double g_per_kwh_per_unit_ = 1.0;
};

}  // namespace olivine
