#include "grid/features/rolling_window.h"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace olivine::features {
namespace {

// Gives back the room of rows that went, once it is the larger part.
template <class Rows>
void tidy(Rows& rows, std::size_t& first) {
  if (first < 64 || first * 2 < rows.size()) return;
  rows.erase(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(first));
  first = 0;
}

}  // namespace

void RollingWindow::put_in(double value) {
  if (std::isnan(value)) return;
  ++count_;
  sum_.add(value);
  squares_.add_square(value);
}

void RollingWindow::take_out(double value) {
  if (std::isnan(value)) return;
  --count_;
  sum_.subtract(value);
  squares_.subtract_square(value);
}

void RollingWindow::append(Extremes& extremes, const Arrival& row, bool least) {
  if (std::isnan(row.value)) return;
  auto& rows = extremes.rows;
  while (rows.size() > extremes.first && (least ? rows.back().value >= row.value : rows.back().value <= row.value))
    rows.pop_back();
  rows.push_back(row);
}

void RollingWindow::arrive(const Arrival& row) {
  if (rows_.size() == first_ || rows_.back().event_ns < row.event_ns) {
    rows_.push_back(row);
    put_in(row.value);
    append(least_, row, true);
    append(most_, row, false);
    return;
  }
  const auto begin = rows_.begin() + static_cast<std::ptrdiff_t>(first_);
  const auto at = std::lower_bound(begin, rows_.end(), row.event_ns,
                                   [](const Arrival& a, std::int64_t event_ns) { return a.event_ns < event_ns; });
  if (at != rows_.end() && at->event_ns == row.event_ns) {
    if (std::tie(row.ingest_ns, row.order) < std::tie(at->ingest_ns, at->order)) return;
    take_out(at->value);
    *at = row;
  } else {
    rows_.insert(at, row);
  }
  put_in(row.value);
  extremes_stale_ = true;
}

void RollingWindow::advance(std::int64_t time_ns) {
  const std::int64_t last_out_ns = time_ns - offset_ns_ - length_ns_;
  while (first_ < rows_.size() && rows_[first_].event_ns <= last_out_ns) take_out(rows_[first_++].value);
  for (Extremes* extremes : {&least_, &most_}) {
    while (extremes->first < extremes->rows.size() && extremes->rows[extremes->first].event_ns <= last_out_ns)
      ++extremes->first;
    tidy(extremes->rows, extremes->first);
  }
  tidy(rows_, first_);
}

void RollingWindow::rebuild() {
  for (Extremes* extremes : {&least_, &most_}) {
    extremes->rows.clear();
    extremes->first = 0;
  }
  for (std::size_t i = first_; i < rows_.size(); ++i) {
    append(least_, rows_[i], true);
    append(most_, rows_[i], false);
  }
  extremes_stale_ = false;
}

double RollingWindow::mean() { return sum_.value() / static_cast<double>(count_); }
double RollingWindow::deviation() { return sample_deviation(count_, sum_.pair(), squares_.pair()); }

double RollingWindow::lowest() {
  if (extremes_stale_) rebuild();
  return least_.rows[least_.first].value;
}

double RollingWindow::highest() {
  if (extremes_stale_) rebuild();
  return most_.rows[most_.first].value;
}

}  // namespace olivine::features
