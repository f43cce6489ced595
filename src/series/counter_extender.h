// CounterExtender: turns a wrapping hardware counter into exact differences, and refuses what cannot be.
//
// A failed read never reaches it: the caller simply does not feed it, the last good value stays, and the next good read
// covers the span in between. An implausible value changes no state either; three in a row that agree with one another
// are a counter that was set to another value (driver reload), i.e. a reset.
//
//   modulus 1,000, ceiling 50 counts/s, one reading a second:
//   100 first | 130 delta 30 | 990 implausible (860 > 50) | 160 delta 30 over 2 s | ... | 990 delta | 15 wrapped 25
//   a drop that no wrap explains (700 -> 10 with 50 counts/s) is a reset: the span's energy is unknown, not zero
//
// Units: counts; modulus = number of distinct values (a counter that runs 0..9 has modulus 10). Powercap's
// max_energy_range_uj is the largest value, so its modulus is range + 1 (kernel Documentation/power/powercap/powercap.rst;
// the counter really turns over one hardware unit, <= 61 uJ, later: that is the error of a wrap).
// Errors: none; the outcome says what happened. Threads: value. Lifetime: value.
#pragma once

#include <cstdint>
#include <optional>

#include "base/time.h"

namespace olivine {

struct CounterLimits {
  std::optional<std::uint64_t> modulus;  // absent: unknown range, a drop is then always a reset
  double max_counts_per_second = 0.0;    // physical ceiling
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
  // Raw value and time of the last accepted reading, for the record.
  std::optional<std::uint64_t> last_raw() const { return last_raw_; }

 private:
  CounterStep accept(CounterOutcome outcome, std::uint64_t counts, std::uint64_t raw, const Now& now);
  bool plausible(std::uint64_t counts, const Now& since, const Now& now) const;

  CounterLimits limits_;
  std::optional<std::uint64_t> last_raw_;
  Now last_now_;
  std::optional<std::uint64_t> doubt_raw_;  // last implausible value
  Now doubt_now_;
  int doubts_ = 0;
};

std::string_view name_of(CounterOutcome outcome);

}  // namespace olivine
