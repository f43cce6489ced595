#include "series/counter_extender.h"

#include <algorithm>

namespace olivine {
namespace {
constexpr int kAgreeingDoubtsForReset = 3;
constexpr std::int64_t kSuspendNs = 1'000'000'000;  // boot time ahead of monotonic time by more: the machine slept

double elapsed_s(const Now& since, const Now& now) {
  return static_cast<double>(std::max<std::int64_t>(0, now.boot_ns - since.boot_ns)) * 1e-9;
}
bool slept(const Now& since, const Now& now) {
  return (now.boot_ns - since.boot_ns) - (now.mono.ns - since.mono.ns) > kSuspendNs;
}
}  // namespace

std::string_view name_of(CounterOutcome outcome) {
  switch (outcome) {
    case CounterOutcome::kFirst: return "first";
    case CounterOutcome::kDelta: return "delta";
    case CounterOutcome::kWrapped: return "wrapped";
    case CounterOutcome::kReset: return "reset";
    case CounterOutcome::kImplausible: return "implausible";
  }
  return "first";
}

bool CounterExtender::plausible(std::uint64_t counts, const Now& since, const Now& now) const {
  const double allowed = limits_.max_counts_per_second * (elapsed_s(since, now) + in_seconds(limits_.update_period));
  return static_cast<double>(counts) <= allowed;
}

CounterStep CounterExtender::accept(CounterOutcome outcome, std::uint64_t counts, std::uint64_t raw, const Now& now) {
  const CounterStep step{outcome, counts, outcome == CounterOutcome::kFirst ? now : last_now_};
  last_raw_ = raw;
  last_now_ = now;
  doubts_ = 0;
  doubt_raw_.reset();
  return step;
}

CounterStep CounterExtender::feed(std::uint64_t raw, const Now& now) {
  if (!last_raw_) return accept(CounterOutcome::kFirst, 0, raw, now);
  if (limits_.modulus && raw >= *limits_.modulus) return {CounterOutcome::kImplausible, 0, last_now_};
  // More than a whole turn may have gone by: whatever the difference says, the energy of the span is not known.
  if (limits_.modulus &&
      limits_.max_counts_per_second * elapsed_s(last_now_, now) >= static_cast<double>(*limits_.modulus))
    return accept(CounterOutcome::kReset, 0, raw, now);
  if (raw >= *last_raw_) {
    const std::uint64_t counts = raw - *last_raw_;
    if (plausible(counts, last_now_, now)) return accept(CounterOutcome::kDelta, counts, raw, now);
  } else {
    const std::uint64_t turn = limits_.modulus ? *limits_.modulus - *last_raw_ + raw : 0;
    const bool wrap = limits_.modulus && !slept(last_now_, now) && plausible(turn, last_now_, now);
    return accept(wrap ? CounterOutcome::kWrapped : CounterOutcome::kReset, wrap ? turn : 0, raw, now);
  }
  const bool agrees = doubt_raw_ && raw >= *doubt_raw_ && plausible(raw - *doubt_raw_, doubt_now_, now);
  doubts_ = agrees ? doubts_ + 1 : 1;
  doubt_raw_ = raw;
  doubt_now_ = now;
  if (doubts_ >= kAgreeingDoubtsForReset) return accept(CounterOutcome::kReset, 0, raw, now);
  return {CounterOutcome::kImplausible, 0, last_now_};
}

}  // namespace olivine
