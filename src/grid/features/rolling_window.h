// RollingWindow: the rows of one column whose event time lies in the last `length`, kept up to date row by row.
//
// The window at time t is (t - offset - length, t - offset]: half-open, so that windows that follow one another tile, and
// closed where the present is, because a row with event time t is known at t. Rows are counted by their time, never by
// their number: where an hour is missing, the mean of a day is that of 23 rows. One event has one row: of several with the
// same event time the one ingested last counts, and of equal ingest times the one that came last. A null (NaN) takes that
// place too, so that a source can take a value back, and counts for nothing.
//
//   RollingWindow w(hours(2), 0);
//   w.arrive({t0, t0, 0, 5.0}); w.arrive({t0 + 1 h, t0 + 1 h, 1, 7.0}); w.advance(t0 + 1 h);   // mean 6
//   w.advance(t0 + 2 h);                                                                      // t0 is out: mean 7
//
// Units: times in UTC ns; values the caller's. Errors: none. Threads: one user. Lifetime: value.
#pragma once

#include <cstdint>
#include <vector>

#include "grid/features/exact_sum.h"

namespace olivine::features {

struct Arrival {
  std::int64_t event_ns = 0, ingest_ns = 0;
  std::int64_t order = 0;  // place in the order in which rows came
  double value = 0.0;      // NaN: null
};

class RollingWindow {
 public:
  RollingWindow(std::int64_t length_ns, std::int64_t offset_ns) : length_ns_(length_ns), offset_ns_(offset_ns) {}
  void arrive(const Arrival& row);     // the row is visible from now on
  void advance(std::int64_t time_ns);  // what is older than the window at this time goes; time only moves on

  std::int64_t count() const { return count_; }  // rows that are not null
  double mean();                                 // count() >= 1; the exact sum, rounded, by the count
  double sum() { return sum_.value(); }
  double deviation();  // of a sample; count() >= 2
  double lowest();     // count() >= 1
  double highest();

 private:
  // Values that may still become the extreme, in order of event time; the first is the extreme.
  struct Extremes {
    std::vector<Arrival> rows;
    std::size_t first = 0;
  };
  void put_in(double value);
  void take_out(double value);
  void rebuild();
  static void append(Extremes& extremes, const Arrival& row, bool least);

  std::int64_t length_ns_, offset_ns_;
  std::vector<Arrival> rows_;  // from first_ on: in the window, by event time
  std::size_t first_ = 0;
  std::int64_t count_ = 0;
  ExactSum sum_, squares_;
  Extremes least_, most_;
  bool extremes_stale_ = false;
};

}  // namespace olivine::features
