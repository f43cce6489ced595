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

double CounterExtender::allowed_counts(const Now& since, const Now& now) const {
  return limits_.max_counts_per_second * (elapsed_s(since, now) + in_seconds(limits_.update_period));
}

// How the counter may have come from one reading to the other; absent when it cannot have.
std::optional<CounterStep> CounterExtender::explain(const Reading& from, std::uint64_t raw, const Now& now) const {
  const bool rose = raw >= from.raw;
  if (!rose && !limits_.modulus) return std::nullopt;
  const std::uint64_t counts = rose ? raw - from.raw : *limits_.modulus - from.raw + raw;
  if (static_cast<double>(counts) > allowed_counts(from.now, now)) return std::nullopt;
  return CounterStep{rose ? CounterOutcome::kDelta : CounterOutcome::kWrapped, counts, from.now};
}

CounterStep CounterExtender::accept(const CounterStep& step, std::uint64_t raw, const Now& now) {
  last_raw_ = raw;
  last_now_ = now;
  doubts_ = 0;
  doubt_.reset();
  return step;
}

CounterStep CounterExtender::feed(std::uint64_t raw, const Now& now) {
  const CounterStep refused{CounterOutcome::kImplausible, 0, last_raw_ ? last_now_ : now};
  if (limits_.modulus && raw >= *limits_.modulus) return refused;
  if (!last_raw_) return accept({CounterOutcome::kFirst, 0, now}, raw, now);
  const CounterStep reset{CounterOutcome::kReset, 0, last_now_};
  const bool turn = limits_.modulus && allowed_counts(last_now_, now) >= static_cast<double>(*limits_.modulus);
  if (turn || slept(last_now_, now)) return accept(reset, raw, now);
  const auto step = explain({*last_raw_, last_now_}, raw, now);
  const bool agrees = doubt_ && explain(*doubt_, raw, now);
  if (step) return accept(agrees && doubt_->raw < *last_raw_ ? reset : *step, raw, now);
  doubts_ = agrees ? doubts_ + 1 : 1;
  doubt_ = Reading{raw, now};
  if (doubts_ >= kAgreeingDoubtsForReset) return accept(reset, raw, now);
  return refused;
}

}  // namespace olivine
