#include "grid/providers/retry.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "grid/providers/utc_text.h"

namespace olivine {
namespace {

Duration portion(Duration d, double part) { return seconds_from(in_seconds(d) * part); }

}  // namespace

RetryStep next_attempt(const RetryPolicy& policy, RetryState& state, const Attempt& attempt, Prng& prng) {
  ++state.attempts;
  if (!attempt.failed) return {};
  if (state.attempts >= policy.max_attempts)
    return {false, {}, fmt::format("given up after {} attempts", state.attempts)};
  const double doubled = std::ldexp(in_seconds(policy.first), std::min(state.attempts - 1, 40));
  const Duration step = std::min(policy.cap, seconds_from(doubled));
  Duration wait = portion(step, 0.5 + 0.5 * prng.uniform());
  if (attempt.retry_after)
    wait = std::max(wait, *attempt.retry_after + portion(*attempt.retry_after, 0.1 * prng.uniform()));
  const Duration left = policy.total - attempt.elapsed;
  if (wait <= left) return {true, wait, ""};
  const Duration none{0};
  if (attempt.retry_after)
    return {false,
            {},
            fmt::format("the service asks to wait {}, {} are left", format_duration(*attempt.retry_after),
                        format_duration(std::max(left, none)))};
  return {false, {}, fmt::format("given up after {}", format_duration(attempt.elapsed))};
}

std::optional<Duration> parse_retry_after(std::string_view text, WallTime now) {
  const Duration most = hours(24 * 366);
  if (const auto count = parse_u64(trim(text)))
    return std::min(most, seconds(static_cast<std::int64_t>(std::min<std::uint64_t>(*count, 1'000'000'000))));
  const auto date = parse_http_date(trim(text));
  if (!date || *date <= now) return std::nullopt;
  return std::min(most, *date - now);
}

double RateCount::used(WallTime now) const {
  double sum = 0;
  for (const Slice& s : slices_)
    if (s.begin_ns + slice_ns() + limit_.window.ns > now.ns) sum += s.count;
  return sum;
}

Duration RateCount::wait_for(double cost, WallTime now) const {
  double sum = used(now) + cost;
  if (sum <= limit_.requests) return {};
  for (const Slice& s : slices_) {
    const std::int64_t free_ns = s.begin_ns + slice_ns() + limit_.window.ns;
    if (free_ns <= now.ns) continue;
    sum -= s.count;
    if (sum <= limit_.requests) return {free_ns - now.ns};
  }
  return limit_.window;
}

void RateCount::add(double cost, WallTime now) {
  std::erase_if(slices_, [&](const Slice& s) { return s.begin_ns + slice_ns() + limit_.window.ns <= now.ns; });
  const std::int64_t begin = floor_to(now, {slice_ns()}).ns;
  if (slices_.empty() || slices_.back().begin_ns < begin) slices_.push_back({begin, 0});
  slices_.back().count += cost;
}

std::string RateCount::text() const {
  std::string out;
  for (const Slice& s : slices_) out += fmt::format("{} {}\n", s.begin_ns, shortest(s.count));
  return out;
}

void RateCount::read(std::string_view text) {
  slices_.clear();
  for (const std::string_view line : split(text, '\n')) {
    const auto words = split_words(line);
    if (words.size() != 2 || slices_.size() >= 64) continue;
    const auto begin = parse_i64(words[0]);
    const auto count = parse_double(words[1]);
    if (!begin || !count || *count < 0 || *begin < 0 || *begin > 7'000'000'000'000'000'000) continue;
    if (slices_.empty() || slices_.back().begin_ns < *begin) slices_.push_back({*begin, *count});
  }
}

}  // namespace olivine
