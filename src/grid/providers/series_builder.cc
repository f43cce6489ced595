#include "grid/providers/series_builder.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <tuple>

namespace olivine {
namespace {

std::string counted(std::size_t count, std::string_view one, std::string_view many) {
  return count == 1 ? fmt::format("1 {}", one) : fmt::format("{} {}", count, many);
}

}  // namespace

void SeriesBuilder::add(WallTime begin, std::optional<double> g_per_kwh, bool estimated) {
  rows_.push_back({begin, g_per_kwh, estimated});
}

void SeriesBuilder::note(std::string text) {
  if (std::find(notes_.begin(), notes_.end(), text) == notes_.end()) notes_.push_back(std::move(text));
}

// Rows are sorted by time.
Result<Duration> SeriesBuilder::step_length() const {
  if (step_) return *step_;
  Duration least = hours(1);
  for (std::size_t i = 1; i < rows_.size(); ++i)
    if (rows_[i].begin > rows_[i - 1].begin) least = std::min(least, rows_[i].begin - rows_[i - 1].begin);
  if (hours(1).ns % least.ns != 0 || least < seconds(60))
    return fail(ErrorKind::kCorrupt, fmt::format("the times of the answer are {} apart, which is no step of a series",
                                                 format_duration(least)));
  return least;
}

// Equal rows become one; contradicting ones lose their value.
void SeriesBuilder::merge_duplicates() {
  std::vector<Row> merged;
  std::size_t repeated = 0, contradicting = 0;
  bool contradicted = false;
  for (const Row& row : rows_) {
    if (merged.empty() || merged.back().begin != row.begin) {
      merged.push_back(row);
      contradicted = false;
      continue;
    }
    Row& known = merged.back();
    known.estimated = known.estimated || row.estimated;
    if (known.value == row.value && !contradicted) {
      ++repeated;
    } else if (!contradicted) {
      ++contradicting;
      contradicted = true;
      known.value.reset();
    }
  }
  rows_ = std::move(merged);
  if (repeated > 0) note(counted(repeated, "value is listed twice: taken once", "values are listed twice: taken once"));
  if (contradicting > 0)
    note(counted(contradicting, "time has contradicting values: a gap", "times have contradicting values: gaps"));
}

Status SeriesBuilder::finish(const WallInterval& interval, IntensitySeries& series) && {
  std::size_t nulls = 0, negatives = 0;
  for (Row& row : rows_) {
    if (!row.value) {
      ++nulls;
    } else if (!std::isfinite(*row.value) || *row.value < 0) {
      ++negatives;
      row.value.reset();
    }
  }
  // By value too, so that the counts below do not depend on the order of the answer.
  const auto before = [](const Row& a, const Row& b) {
    return std::tie(a.begin, a.value) < std::tie(b.begin, b.value);
  };
  if (!std::is_sorted(rows_.begin(), rows_.end(), [](const Row& a, const Row& b) { return a.begin < b.begin; }))
    note("the answer was not in order of time: sorted");
  std::sort(rows_.begin(), rows_.end(), before);
  const std::size_t listed = rows_.size();
  merge_duplicates();
  OLIVINE_TRY(const Duration step, step_length());
  std::size_t estimated = 0;
  for (const Row& row : rows_) {
    const WallTime end = row.begin + step;
    if (!row.value || end <= interval.begin || row.begin >= interval.end) continue;
    if (!series.points.empty() && row.begin < series.points.back().end)
      return fail(ErrorKind::kCorrupt, fmt::format("the value at {} begins within the one before it ({} long)",
                                                   format_second(row.begin), format_duration(step)));
    series.points.push_back(exact_point(row.begin, end, *row.value, row.estimated));
    estimated += row.estimated ? 1 : 0;
  }
  if (nulls > 0) note(fmt::format("{} of {} values are missing: gaps", nulls, listed));
  if (negatives > 0) note(fmt::format("{} of {} values are negative: gaps", negatives, listed));
  if (estimated > 0) note(fmt::format("{} of {} values are estimated by the service", estimated, series.points.size()));
  for (std::string& text : notes_) series.notes.push_back(std::move(text));
  return check(series);
}

}  // namespace olivine
