#include "grid/import/row_table.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>

#include "base/text.h"

namespace olivine {
namespace {

constexpr std::size_t kRun = 8;  // equal distances in sequence that make a step

std::string time_text(std::int64_t time_s) { return format_utc({time_s * 1'000'000'000}).substr(0, 16) + "Z"; }

// For each distance: the step whose run it stands in, 0 outside any run.
std::vector<std::int64_t> steps_of_runs(std::span<const std::int64_t> distances) {
  std::vector<std::int64_t> steps(distances.size(), 0);
  for (std::size_t first = 0; first < distances.size();) {
    std::size_t last = first;
    while (last < distances.size() && distances[last] == distances[first]) ++last;
    if (last - first >= kRun)
      std::fill(steps.begin() + static_cast<std::ptrdiff_t>(first), steps.begin() + static_cast<std::ptrdiff_t>(last),
                distances[first]);
    first = last;
  }
  return steps;
}

std::int64_t most_common(std::span<const std::int64_t> distances) {
  std::map<std::int64_t, std::size_t> counts;
  for (const std::int64_t d : distances) ++counts[d];
  const auto best =
      std::max_element(counts.begin(), counts.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  return best->first;  // the shortest of equals
}

Status check_step(std::int64_t step_s, std::int64_t at_s) {
  if (step_s >= kMinStepS && step_s <= kMaxStepS) return {};
  return fail(ErrorKind::kInvalid, fmt::format("rows at {} are {} s apart; steps from a minute to a day can be kept",
                                               time_text(at_s), step_s));
}

}  // namespace

Result<std::vector<std::uint32_t>> step_lengths(std::span<const std::int64_t> times_s) {
  if (times_s.size() < 2) {
    return fail(ErrorKind::kInvalid,
                "a single row does not say how long it lasts; at least two rows of a series are needed");
  }
  std::vector<std::int64_t> distances(times_s.size() - 1);
  for (std::size_t i = 0; i + 1 < times_s.size(); ++i) distances[i] = times_s[i + 1] - times_s[i];
  std::vector<std::int64_t> steps = steps_of_runs(distances);
  if (std::all_of(steps.begin(), steps.end(), [](std::int64_t s) { return s == 0; }))
    steps.assign(steps.size(), most_common(distances));
  std::vector<std::int64_t> later = steps;  // the next step that a run has, seen from here
  for (std::size_t i = later.size() - 1; i-- > 0;)
    if (later[i] == 0) later[i] = later[i + 1];
  std::vector<std::uint32_t> lengths(times_s.size());
  std::int64_t current = 0;
  for (std::size_t i = 0; i < distances.size(); ++i) {
    if (steps[i] != 0) current = steps[i];
    std::int64_t length = current;
    if (length == 0 || distances[i] < length) length = later[i] != 0 ? later[i] : current;
    OLIVINE_CHECK_STATUS(check_step(length, times_s[i]));
    if (distances[i] < length) {
      return fail(ErrorKind::kInvalid,
                  fmt::format("rows {} and {} are {} s apart where a step lasts {} s", time_text(times_s[i]),
                              time_text(times_s[i + 1]), distances[i], length));
    }
    lengths[i] = static_cast<std::uint32_t>(length);
  }
  lengths.back() = lengths[lengths.size() - 2];
  if (current != 0) lengths.back() = static_cast<std::uint32_t>(current);
  return lengths;
}

Status RowTable::add(std::int64_t time_s, std::size_t group, bool estimated, std::span<const double> cells) {
  if (times_.size() == kMaxRows || cells_.size() + columns_ > kMaxCells) {
    return fail(ErrorKind::kInvalid,
                fmt::format("more than {} rows or {} values; split the file", kMaxRows, kMaxCells));
  }
  if (!times_.empty() && groups_.back() == group && time_s < times_.back()) ++out_of_order_;
  times_.push_back(time_s);
  groups_.push_back(static_cast<std::uint16_t>(group));
  estimated_.push_back(estimated);
  cells_.insert(cells_.end(), cells.begin(), cells.end());
  return {};
}

Status RowTable::compare(std::size_t a, std::size_t b, std::span<const std::string> column_names) const {
  for (std::size_t c = 0; c < columns_; ++c) {
    const double x = cell(a, c), y = cell(b, c);
    if (x == y || (std::isnan(x) && std::isnan(y))) continue;
    return fail(
        ErrorKind::kInvalid,
        fmt::format(
            "two rows for {} differ in column '{}': {} and {}; if the times are local, the autumn hour comes twice: "
            "convert them to UTC",
            time_text(times_[a]), printable(column_names[c]), std::isnan(x) ? "nothing" : shortest(x),
            std::isnan(y) ? "nothing" : shortest(y)));
  }
  return {};
}

Status RowTable::settle(std::span<const std::string> column_names) {
  order_.resize(times_.size());
  std::iota(order_.begin(), order_.end(), 0U);
  const auto before = [&](std::uint32_t a, std::uint32_t b) {
    return groups_[a] != groups_[b] ? groups_[a] < groups_[b] : times_[a] != times_[b] ? times_[a] < times_[b] : a < b;
  };
  if (!std::is_sorted(order_.begin(), order_.end(), before)) std::sort(order_.begin(), order_.end(), before);
  std::size_t kept = 0;
  for (const std::uint32_t row : order_) {
    if (kept > 0 && groups_[row] == groups_[order_[kept - 1]] && times_[row] == times_[order_[kept - 1]]) {
      OLIVINE_CHECK_STATUS(compare(order_[kept - 1], row, column_names));
      estimated_[order_[kept - 1]] = estimated_[order_[kept - 1]] || estimated_[row];
      ++duplicates_;
      continue;
    }
    order_[kept++] = row;
  }
  order_.resize(kept);
  return {};
}

Result<std::vector<std::uint32_t>> RowTable::lengths(std::size_t first, std::size_t last) const {
  std::vector<std::int64_t> times;
  times.reserve(last - first);
  for (std::size_t i = first; i < last; ++i) times.push_back(times_[order_[i]]);
  return step_lengths(times);
}

Result<RowTable::Slice> RowTable::series_of(std::size_t group, std::size_t column, std::int64_t shift_s) const {
  const auto from =
      std::partition_point(order_.begin(), order_.end(), [&](std::uint32_t row) { return groups_[row] < group; });
  const auto to = std::partition_point(from, order_.end(), [&](std::uint32_t row) { return groups_[row] == group; });
  const auto first = static_cast<std::size_t>(from - order_.begin()),
             last = static_cast<std::size_t>(to - order_.begin());
  OLIVINE_TRY(const std::vector<std::uint32_t> length, lengths(first, last));
  Slice slice;
  for (std::size_t i = first; i < last; ++i) slice.gaps += std::isnan(cell(order_[i], column)) ? 1 : 0;
  slice.points.reserve(last - first - slice.gaps);
  for (std::size_t i = first; i < last; ++i) {
    const double value = cell(order_[i], column);
    if (std::isnan(value)) continue;
    slice.points.push_back({times_[order_[i]] + shift_s, length[i - first], estimated_[order_[i]], value});
  }
  return slice;
}

}  // namespace olivine
