// CounterExtender: turns a wrapping hardware counter into exact differences, and refuses what cannot be.
//
// A failed read never reaches it: the caller simply does not feed it, the last good value stays, and the next good read
// covers the span in between. A value that the physical ceiling cannot explain is `implausible` and changes no state: the
// next good value covers its span too.
//
//   modulus 1,000, ceiling 50 counts/s, one reading a second:
//   100 first | 130 delta 30 | 990 implausible (860 > 50) | 160 delta 30 over 2 s | ... | 990 delta | 15 wrapped 25
//   700 | 10 | 30 | 55: no wrap explains the drop; the third value that agrees with the ones before is a reset
//
// Reset: the counter was set to another value (driver reload, firmware), or nobody can tell. The span's energy is then
// unknown, not zero and not the difference. It is a reset
//  - when three values in a row disagree with the last accepted one and agree with one another;
//  - when, after a drop, a value goes on equally well from before and from the drop: a counter that was set back and one
//    that was misread once look the same;
//  - when a whole turn may have gone by since the last reading (ceiling x time >= modulus);
//  - when the machine slept: the counter may have been set to zero meanwhile and have passed its old value again.
// What no method can see: a counter set back so near to its end of turn that the ceiling allows a wrap. Reading at a
// quarter of the fastest wrap or oftener makes that rare.
//
// Units: counts; modulus = number of distinct values (a counter that runs 0..9 has modulus 10). Powercap's
// max_energy_range_uj is the largest value, so its modulus is range + 1 (kernel Documentation/power/powercap/powercap.rst;
// the counter really turns over one hardware unit, <= 61 uJ, later: that is the error of a wrap).
// Errors: none; the outcome says what happened. Threads: value. Lifetime: value.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/time.h"

namespace olivine {

struct CounterLimits {
  std::optional<std::uint64_t> modulus;       // absent: unknown range, no drop is then a wrap
  double max_counts_per_second = 0.0;         // physical ceiling
  Duration update_period = milliseconds(10);  // hardware may publish this much late
};

enum class CounterOutcome { kFirst, kDelta, kWrapped, kReset, kImplausible };

struct CounterStep {
  CounterOutcome outcome = CounterOutcome::kFirst;
  std::uint64_t counts = 0;  // of kDelta and kWrapped; else 0 and meaningless
  Now since;                 // last accepted reading before this one (== now for kFirst)
  bool has_counts() const { return outcome == CounterOutcome::kDelta || outcome == CounterOutcome::kWrapped; }
};

class CounterExtender {
 public:
  explicit CounterExtender(CounterLimits limits) : limits_(limits) {}
  CounterStep feed(std::uint64_t raw, const Now& now);
  // Raw value of the last accepted reading, for the record.
  std::optional<std::uint64_t> last_raw() const { return last_raw_; }

 private:
  struct Reading {
    std::uint64_t raw = 0;
    Now now;
  };
  double allowed_counts(const Now& since, const Now& now) const;
  std::optional<CounterStep> explain(const Reading& from, std::uint64_t raw, const Now& now) const;
  CounterStep accept(const CounterStep& step, std::uint64_t raw, const Now& now);

  CounterLimits limits_;
  std::optional<std::uint64_t> last_raw_;
  Now last_now_;
  std::optional<Reading> doubt_;  // last implausible value
  int doubts_ = 0;                // how many in a row agree
};

std::string_view name_of(CounterOutcome outcome);

}  // namespace olivine
