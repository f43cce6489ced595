// RowTable: the rows of an imported file, compact, until they become series.
//
// Rows belong to a group (what a row says about itself: zone, signal, boundary) and hold one cell per value column. A gap is
// NaN. The table bounds what a file can ask for: a hostile one ends in an error, not in swap.
//
// step lengths: a row lasts until the next one when that distance is a step of the file, i.e. one of at least 8 equal ones
// in sequence (or the most common one in a short file); otherwise the row lasts a step and the rest is a gap.
//
//   00:00 00:30 01:00 ... 09:30, 09:45 10:00 10:15 ... 23:15 23:30 23:45, missing, 00:15
//   -> 30 minutes each until 09:30 (which lasts 15), then 15 minutes each, one step missing
//
// Units: UTC seconds; cells as the file has them. Errors: kInvalid names time, column and both values of a contradiction.
// Threads: one. Lifetime: values.
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "grid/store/series_file.h"

namespace olivine {

inline constexpr std::size_t kMaxRows = 600'000;     // 5 years of 5 minutes
inline constexpr std::size_t kMaxCells = 2'200'000;  // 123 zones, 2 years of hours
inline constexpr std::size_t kMaxGroups = 2'000;

class RowTable {
 public:
  explicit RowTable(std::size_t columns = 1) : columns_(columns) {}
  // kInvalid when the table is full; `group` below kMaxGroups.
  Status add(std::int64_t time_s, std::size_t group, bool estimated, std::span<const double> cells);

  // Sorts by group and time and drops rows that repeat another; two that contradict each other are an error. To be called
  // once, before series_of.
  Status settle(std::span<const std::string> column_names);

  struct Slice {
    std::vector<StoredPoint> points;
    std::size_t gaps = 0;  // rows of the group whose cell is empty
  };
  Result<Slice> series_of(std::size_t group, std::size_t column, std::int64_t shift_s) const;

  std::size_t rows() const { return times_.size(); }
  std::size_t duplicates() const { return duplicates_; }
  std::size_t out_of_order() const { return out_of_order_; }

 private:
  double cell(std::size_t row, std::size_t column) const { return cells_[row * columns_ + column]; }
  Status compare(std::size_t a, std::size_t b, std::span<const std::string> column_names) const;
  Result<std::vector<std::uint32_t>> lengths(std::size_t first, std::size_t last) const;

  std::size_t columns_, duplicates_ = 0, out_of_order_ = 0;
  std::deque<std::int64_t> times_;
  std::deque<std::uint16_t> groups_;
  std::vector<bool> estimated_;
  std::deque<double> cells_;
  std::vector<std::uint32_t> order_;  // rows by group and time, without duplicates
};

// How long each of these rising times lasts (see above); one per time.
Result<std::vector<std::uint32_t>> step_lengths(std::span<const std::int64_t> times_s);

}  // namespace olivine
