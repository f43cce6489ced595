// Retry: whether to ask again and when, as a pure step. The caller holds the clock and sleeps.
//
// The wait doubles from `first` to `cap`, and half of it is random, so that many clients that failed together do not come
// back together:  wait = d/2 + U(0, d/2),  d = min(cap, first * 2^(attempt-1)).
// A Retry-After (seconds or a date) is a lower bound that is always kept, with up to a tenth added. A service that asks for
// more time than is left is not asked again: the step says until when it wants to be left alone.
//
//   RetryState s;  RetryPolicy p;                   // 4 attempts, 60 s
//   next_attempt(p, s, {.failed = true}, prng)      -> again, wait 0.25..0.5 s
//   next_attempt(p, s, {.failed = true, .retry_after = 120 s}, prng)  -> not again: "asks to wait 2 min, 59.6 s are left"
//
// Units: durations. Errors: none. Threads: pure. Lifetime: values.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/prng.h"
#include "base/result.h"
#include "base/time.h"

namespace olivine {

struct RetryPolicy {
  int max_attempts = 4;
  Duration first = milliseconds(500);
  Duration cap = seconds(30);
  Duration total = seconds(60);  // of waiting and asking together
};

struct RetryState {
  int attempts = 0;
};

struct Attempt {
  bool failed = false;                  // in a way that asking again may mend
  Duration elapsed = {};                // since the first attempt began
  std::optional<Duration> retry_after;  // what the service asked for
};

struct RetryStep {
  bool again = false;
  Duration wait = {};
  std::string why_not;  // when not again after a failure
};

RetryStep next_attempt(const RetryPolicy& policy, RetryState& state, const Attempt& attempt, Prng& prng);

// "120" or an HTTP date; absent when neither, or in the past. At most a year.
std::optional<Duration> parse_retry_after(std::string_view text, WallTime now);

// A service's limit: at most `requests` in any `window`.
struct RateLimit {
  double requests = 0;
  Duration window = {};
};

// What was asked lately, in slices of a fiftieth of the window: never lets more through than the limit.
//
// Kept in the cache as text, so that many short programs share one count.
class RateCount {
 public:
  explicit RateCount(RateLimit limit) : limit_(limit) {}
  // How long to wait before `cost` more requests are allowed: zero when they are now.
  Duration wait_for(double cost, WallTime now) const;
  void add(double cost, WallTime now);
  double used(WallTime now) const;
  const RateLimit& limit() const { return limit_; }
  std::string text() const;
  // Damaged text is no reason to fail: the count begins anew.
  void read(std::string_view text);

 private:
  struct Slice {
    std::int64_t begin_ns;
    double count;
  };
  std::int64_t slice_ns() const { return limit_.window.ns / 50; }
  RateLimit limit_;
  std::vector<Slice> slices_;
};

}  // namespace olivine
