// Series: values over time, whose kind says what may be done with them. A gauge (power now) can be integrated, deltas
// (energy of a span) can be summed, a counter (energy since some start) can be differenced. The other combinations do not
// compile: nobody adds up watts, and nobody integrates joules.
//
//   Series<Power, Gauge> power;      integrate(power, interval, rules)   -> Energy          (series/integrate.h)
//   Series<Energy, Delta> spans;     sum(spans)                          -> Energy
//   Series<Energy, Counter> counter; difference(counter)                 -> Series<Energy, Delta>
//
//   counter 10 J, 25 J, 45 J at 0 s, 1 s, 2 s: deltas 15 J [0, 1), 20 J [1, 2); their sum is 35 J
//
// Wraps and resets belong to CounterExtender; a Series of counters has them resolved already.
//
// Units: the quantity's; monotonic time. Errors: `add` throws std::logic_error when time or a counter runs backwards, or
// when spans overlap: bugs of the caller. Threads: values. Lifetime: values.
#pragma once

#include <stdexcept>
#include <type_traits>
#include <vector>

#include "base/time.h"
#include "units/quantity.h"

namespace olivine {

struct Gauge {};
struct Delta {};
struct Counter {};

template <class Q>
struct Point {
  MonoTime at;
  Q value;
};
template <class Q>
struct Span {
  TimeInterval interval;
  Q value;
};

template <class Q, class Kind>
class Series {
 public:
  const std::vector<Point<Q>>& points() const { return points_; }
  void add(MonoTime at, Q value) {
    if (!points_.empty() && at <= points_.back().at) throw std::logic_error("series: time does not rise");
    if constexpr (std::is_same_v<Kind, Counter>)
      if (!points_.empty() && value < points_.back().value) throw std::logic_error("series: a counter fell");
    points_.push_back({at, value});
  }

 private:
  std::vector<Point<Q>> points_;
};

template <class Q>
class Series<Q, Delta> {
 public:
  const std::vector<Span<Q>>& spans() const { return spans_; }
  void add(TimeInterval interval, Q value) {
    if (interval.end <= interval.begin) throw std::logic_error("series: an empty span");
    if (!spans_.empty() && interval.begin < spans_.back().interval.end) throw std::logic_error("series: spans overlap");
    spans_.push_back({interval, value});
  }

 private:
  std::vector<Span<Q>> spans_;
};

template <class Q>
Q sum(const Series<Q, Delta>& series) {
  Q total;
  for (const Span<Q>& span : series.spans()) total += span.value;
  return total;
}

template <class Q>
Series<Q, Delta> difference(const Series<Q, Counter>& counter) {
  Series<Q, Delta> deltas;
  const auto& points = counter.points();
  for (std::size_t i = 1; i < points.size(); ++i)
    deltas.add({points[i - 1].at, points[i].at}, points[i].value - points[i - 1].value);
  return deltas;
}

}  // namespace olivine
